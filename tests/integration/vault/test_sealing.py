"""What is sealed opens as it was, for who may, until it is erased."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

from chassis.db import Database
from chassis.errors import Unavailable
from contracts.identifiers import PersonId
from contracts.sealed import Sealed
from devkit.databases import DatabaseUrls
from tests.integration.vault.conftest import Vaults
from tests.integration.vault.numbers import tst_numbers
from tests.integration.vault.round_trips import counting
from vault.client import Vault
from vault.errors import SealBroken, UnknownKey, UnknownPerson, VaultUnavailable
from vault.values import DataClass, Erased, Purpose

TEST = Purpose("vaultTest")
DOSSIER, NOTICE = DataClass.DOSSIER, DataClass.NOTICE


class Facts(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=lambda name: name.title().replace("_", ""), populate_by_name=True)

    family_name: str
    given_name: str | None = None


class Ticks:
    """A monotonic clock that only moves when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


async def people(vault: Vault, count: int) -> list[PersonId]:
    found = await vault.people(tst_numbers(count))
    return [person.person_id for person in found.values()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(values=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(DataClass), st.binary(max_size=200)), max_size=20))
async def test_what_one_service_sealed_opens_the_same_in_another(values: list[tuple[int, DataClass, bytes]], vaults: Vaults) -> None:
    sealing, opening = vaults.open("integration_feed"), vaults.open("registration")
    ids = await people(sealing, 5)

    sealed = await sealing.seal([(ids[number], data_class, content) for number, data_class, content in values])

    assert await opening.open(sealed, bytes, TEST) == [content for _, _, content in values]
    await sealing.close()
    await opening.close()


async def test_a_model_opens_as_it_was(vault: Vault, vaults: Vaults) -> None:
    one, other = await people(vault, 2)
    facts = [Facts(family_name="Ŝ", given_name="a"), Facts(family_name="T")]

    sealed = await vault.seal([(one, DOSSIER, facts[0]), (other, DOSSIER, facts[1])])

    assert await vaults.open("notifications").open(sealed, Facts, TEST) == facts
    assert [box.key_ref for box in sealed] == [f"{one}:dossier", f"{other}:dossier"]


async def test_two_seals_of_one_value_differ(vault: Vault) -> None:
    (one,) = await people(vault, 1)

    first, second = await vault.seal([(one, DOSSIER, b"same")] * 2)

    assert first.box != second.box


async def test_concurrent_first_seals_share_one_key(vaults: Vaults) -> None:
    (one,) = await people(vaults.open(), 1)
    clients = [vaults.open() for _ in range(4)]

    sealed = await asyncio.gather(*(client.seal([(one, DOSSIER, b"x")]) for client in clients))

    opened = await vaults.open().open([boxes[0] for boxes in sealed], bytes, TEST)
    assert opened == [b"x"] * 4


async def test_a_changed_box_is_refused(vault: Vault) -> None:
    (one,) = await people(vault, 1)
    (sealed,) = await vault.seal([(one, DOSSIER, b"content")])
    raw = sealed.raw

    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        if place in {1, 2}:
            continue  # the generation: see the next test
        with pytest.raises(SealBroken):
            await vault.open([Sealed.of(sealed.key_ref, changed)], bytes, TEST)


async def test_a_box_of_a_generation_that_never_was_is_refused(vault: Vault) -> None:
    (one,) = await people(vault, 1)
    (sealed,) = await vault.seal([(one, DOSSIER, b"content")])
    raw = sealed.raw

    with pytest.raises(SealBroken):
        await vault.open([Sealed.of(sealed.key_ref, raw[:1] + b"\x00\x02" + raw[3:])], bytes, TEST)


@pytest.mark.parametrize("data_class", [NOTICE, DOSSIER])
async def test_a_box_under_another_name_is_refused(vault: Vault, data_class: DataClass) -> None:
    one, other = await people(vault, 2)
    sealed, _ = await vault.seal([(one, DOSSIER, b"x"), (other if data_class is DOSSIER else one, data_class, b"y")])
    moved: Sealed[bytes] = Sealed(f"{other if data_class is DOSSIER else one}:{data_class}", sealed.box)

    with pytest.raises(SealBroken):
        await vault.open([moved], bytes, TEST)


async def test_a_wrapped_key_moved_to_another_person_is_refused(vault: Vault, vaults: Vaults, owner: Database) -> None:
    one, other = await people(vault, 2)
    sealed = await vault.seal([(one, DOSSIER, b"x"), (other, DOSSIER, b"y")])
    swap = text("UPDATE vault.data_key SET wrapped = (SELECT wrapped FROM vault.data_key WHERE person_id = :other) WHERE person_id = :one")
    async with owner.transaction() as connection:
        await connection.execute(swap, {"one": one, "other": other})

    with pytest.raises(SealBroken):
        await vaults.open().open(sealed, bytes, TEST)


async def test_a_key_that_was_never_made_is_unknown_not_erased(vault: Vault) -> None:
    (one,) = await people(vault, 1)
    (sealed,) = await vault.seal([(one, DOSSIER, b"x")])

    with pytest.raises(UnknownKey):
        await vault.open([Sealed(f"{one}:notice", sealed.box)], bytes, TEST)


async def test_nothing_is_sealed_for_a_person_the_vault_never_made(vault: Vault) -> None:
    with pytest.raises(UnknownPerson):
        await vault.seal([(PersonId(uuid4()), DOSSIER, b"x")])


async def test_a_seal_of_500_is_one_round_trip_and_none_when_keys_are_held(vaults: Vaults, urls: DatabaseUrls) -> None:
    async with counting(urls.vault("registration")) as counter:
        vault = vaults.open(url=counter.url)
        ids = await people(vault, 502)
        await vault.seal([(ids[500], DOSSIER, b"the statement is prepared now")])
        await vault.open(await vault.seal([(ids[501], DOSSIER, b"this one too")]), bytes, TEST)
        items = [(person, DOSSIER, b"x" * 100) for person in ids[:500]]

        before = counter.count
        await vault.seal(items)
        assert counter.count - before == 1

        before = counter.count
        sealed = await vault.seal(items)
        assert counter.count - before == 0

        before = counter.count
        assert await vault.open(sealed, bytes, TEST) == [b"x" * 100] * 500
        assert counter.count - before == 1

        await vault.warm(ids[:500], [NOTICE])
        before = counter.count
        await vault.seal([(person, NOTICE, b"x") for person in ids[:500]])
        assert counter.count - before == 0
        await vault.close()


async def test_keys_that_will_be_wanted_come_with_an_opening(vaults: Vaults, urls: DatabaseUrls) -> None:
    async with counting(urls.vault("registration")) as counter:
        vault, other = vaults.open(url=counter.url), vaults.open()
        ids = await people(other, 5)
        sealed = await other.seal([(person, DOSSIER, b"x") for person in ids])
        await vault.open(sealed[:1], bytes, TEST, then_seal={(ids[0], NOTICE)})  # the statement is prepared now
        await other.erase(ids[2], [DOSSIER], "test")

        before = counter.count
        opened = await vault.open(sealed, bytes, TEST, then_seal={(person, NOTICE) for person in ids})
        assert counter.count - before == 1
        assert [isinstance(value, Erased) for value in opened] == [False, False, True, False, False]

        before = counter.count
        notices = await vault.seal([(person, NOTICE, b"y") for person in ids])
        assert counter.count - before == 0
        assert await other.open(notices, bytes, TEST) == [b"y"] * 5
        with pytest.raises(UnknownPerson):
            await vault.open(sealed, bytes, TEST, then_seal={(PersonId(uuid4()), NOTICE)})
        await vault.close()


async def test_a_cache_smaller_than_the_batch_still_seals_and_opens_it(vaults: Vaults) -> None:
    vault = vaults.open(cache_size=3)
    ids = await people(vault, 10)

    sealed = await vault.seal([(person, DOSSIER, person.bytes) for person in ids])

    assert await vault.open(sealed, bytes, TEST) == [person.bytes for person in ids]


async def test_m06_every_opening_is_logged_once_per_batch_with_its_purpose(vault: Vault, owner: Database) -> None:
    one, other = await people(vault, 2)
    sealed = await vault.seal([(one, DOSSIER, b"a"), (one, DOSSIER, b"b"), (other, NOTICE, b"c")])

    await vault.open(sealed, bytes, Purpose("counsellorScreen", organisation="0206731645"))

    async with owner.transaction() as connection:
        rows = (await connection.execute(text("SELECT service, purpose, organisation, items, people, classes FROM vault.opening"))).all()
    assert [tuple(row) for row in rows] == [("registration", "counsellorScreen", "0206731645", 3, [one, other], ["dossier", "notice"])]


async def test_m06_a_vault_that_cannot_be_reached_is_an_infrastructure_error(vaults: Vaults) -> None:
    unreachable = vaults.open(url="postgresql://nobody@127.0.0.1:1/none")

    for call in (unreachable.people(tst_numbers(1)), unreachable.seal([(PersonId(uuid4()), DOSSIER, b"x")])):
        with pytest.raises(VaultUnavailable) as caught:
            await call
        assert isinstance(caught.value, Unavailable)


async def test_keys_already_held_outlive_a_vault_that_went_away(vaults: Vaults, urls: DatabaseUrls) -> None:
    async with counting(urls.vault("registration")) as counter:
        vault = vaults.open(url=counter.url)
        (one,) = await people(vault, 1)
        sealed = await vault.seal([(one, DOSSIER, b"x")])
    assert len(await vault.seal([(one, DOSSIER, b"y")])) == 1

    with pytest.raises(VaultUnavailable):  # opening must be logged
        await vault.open(sealed, bytes, TEST)
    await vault.close()


async def test_m05_an_erased_value_is_erased_in_every_process_after_a_minute(vaults: Vaults) -> None:
    ticks = Ticks()
    eraser, holder = vaults.open(now=ticks), vaults.open("notifications", now=ticks)
    (one,) = await people(eraser, 1)
    sealed = await holder.seal([(one, DOSSIER, b"a"), (one, NOTICE, b"b")])

    erasure = await eraser.erase(one, {DOSSIER}, "art17Gdpr")

    assert (erasure.number, erasure.destroyed, erasure.people, erasure.held) == (1, 1, frozenset({one}), frozenset())
    assert (erasure.effective_at - erasure.at).total_seconds() == 60
    assert await eraser.open(sealed, bytes, TEST) == [Erased(f"{one}:dossier"), b"b"]
    ticks.at += 59.9
    assert await holder.open(sealed, bytes, TEST) == [b"a", b"b"]
    ticks.at += 0.1
    assert await holder.open(sealed, bytes, TEST) == [Erased(f"{one}:dossier"), b"b"]


async def test_m05_an_erasure_repeated_under_its_reference_destroys_nothing_that_came_since(vaults: Vaults) -> None:
    vault, reference = vaults.open(), uuid4()
    (one,) = await people(vault, 1)
    (before,) = await vault.seal([(one, DOSSIER, b"before")])
    first = await vault.erase(one, {DOSSIER}, "art17Gdpr", reference)
    (after,) = await vault.seal([(one, DOSSIER, b"after")])

    again = await vault.erase(one, {DOSSIER}, "art17Gdpr", reference)

    assert (again.number, again.at, again.destroyed) == (first.number, first.at, 1)
    assert await vault.open([before, after], bytes, TEST) == [Erased(before.key_ref), b"after"]


async def test_m05_keys_are_per_person_and_class_so_an_erasure_takes_one_class_of_one_person(vault: Vault) -> None:
    one, other = await people(vault, 2)
    sealed = await vault.seal([(person, data_class, b"x") for person in (one, other) for data_class in DataClass])

    await vault.erase(one, {DataClass.INTAKE, NOTICE}, "art17Gdpr")

    opened = await vault.open(sealed, bytes, TEST)
    gone = [f"{one}:intake", f"{one}:notice"]
    assert [value.key_ref for value in opened if isinstance(value, Erased)] == gone
    assert len({box.key_ref for box in sealed}) == 2 * len(DataClass)


async def test_m05_a_key_released_from_its_hold_can_be_erased(vault: Vault) -> None:
    (one,) = await people(vault, 1)
    sealed = await vault.seal([(one, DOSSIER, b"a")])
    await vault.hold(one, {DOSSIER}, held=True)
    assert (await vault.erase(one, {DOSSIER}, "art17Gdpr")).held == {DOSSIER}

    await vault.hold(one, {DOSSIER}, held=False)

    assert (await vault.erase(one, {DOSSIER}, "art17Gdpr")).held == frozenset()
    assert await vault.open(sealed, bytes, TEST) == [Erased(f"{one}:dossier")]


async def test_m05_what_comes_after_an_erasure_gets_a_new_key(vaults: Vaults) -> None:
    vault = vaults.open()
    (one,) = await people(vault, 1)
    (before,) = await vault.seal([(one, DOSSIER, b"before")])
    await vault.erase(one, {DOSSIER}, "art17Gdpr")

    (after,) = await vaults.open().seal([(one, DOSSIER, b"after")])

    assert await vault.open([before, after, before], bytes, TEST) == [Erased(before.key_ref), b"after", Erased(before.key_ref)]


async def test_a_process_that_holds_the_erased_key_opens_what_was_sealed_after(vaults: Vaults) -> None:
    holder, vault = vaults.open(), vaults.open()
    (one,) = await people(vault, 1)
    (before,) = await holder.seal([(one, DOSSIER, b"before")])
    await vault.erase(one, {DOSSIER}, "art17Gdpr")
    (after,) = await vault.seal([(one, DOSSIER, b"after")])

    assert await holder.open([before, after], bytes, TEST) == [Erased(before.key_ref), b"after"]


async def test_m03_erasing_anyone_of_a_merged_person_erases_all(vault: Vault) -> None:
    one, other = await people(vault, 2)
    sealed = await vault.seal([(one, DOSSIER, b"a"), (other, DOSSIER, b"b")])
    await vault.merge(one, other)

    erasure = await vault.erase(other, {DOSSIER}, "art17Gdpr")

    assert (erasure.people, erasure.destroyed) == (frozenset({one, other}), 2)
    assert await vault.open(sealed, bytes, TEST) == [Erased(box.key_ref) for box in sealed]


async def test_m05_a_held_key_survives_an_erasure_and_the_answer_says_so(vault: Vault) -> None:
    (one,) = await people(vault, 1)
    sealed = await vault.seal([(one, DataClass.EVIDENCE, b"a"), (one, DOSSIER, b"b")])
    assert await vault.hold(one, {DataClass.EVIDENCE}, held=True) == 1

    erasure = await vault.erase(one, set(DataClass), "art17Gdpr")

    assert (erasure.held, erasure.destroyed) == (frozenset({DataClass.EVIDENCE}), 1)
    assert await vault.open(sealed, bytes, TEST) == [b"a", Erased(f"{one}:dossier")]


async def test_m05_quarantine_opens_for_30_days(vault: Vault, vaults: Vaults, owner: Database) -> None:
    quarantine = vault.quarantine
    sealed = await quarantine.seal("0206731645", [b"not a number", b"nor this"])
    assert await vaults.open().quarantine.open(sealed, TEST) == [b"not a number", b"nor this"]

    async with owner.transaction() as connection:
        await connection.execute(
            text("UPDATE vault.quarantine_key SET created_at = created_at - interval '31 days', made_on = made_on - 31")
        )

    assert await quarantine.open(sealed, TEST) == [Erased(box.key_ref) for box in sealed]
    await quarantine.seal("0206731645", [b"another day"])
    async with owner.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM vault.quarantine_key"))).scalar_one() == 1
