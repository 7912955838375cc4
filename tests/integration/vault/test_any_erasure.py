"""Seals, holds, erasures and merges in any sequence: what opens, and what is gone for good, is what a plain model of the keys says."""

import asyncio
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from contracts.identifiers import PersonId
from contracts.sealed import Sealed
from tests.integration.vault.conftest import Vaults
from tests.integration.vault.numbers import tst_numbers
from vault.client import Vault
from vault.values import DataClass, Erased, Purpose

_WHY = Purpose("test")
_CLASSES = list(DataClass)
_PEOPLE = 4


@dataclass(slots=True)
class Key:
    """One key as it should stand."""

    generation: int = 1
    live: bool = True
    held: bool = False


@dataclass(slots=True)
class Model:
    """What should be so."""

    people: Sequence[PersonId]
    keys: dict[tuple[PersonId, DataClass], Key] = field(default_factory=dict)
    boxes: list[tuple[Sealed[bytes], PersonId, DataClass, int, bytes]] = field(default_factory=list)
    families: dict[PersonId, frozenset[PersonId]] = field(init=False)

    def __post_init__(self) -> None:
        self.families = {person: frozenset({person}) for person in self.people}

    def merged(self, one: PersonId, other: PersonId) -> None:
        whole = self.families[one] | self.families[other]
        self.families |= dict.fromkeys(whole, whole)

    def sealed(self, box: Sealed[bytes], person: PersonId, data_class: DataClass, content: bytes) -> None:
        key = self.keys.setdefault((person, data_class), Key())
        if not key.live:
            key.generation, key.live = key.generation + 1, True
        self.boxes.append((box, person, data_class, key.generation, content))

    def of(self, person: PersonId, classes: Collection[DataClass]) -> list[tuple[DataClass, Key]]:
        """The live keys of the whole person."""
        pairs = [(other, data_class) for other in self.families[person] for data_class in classes]
        found = [(data_class, self.keys.get((other, data_class))) for other, data_class in pairs]
        return [(data_class, key) for data_class, key in found if key is not None and key.live]

    def erased(self, person: PersonId, classes: Collection[DataClass]) -> tuple[int, frozenset[DataClass]]:
        """How many go, and which classes are held."""
        found = self.of(person, classes)
        gone = [key for _, key in found if not key.held]
        for key in gone:
            key.live = False
        return len(gone), frozenset(data_class for data_class, key in found if key.held)

    def held(self, person: PersonId, classes: Collection[DataClass], *, held: bool) -> int:
        found = self.of(person, classes)
        for _, key in found:
            key.held = held
        return len(found)

    def opens(self) -> list[bytes | None]:
        """What each box opens to; nothing where its key is gone."""
        found: list[bytes | None] = []
        for _, person, data_class, generation, content in self.boxes:
            key = self.keys[person, data_class]
            found.append(content if key.live and key.generation == generation else None)
        return found


async def _opened(vault: Vault, model: Model) -> list[bytes | None]:
    opened = await vault.open([box for box, *_ in model.boxes], bytes, _WHY)
    return [None if isinstance(one, Erased) else one for one in opened]


async def _met(vault: Vault, count: int, story: int) -> list[PersonId]:
    numbers = tst_numbers(count * (story + 1))[-count:]
    return [(await vault.people([number]))[number].person_id for number in numbers]


async def _step(vault: Vault, model: Model, chance: random.Random, step: int) -> None:
    person = chance.choice(model.people)
    classes = frozenset(chance.sample(_CLASSES, chance.randint(1, 3)))
    match chance.choices(["seal", "erase", "hold", "release", "merge"], [6, 3, 1, 1, 1])[0]:
        case "seal":
            items = [(chance.choice(model.people), chance.choice(_CLASSES), f"{step}-{at}".encode()) for at in range(chance.randint(1, 4))]
            for item, box in zip(items, await vault.seal(items), strict=True):
                model.sealed(box, *item)
        case "erase":
            expected = model.erased(person, classes)
            done = await vault.erase(person, classes, "art17Gdpr", chance.choice([None, UUID(int=chance.getrandbits(128))]))
            assert (done.destroyed, done.held, done.people) == (*expected, model.families[person])
        case "merge":
            other = chance.choice(model.people)
            await vault.merge(person, other)
            model.merged(person, other)
        case word:
            held = word == "hold"
            assert await vault.hold(person, classes, held=held) == model.held(person, classes, held=held)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_to_keys_each_box_opens_or_is_erased_as_the_model_says(vaults: Vaults, seed: int) -> None:
    chance = random.Random(seed)
    clients = [vaults.open(kept_s=0), vaults.open(kept_s=0)]
    reader = vaults.open("notifications", kept_s=0)
    model = Model(await _met(clients[0], _PEOPLE, seed))
    for step in range(40):
        await _step(chance.choice(clients), model, chance, step)
        if step % 5 == 0 and model.boxes:
            assert await _opened(reader, model) == model.opens(), step
    assert await _opened(reader, model) == model.opens()
    assert await _opened(vaults.open("education_feed"), model) == model.opens()  # one that never held a key


async def test_what_an_erasure_that_is_repeated_answers_never_changes_whatever_came_since(vaults: Vaults) -> None:
    vault = vaults.open(kept_s=0)
    one, other, third, _ = await _met(vault, _PEOPLE, 0)
    await vault.seal([(person, DataClass.DOSSIER, b"x") for person in (one, other, third)])
    await vault.hold(other, {DataClass.DOSSIER}, held=True)
    await vault.merge(one, other)
    reference = uuid4()
    first = await vault.erase(one, {DataClass.DOSSIER, DataClass.NOTICE}, "art17Gdpr", reference)
    assert (first.destroyed, first.held, first.people) == (1, frozenset({DataClass.DOSSIER}), frozenset({one, other}))

    await vault.hold(other, {DataClass.DOSSIER}, held=False)
    await vault.merge(other, third)
    again = await asyncio.gather(*(vault.erase(third, {DataClass.DOSSIER}, "another", reference) for _ in range(4)))
    assert [(done.number, done.destroyed, done.held, done.people, done.at) for done in again] == [
        (first.number, 1, first.held, first.people, first.at)
    ] * 4
    (box,) = await vault.seal([(other, DataClass.DOSSIER, b"kept")])
    assert await vault.open([box], bytes, _WHY) == [b"kept"]


async def test_erasures_and_seals_at_the_same_moment_leave_each_box_open_or_erased_and_never_broken(vaults: Vaults) -> None:
    """A key may be destroyed between being found and being read: whoever seals then gets the next one."""
    clients = [vaults.open(kept_s=0) for _ in range(4)]
    people = await _met(clients[0], _PEOPLE, 0)

    async def seals(client: Vault, number: int) -> list[Sealed[bytes]]:
        return await client.seal([(person, DataClass.NOTICE, f"{number}".encode()) for person in people])

    async def erases(client: Vault, person: PersonId) -> list[Sealed[bytes]]:
        await client.erase(person, {DataClass.NOTICE}, "art17Gdpr")
        return []

    calls = [seals(clients[at % 4], at) if at % 3 else erases(clients[at % 4], people[at % _PEOPLE]) for at in range(48)]
    boxes = [box for made in await asyncio.gather(*calls) for box in made]
    opened = await vaults.open("notifications").open(boxes, bytes, _WHY)
    assert len(boxes) == 32 * _PEOPLE
    assert all(isinstance(one, Erased) or one.isdigit() for one in opened)
    last = await seals(clients[0], 99)
    assert await vaults.open("notifications").open(last, bytes, _WHY) == [b"99"] * _PEOPLE


async def test_each_erasure_has_the_next_number_however_many_are_carried_out_at_once(vaults: Vaults) -> None:
    clients = [vaults.open() for _ in range(3)]
    people = await _met(clients[0], _PEOPLE, 0)
    done = await asyncio.gather(*(client.erase(person, {DataClass.DOSSIER}, "art17Gdpr") for client in clients for person in people))
    assert sorted(one.number for one in done) == list(range(1, len(done) + 1))
    by_number = sorted(done, key=lambda one: one.number)
    assert [one.at for one in by_number] == sorted(one.at for one in by_number)
