"""A number is replaced, and two people turn out to be one (`mechanics.md` 2-4): one obligation, one registration, whatever came first."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select, text

from chassis.running import Running
from contracts.identifiers import PersonId, Ssin
from contracts.persons import PersonChanged, PersonMerged
from contracts.registration import RegistrationRegistered, RegistrationRevised, RegistrationWithdrawn
from services.integration_feed.store import tables as feed
from services.registration.store import tables as own
from tests.integration.house import FLANDERS, Body, Person
from tests.integration.newcomers.house import House
from tests.support.eventually import eventually
from vault.client import Vault

Tell: TypeAlias = Callable[[House, Person, Person], Awaitable[object]]

_ORDERS = 11
_WAITERS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
_END_WAITERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
_UNIQUE = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE%person_id%WHERE%' AND indexdef NOT LIKE '%merged_into IS NULL%'
"""


async def replaced(house: House, old: Person, new: Person, **more: Any) -> None:
    """The register gave a person another number."""
    await house.changes(old, "numberReplaced", "2026-10-20", newSsin=new.ssin, **more)


async def ids(house: House, *people: Person) -> list[PersonId]:
    """The hub's own name for each."""
    found = await house.feed.parts.get(Vault).people([Ssin(one.ssin) for one in people])
    return [found[Ssin(one.ssin)].person_id for one in people]


async def merged_unheard(house: House, one: Person, other: Person) -> tuple[PersonId, PersonId]:
    """The vault's list says that these two are one, and nobody was told; the survivor's id and the absorbed one."""
    done = await house.registration.parts.get(Vault).merge(*await ids(house, one, other))
    assert done is not None
    return done.survivor, done.absorbed


async def rows(service: Running, statement: str, **params: object) -> list[tuple[Any, ...]]:
    async with service.parts.database.statement() as connection:
        return [tuple(row) for row in await connection.execute(text(statement), params)]


async def waits(service: Running) -> None:
    """Until somebody waits for a lock in this service's database."""

    async def somebody_waits() -> bool:
        return await rows(service, _WAITERS) == [(1,)]

    await eventually(somebody_waits)


# -- the fact


async def test_m03_two_numbers_of_one_person_end_as_one_person_with_one_obligation_and_one_registration(house: House) -> None:
    old = await house.newcomer("2026-10-12")
    new = await house.newcomer("2026-10-12")
    assert len(set(await ids(house, old, new))) == 2

    await replaced(house, old, new)
    await house.settled()

    assert len(set(await ids(house, old, new))) == 1
    first, second = await house.obligations(new)
    assert await house.obligations(old) == [first, second]
    assert (first["state"], second["state"], second["reasons"]) == ("met", "closed", ["merged"])
    one, other = await house.registrations(old)
    assert (one["state"], one["version"], other["state"], other["mergedInto"]) == ("registered", 2, "withdrawn", one["id"])
    told = Counter(type(event) for event in await house.announced())
    assert (told[RegistrationRegistered], told[RegistrationRevised], told[RegistrationWithdrawn]) == (2, 1, 1)


async def test_m03_a_number_that_nobody_had_yet_leads_to_the_same_person_and_merges_nobody(house: House) -> None:
    old, new = await house.newcomer("2026-10-12"), house.someone()
    [before] = await ids(house, old)

    await replaced(house, old, new)
    await house.settled()

    assert await ids(house, old, new) == [before, before]
    assert not [event for event in await house.announced() if isinstance(event, PersonMerged)]
    await house.contract(new, "2026-10-12", by="atlas")
    await house.settled()
    assert [kept["state"] for kept in await house.obligations(new)] == ["met"]


async def test_m03_a_chain_of_numbers_and_one_that_comes_back_end_at_one_person(house: House) -> None:
    first, second, third = [await house.newcomer("2026-10-12") for _ in range(3)]
    await replaced(house, second, third)
    await house.settled()
    await replaced(house, first, second)
    await house.settled()
    await replaced(house, third, first)
    await house.settled()

    assert len(set(await ids(house, first, second, third))) == 1
    assert [kept["state"] for kept in await house.obligations(third)].count("met") == 1
    assert len(await house.registered(second)) == 1


@pytest.mark.parametrize(
    ("new", "why"),
    [
        pytest.param({}, "newSsin", id="none"),
        pytest.param({"newSsin": "12345678901"}, "newSsin", id="no number"),
        pytest.param({"newSsin": "itself"}, "newSsin", id="the same"),
    ],
)
async def test_m03_a_replacement_without_a_number_is_refused_by_name(house: House, new: Body, why: str) -> None:
    who = house.someone()
    body = {"sourceVersion": 1, "ssin": who.ssin, "kind": "numberReplaced", "on": "2026-10-20"} | new
    body |= {"newSsin": who.ssin} if new.get("newSsin") == "itself" else {}
    answer = await house.http.put(
        f"{house.registration.url}/registration/v1/personChanges/r1", json=body, headers=house.tokens.bearer("vdab")
    )
    assert (answer.status_code, why in answer.text) == (400, True), answer.text


async def test_m03_a_worker_killed_between_the_vault_and_the_announcement_does_it_again_without_a_second_effect(house: House) -> None:
    old, new = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    [absorbed] = await ids(house, new)
    vault = house.registration.parts.get(Vault)
    async with house.registration.parts.database.transaction() as connection:
        await connection.execute(text("SELECT 1 FROM person WHERE person_id = :person FOR UPDATE"), {"person": absorbed})
        await replaced(house, old, new)
        await waits(house.registration)
        assert len(await vault.merges_since(0)) == 1
        await connection.execute(text(_END_WAITERS))
    await house.settled()

    assert len(await vault.merges_since(0)) == 1
    told = Counter((event.key, type(event)) for event in await house.announced() if isinstance(event, PersonMerged))
    assert told == {(person, PersonMerged): 1 for person in (absorbed, (await ids(house, old))[0])}
    assert len(await house.registered(old)) == 1


async def test_m03_rows_of_the_absorbed_keep_their_recorded_id_and_leave_the_unique_indexes(house: House) -> None:
    old, new = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    survivor, absorbed = await ids(house, old, new)
    await replaced(house, old, new)
    await house.settled()

    for service, tables in (
        (house.feed, (feed.contract, feed.participant, feed.newcomer, feed.obligation)),
        (house.registration, (own.person_change, own.register_person, own.newcomer_case, own.registration, own.decision)),
    ):
        for table in tables:
            query = select(table.c.merged_into).distinct().where(table.c.person_id == absorbed)
            async with service.parts.database.statement() as connection:
                assert (table.name, list((await connection.execute(query)).scalars())) == (table.name, [survivor])
        assert await rows(service, _UNIQUE) == []


async def test_m03_what_was_sealed_for_the_absorbed_still_opens(house: House) -> None:
    """The contract that goes on was reported under the number that was absorbed, with the name in it."""
    old, new = house.someone(), house.someone()
    await house.lives(old)
    await house.participant(old)
    await ids(house, old, new)
    await house.contract(new, "2026-10-12")
    await house.settled()
    await replaced(house, old, new)
    await house.settled()
    assert await house.registered(old) == ["2026-10-20"]


# -- the unit that meets it


async def test_m02_a_service_that_heard_nothing_applies_a_merge_in_the_unit_that_meets_it(house: House) -> None:
    await house.registers_complete("2026-10-01")
    one, other = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    survivor, absorbed = await merged_unheard(house, one, other)

    await house.participant(other, version=2)

    assert await rows(house.feed, "SELECT person_id, merged_into FROM person WHERE merged_into IS NOT NULL") == [(absorbed, survivor)]
    assert sorted(kept["state"] for kept in await house.obligations(one)) == ["closed", "open"]


async def test_m02_a_door_that_only_reads_meets_a_merge_too(house: House) -> None:
    one, other = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    await merged_unheard(house, one, other)
    assert [made["state"] for made in await house.registrations(other)] == ["registered", "withdrawn"]
    assert len(await house.obligations(other)) == 2


async def test_m02_a_timer_of_the_absorbed_meets_a_merge(house: House) -> None:
    """A title of the absorbed ends; that day the person is looked at, under the id that was recorded."""
    one, other = await house.newcomer("2026-10-12"), house.someone()
    await house.lives(other)
    title = {"ground": "other", "validFrom": "2020-01-01", "validTo": "2026-11-02", "rightToWork": False}
    await house.participant(other, title)
    await house.contract(other, "2026-10-12")
    await house.settled()
    survivor, absorbed = await merged_unheard(house, one, other)

    await house.until("2026-11-03")

    assert await rows(house.feed, "SELECT merged_into FROM person WHERE person_id = :person", person=absorbed) == [(survivor,)]


async def test_m02_a_contract_of_the_absorbed_that_is_taken_before_the_merge_is_pooled_by_it(house: House) -> None:
    """The unit that asked the vault before the merge comes first: the unit that applies the merge waits for it."""
    await house.registers_complete("2026-10-01")
    one, other = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-13")
    survivor, absorbed = await ids(house, one, other)
    async with house.feed.parts.database.transaction() as connection:
        await connection.execute(text("SELECT 1 FROM person WHERE person_id = :person FOR UPDATE"), {"person": absorbed})
        before = asyncio.create_task(house.contract(other, "2026-10-12", by="atlas"))
        await waits(house.feed)
        await merged_unheard(house, one, other)
        after = asyncio.create_task(house.participant(one, version=2))
    await asyncio.gather(before, after)
    await house.settled()

    assert await rows(house.feed, "SELECT DISTINCT person_id, coalesce(merged_into, person_id) FROM contract ORDER BY 2, 1") == sorted(
        [(survivor, survivor), (absorbed, survivor)]
    )
    assert sorted(kept["state"] for kept in await house.obligations(one)) == ["closed", "held"]


async def test_m02_a_contract_of_the_absorbed_that_comes_after_the_merge_follows_to_the_survivor(house: House) -> None:
    """The unit asked the vault before the merge, and gets its turn after another unit applied it."""
    await house.registers_complete("2026-10-01")
    one, other = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    survivor, absorbed = await ids(house, one, other)
    async with house.feed.parts.database.transaction() as connection:
        await connection.execute(text("SELECT 1 FROM fact_record WHERE reference = :name FOR UPDATE"), {"name": other.name})
        before = asyncio.create_task(house.contract(other, "2026-10-14", version=2))
        await waits(house.feed)
        await merged_unheard(house, one, other)
        await house.participant(one, version=2)
    await before
    await house.settled()

    assert await rows(house.feed, "SELECT person_id, merged_into FROM contract WHERE reference = :name", name=other.name) == [
        (absorbed, survivor)
    ]
    assert [kept["anchorOn"] for kept in await house.obligations(one) if kept["state"] != "closed"] == ["2026-10-12"]


# -- order


async def test_m04_a_merge_is_told_under_every_id_and_before_what_follows_from_it(house: House) -> None:
    old, new = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    survivor, absorbed = await ids(house, old, new)
    await replaced(house, old, new)
    await house.settled()
    await house.lives(new, FLANDERS, on="2026-10-19")
    await house.settled()

    events = await house.announced()
    for person in (survivor, absorbed):
        of_person = [event for event in events if event.key == person]
        [merge] = [number for number, event in enumerate(of_person) if isinstance(event, PersonMerged)]
        told = of_person[merge]
        assert isinstance(told, PersonMerged)
        assert (told.survivor_id, told.absorbed_ids, told.merge_number) == (survivor, (absorbed,), 1)
        after = [event for event in of_person[merge + 1 :] if isinstance(event, PersonChanged)]
        assert bool(after) is (person == survivor)
    versions = [event.version for event in events if isinstance(event, PersonChanged) and event.key == survivor]
    assert versions == sorted(set(versions))
    assert max(event.version for event in events if isinstance(event, PersonChanged) and event.key == absorbed) < versions[-1]


# -- any order

FACTS: Sequence[Tell] = (
    lambda house, old, _: house.lives(old),
    lambda house, old, _: house.participant(old),
    lambda house, old, _: house.contract(old, "2026-10-12"),
    lambda house, _, new: house.contract(new, "2026-10-12", by="atlas"),
    replaced,
)


@pytest.mark.parametrize("known", [False, True], ids=["unknown to VDAB", "registered under the new number"])
async def test_m03_any_order_of_contracts_and_replacement_ends_with_one_of_each(house: House, known: bool) -> None:
    await house.registers_complete("2026-10-01")
    chance = random.Random(20261020)
    jobseeker: Sequence[Tell] = [lambda house, _, new: house.jobseeker(new, "2026-06-01")] if known else []
    facts = [*FACTS, *jobseeker]
    orders = [list(facts), *(chance.sample(facts, len(facts)) for _ in range(_ORDERS))]
    couples = [(house.someone(), house.someone()) for _ in orders]

    async def tell(couple: tuple[Person, Person], order: Sequence[Tell]) -> None:
        settles = chance.random() < 0.5  # some arrivals are heard everywhere before the next, some are not
        for fact in order:
            await fact(house, *couple)
            if settles:
                await house.settled()

    await asyncio.gather(*(tell(couple, order) for couple, order in zip(couples, orders, strict=True)))
    await house.registers_complete("2026-10-20")
    await house.settled()

    confirmed = Counter(event.key for event in await house.announced() if isinstance(event, RegistrationRegistered))
    for (old, new), order in zip(couples, orders, strict=True):
        way = [facts.index(fact) for fact in order]
        [person] = set(await ids(house, old, new))
        standing = [kept for kept in await house.obligations(new) if kept["state"] != "closed"]
        assert [(kept["state"], kept["anchorOn"]) for kept in standing] == [("met", "2026-10-12")], way
        assert len(await house.registered(old)) == (0 if known else 1), way
        assert confirmed[person] == (0 if known else 1), way  # what a letter is written of
