"""Who is who, whatever is found out in which order and by how many at once: one person is one, the oldest survives, nothing is lost."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from uuid import UUID

import pytest

from contracts.identifiers import PersonId, Ssin
from tests.integration.vault.conftest import Vaults
from tests.integration.vault.numbers import tst_numbers
from vault.client import Vault
from vault.errors import UnknownPerson
from vault.values import DataClass, Erased, Purpose

_CROWD = 8
_STORIES = 12
_WHY = Purpose("test")


@dataclass(slots=True)
class People:
    """What should be so: ids in the order they were first seen, and which of them are one."""

    ids: Sequence[PersonId]
    _group: dict[PersonId, set[PersonId]] = field(init=False)

    def __post_init__(self) -> None:
        self._group = {person: {person} for person in self.ids}

    def one(self, person: PersonId, other: PersonId) -> bool:
        """These are one; whether that is news."""
        mine, theirs = self._group[person], self._group[other]
        if mine is theirs:
            return False
        mine |= theirs
        for absorbed in theirs:
            self._group[absorbed] = mine
        return True

    def whole(self, person: PersonId) -> tuple[PersonId, frozenset[PersonId]]:
        """Survivor and absorbed."""
        group = self._group[person]
        survivor = min(group, key=self.ids.index)
        return survivor, frozenset(group - {survivor})


async def _met(vault: Vault, numbers: Sequence[Ssin]) -> list[PersonId]:
    """People in the order they were first seen, one call each."""
    return [(await vault.people([number]))[number].recorded_id for number in numbers]


async def _seen(vault: Vault, ids: Sequence[PersonId]) -> Mapping[PersonId, tuple[PersonId, frozenset[PersonId]]]:
    found = await vault.survivors(ids)
    return {person: (whole.person_id, whole.absorbed) for person, whole in found.items()}


async def test_any_sequence_of_merges_and_replacements_ends_as_the_oldest_of_each_group(vaults: Vaults) -> None:
    chance = random.Random(20260622)
    clients = [vaults.open(), vaults.open()]
    numbers, merges = tst_numbers(_CROWD * _STORIES), 0
    for story in range(_STORIES):
        mine = numbers[story * _CROWD : (story + 1) * _CROWD]
        ids = await _met(clients[0], mine)
        people = People(ids)
        for _ in range(chance.randint(1, 12)):
            one, other = chance.randrange(_CROWD), chance.randrange(_CROWD)
            client = chance.choice(clients)
            said = await (client.merge(ids[one], ids[other]) if chance.random() < 0.5 else client.replace_number(mine[one], mine[other]))
            news = people.one(ids[one], ids[other])
            merges += news
            assert said is None or said.survivor == people.whole(ids[one])[0]
            assert not news or said is not None
        expected = {person: people.whole(person) for person in ids}
        assert await _seen(clients[1], ids) == expected
        by_number = await clients[0].people(mine)
        assert {person.recorded_id: (person.person_id, person.absorbed) for person in by_number.values()} == expected
    assert [merge.number for merge in await clients[0].merges_since(0)] == list(range(1, merges + 1))


async def test_the_list_of_merges_replayed_from_anywhere_tells_who_is_who(vault: Vault) -> None:
    """A reader that was away reads on from the number it had; what it then holds is what the vault answers."""
    chance = random.Random(20260623)
    ids = await _met(vault, tst_numbers(12))
    for _ in range(20):
        await vault.merge(*chance.sample(ids, 2))
    listed = await vault.merges_since(0)
    for page in (1, 2, 5, 100):
        survivors, after = {person: person for person in ids}, 0
        while found := await vault.merges_since(after, page):
            for merge in found:
                assert survivors[merge.absorbed] == merge.absorbed  # absorbed once, and never before
                survivors = {one: merge.survivor if whole == merge.absorbed else whole for one, whole in survivors.items()}
            after = found[-1].number
        assert {person: whole for person, (whole, _) in (await _seen(vault, ids)).items()} == survivors
    assert [await vault.merges_since(merge.number) for merge in listed] == [listed[at + 1 :] for at in range(len(listed))]
    assert await vault.merges_since(listed[-1].number + 1_000) == []


async def test_a_chain_of_replaced_numbers_is_one_person_in_whatever_order_it_is_told(vaults: Vaults) -> None:
    """The first number gave way to a second, that to a third, that to a fourth; any of them may have been met before."""
    told = list(permutations([(0, 1), (1, 2), (2, 3)]))
    numbers = tst_numbers(4 * len(told) * 2)
    for story, order in enumerate([*told, *told]):
        mine = numbers[story * 4 : story * 4 + 4]
        vault = vaults.open()
        if story >= len(told):
            await vault.people(mine[::-1])
        for old, new in order:
            await vault.replace_number(mine[old], mine[new])
        found = (await vault.people(mine)).values()
        assert len({person.person_id for person in found}) == 1, order


async def test_everybody_finding_out_at_once_ends_the_same_without_a_deadlock(vaults: Vaults) -> None:
    clients = [vaults.open() for _ in range(4)]
    numbers = tst_numbers(10)
    ids = await _met(clients[0], numbers)
    chance = random.Random(20260624)
    rounds = [chance.sample(range(10), 2) for _ in range(24)]
    calls = [
        clients[at % 4].merge(ids[one], ids[other]) if at % 2 else clients[at % 4].replace_number(numbers[one], numbers[other])
        for at, (one, other) in enumerate(rounds)
    ]
    await asyncio.gather(*calls)
    people = People(ids)
    merges = sum(people.one(ids[one], ids[other]) for one, other in rounds)
    assert await _seen(clients[0], ids) == {person: people.whole(person) for person in ids}
    assert [merge.number for merge in await clients[1].merges_since(0)] == list(range(1, merges + 1))


async def test_a_number_first_seen_while_it_replaces_another_is_of_one_person(vaults: Vaults) -> None:
    registering, looking = vaults.open(), vaults.open("notifications")
    numbers = tst_numbers(24)
    for old, new in zip(numbers[::2], numbers[1::2], strict=True):
        await asyncio.gather(registering.replace_number(old, new), looking.people([new, old]), looking.people([old, new]))
        found = await looking.people([old, new])
        assert found[old].person_id == found[new].person_id


async def test_what_was_sealed_under_either_opens_after_the_merge_and_goes_with_one_erasure(vaults: Vaults) -> None:
    vault, reader = vaults.open(), vaults.open("notifications", kept_s=0)
    ids = await _met(vault, tst_numbers(5))
    before = await vault.seal([(person, DataClass.NOTICE, f"letter {at}".encode()) for at, person in enumerate(ids)])
    await asyncio.gather(vault.merge(ids[3], ids[1]), vault.merge(ids[2], ids[3]), vault.merge(ids[1], ids[4]))
    after = await vault.seal([(person, DataClass.NOTICE, b"since") for person in ids])
    opened = await reader.open([*before, *after], bytes, _WHY)
    assert opened == [f"letter {at}".encode() for at in range(5)] + [b"since"] * 5

    erasure = await vault.erase(ids[4], {DataClass.NOTICE}, "request")
    assert (erasure.person_id, erasure.people) == (ids[1], frozenset(ids[1:]))
    opened = await vaults.open("notifications").open([*before, *after], bytes, _WHY)
    assert [isinstance(one, Erased) for one in opened] == [False, True, True, True, True] * 2


async def test_a_merge_with_itself_is_none_and_with_a_stranger_is_refused_and_changes_nothing(vault: Vault) -> None:
    (person,) = await _met(vault, tst_numbers(1))
    stranger = PersonId(UUID(int=1))
    assert await vault.merge(person, person) is None
    for one, other in ((person, stranger), (stranger, person), (stranger, stranger)):
        with pytest.raises(UnknownPerson):
            await vault.merge(one, other)
    assert await vault.survivors([person, stranger]) == {person: (await vault.people(tst_numbers(1)))[tst_numbers(1)[0]]}
    assert await vault.merges_since(0) == []
