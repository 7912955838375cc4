"""People behind facts: merged, erased, and unreachable because the vault is away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import httpx
import pytest
from sqlalchemy import text

from chassis.clock import RunningClock
from chassis.errors import Unavailable
from chassis.intake.take import Told, take
from chassis.merging import Merged
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId, Ssin
from tests.integration.intake.conftest import ANNE, BART, House, delete, put, stop
from vault.custody import VaultCustody
from vault.values import DataClass


async def merged(house: House) -> tuple[PersonId, PersonId]:
    """Anne lives on, Bart turned out to be her."""
    people = await house.registrar.people([Ssin(ANNE), Ssin(BART)])
    anne, bart = people[Ssin(ANNE)].person_id, people[Ssin(BART)].person_id
    await house.registrar.merge(anne, bart)
    return anne, bart


async def test_m02_a_record_of_an_absorbed_person_reaches_the_survivor(house: House) -> None:
    await house.take(put(1, ssin=ANNE, reference="a"), put(1, ssin=BART))
    anne, bart = await merged(house)

    await house.take(stop(2))
    assert dict(await house.rows("SELECT person_id, merged_into FROM person")) == {anne: None, bart: anne}
    await house.take(put(3, ssin=BART, city="Aalst"))
    assert await house.rows("SELECT person_id FROM toy WHERE reference = 'r1'") == [(anne,)]


async def test_m02_a_merge_is_told_in_the_unit_that_meets_it_before_anything_else(house: House) -> None:
    await house.take(put(1, ssin=ANNE, reference="a"))
    anne, bart = await merged(house)
    met: list[Merged] = []

    async def apply_merges(uow: UnitOfWork, people: Sequence[Merged]) -> None:
        assert set(uow.claim([anne, bart]).values()) == {anne}
        assert await uow.all(text("SELECT 1 FROM toy WHERE reference = 'r1'")) == []
        met.extend(people)

    house.units.merge = apply_merges
    await house.take(put(1, ssin=BART))
    await house.take(put(2, ssin=BART))
    assert met == [Merged(anne, frozenset({bart}), 1)]


async def test_an_early_termination_of_someone_erased_since_is_not_applied(house: House) -> None:
    await house.take(put(1), stop(3))
    [(anne,)] = await house.rows("SELECT DISTINCT person_id FROM fact")
    await house.registrar.erase(anne, [DataClass.INTAKE], "request")
    fresh = replace(house.intake, custody=VaultCustody(house.registrar, "sandbox", RunningClock()))

    assert await take(fresh, [put(2, "Aalst")]) == [Told("accepted")]
    assert await house.state("r1") == ("Aalst", None)


async def test_m06_while_the_vault_is_away_nothing_is_taken(house: House, agii: httpx.AsyncClient) -> None:
    blind = replace(house.intake, custody=VaultCustody(house.away, "sandbox", RunningClock()))
    with pytest.raises(Unavailable):
        await take(blind, [put(1)])
    house.intake.units.resources[type(house.intake)] = blind  # type: ignore[index]
    assert (await agii.put("/contracts/r1", json={"sourceVersion": 1, "ssin": ANNE})).status_code == 503
    assert await house.rows("SELECT 1 FROM fact") == []


async def test_a_delete_needs_no_number(house: House) -> None:
    await house.take(put(1), stop(2, "2026-03-01"))
    assert await house.state("r1") == ("Gent", date(2026, 3, 1))
    await house.take(delete(3))
    rows = await house.rows("SELECT count(DISTINCT person_id), count(*) FROM fact")
    assert rows == [(1, 3)]
