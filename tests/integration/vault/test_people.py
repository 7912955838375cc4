"""Numbers lead to one person each, whoever asks first and under whichever pepper."""

import asyncio
import secrets
from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.db import Database
from contracts.identifiers import PersonId
from tests.integration.vault.conftest import Vaults
from tests.integration.vault.numbers import tst_numbers
from vault.client import Vault
from vault.errors import UnknownPerson, WrongPepper
from vault.keys import KeyRing, Pepper

ONE, OTHER, THIRD = tst_numbers(3)


def with_peppers(ring: KeyRing, *peppers: Pepper) -> KeyRing:
    return KeyRing(ring.encryption, peppers)


@pytest.fixture
def newer() -> Pepper:
    return Pepper(2, secrets.token_bytes(32))


async def test_a_number_always_leads_to_the_same_person(vault: Vault, vaults: Vaults) -> None:
    first = await vault.people([ONE, OTHER])

    assert await vaults.open("notifications").people([OTHER, ONE, ONE]) == first
    assert len({person.person_id for person in first.values()}) == 2
    assert all(person.recorded_id == person.person_id and not person.absorbed and person.merge_number == 0 for person in first.values())


async def test_asking_for_nobody_asks_nothing(vaults: Vaults) -> None:
    unreachable = vaults.open(url="postgresql://nobody@127.0.0.1:1/none")

    assert await unreachable.people([]) == {}
    assert await unreachable.survivors([]) == {}


async def test_concurrent_first_sight_of_one_number_makes_one_person(vaults: Vaults, owner: Database) -> None:
    numbers = tst_numbers(300)
    clients = [vaults.open(service) for service in ("integration_feed", "registration", "notifications", "registration")]
    orders = [numbers, numbers[::-1], numbers[150:] + numbers[:150], numbers[::2] + numbers[1::2]]

    answers = await asyncio.gather(*(client.people(order) for client, order in zip(clients, orders, strict=True)))

    assert all(answer == answers[0] for answer in answers)
    async with owner.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM vault.person"))).scalar_one() == 300


async def test_whoever_waits_on_an_unfinished_first_sight_gets_its_person(vaults: Vaults, owner: Database, ring: KeyRing) -> None:
    await vaults.open().people([OTHER])  # peppers are known
    hidden = ring.peppers[0].hide(ONE.value)
    first = text("SELECT recorded_id FROM vault.people(ARRAY[0], ARRAY[CAST(:hmac AS bytea)], ARRAY[CAST(1 AS smallint)])")
    blocked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    async with owner.transaction() as connection:
        recorded = (await connection.execute(first, {"hmac": hidden})).scalar_one()
        second = asyncio.create_task(vaults.open("notifications").people([ONE]))
        while not (await connection.execute(blocked)).scalar_one():
            assert not second.done()

    assert (await second)[ONE].recorded_id == recorded


async def test_a_number_known_under_the_old_pepper_is_found_and_moves_to_the_new_one(vaults: Vaults, ring: KeyRing, newer: Pepper) -> None:
    before = await vaults.open().people([ONE])

    during = await vaults.open(ring=with_peppers(ring, *ring.peppers, newer)).people([ONE, OTHER])
    after = await vaults.open(ring=with_peppers(ring, newer)).people([ONE, OTHER])

    assert during[ONE] == before[ONE]
    assert after == during


async def test_first_sight_by_an_old_and_a_new_process_in_a_pepper_rotation_makes_one_person(
    vaults: Vaults, ring: KeyRing, newer: Pepper
) -> None:
    numbers = tst_numbers(300)
    both = with_peppers(ring, newer, *ring.peppers)
    for first, second in ((ring, both), (both, with_peppers(ring, newer))):
        clients = [vaults.open(ring=first), vaults.open(ring=second)]
        answers = await asyncio.gather(clients[0].people(numbers), clients[1].people(numbers[::-1]))
        assert answers[0] == answers[1]
        numbers = tst_numbers(900)[-300:]


async def test_another_pepper_of_the_same_version_is_refused(vaults: Vaults, ring: KeyRing) -> None:
    await vaults.open().people([ONE])
    stranger = vaults.open(ring=with_peppers(ring, Pepper(1, secrets.token_bytes(32))))

    with pytest.raises(WrongPepper, match="another pepper 1"):
        await stranger.people([ONE])


async def test_m03_the_older_person_survives_a_merge_whichever_is_named_first(vault: Vault) -> None:
    older = (await vault.people([ONE]))[ONE].person_id
    younger = (await vault.people([OTHER]))[OTHER].person_id

    merge = await vault.merge(younger, older)

    assert merge is not None
    assert (merge.number, merge.survivor, merge.absorbed) == (1, older, younger)
    found = (await vault.people([OTHER]))[OTHER]
    assert (found.person_id, found.recorded_id, found.absorbed, found.merge_number) == (older, younger, frozenset({younger}), 1)
    assert (await vault.survivors([younger, older]))[younger] == found


async def test_merging_again_changes_nothing(vault: Vault) -> None:
    people = await vault.people([ONE, OTHER])
    ids = [person.person_id for person in people.values()]
    first = await vault.merge(*ids)

    assert await vault.merge(*ids) == first
    assert await vault.merges_since(0) == [first]


async def test_m02_merges_of_merged_people_end_at_one_survivor_and_their_list_has_no_gaps(vault: Vault) -> None:
    one, other, third = [(await vault.people([number]))[number].person_id for number in (ONE, OTHER, THIRD)]
    await vault.merge(other, third)

    await asyncio.gather(vault.merge(third, one), vault.merge(other, one))

    assert [merge.number for merge in await vault.merges_since(0)] == [1, 2]
    assert [(merge.survivor, merge.absorbed) for merge in await vault.merges_since(1)] == [(one, other)]
    whole = await vault.survivors([one, other, third])
    assert {person.person_id for person in whole.values()} == {one}
    assert whole[third].absorbed == {other, third}
    assert whole[one].merge_number == 2


async def test_an_unknown_person_cannot_be_merged(vault: Vault) -> None:
    known = (await vault.people([ONE]))[ONE].person_id

    with pytest.raises(UnknownPerson):
        await vault.merge(known, PersonId(uuid4()))


async def test_a_replaced_number_leads_to_the_same_person(vault: Vault) -> None:
    person = (await vault.people([ONE]))[ONE]

    assert await vault.replace_number(ONE, OTHER) is None
    assert (await vault.people([OTHER]))[OTHER] == person


async def test_a_replacement_by_a_known_number_makes_one_person_of_two(vault: Vault) -> None:
    people = await vault.people([ONE, OTHER])
    ids = {person.person_id for person in people.values()}

    merge = await vault.replace_number(ONE, OTHER)

    assert merge is not None
    assert {merge.survivor, merge.absorbed} == ids
    assert await vault.replace_number(ONE, OTHER) == merge
