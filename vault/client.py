"""The vault as services see it: people by number, sealing, opening, erasing; always in batches."""

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel
from pydantic_core import to_json

from chassis.db import Database
from contracts.identifiers import PersonId, Ssin
from contracts.sealed import Sealed
from vault.box import NONCE_BYTES, DataKey, generation_of, unseal
from vault.cache import KEPT_S, KeyCache
from vault.calls import Answer, Answers, Calls
from vault.datakeys import DataKeys
from vault.errors import SealBroken, WrongPepper
from vault.keys import KeyRing
from vault.quarantine import Quarantine
from vault.values import DataClass, Erased, Erasure, Merge, Person, Purpose

T = TypeVar("T")

Item = tuple[PersonId, DataClass, BaseModel | bytes]


class Vault:
    """One process' client, on a small pool of its own under the service's role.

    Every call may raise VaultUnavailable: doors answer 503, consumers pause.
    """

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        *,
        cache_size: int = 20_000,
        timeout_s: float = 10.0,
        now: Callable[[], float] = time.monotonic,
        kept_s: float = KEPT_S,
    ) -> None:
        self._database = database
        self._kept_s = kept_s
        self._calls = Calls(database, timeout_s)
        self._peppers = sorted(keys.peppers, key=lambda pepper: pepper.version)
        self._peppers_known = False
        self._data_keys = DataKeys(self._calls, keys.encryption, KeyCache(cache_size, now, kept_s))
        self.quarantine = Quarantine(self._calls, keys.encryption)

    async def people(self, ssins: Iterable[Ssin]) -> Mapping[Ssin, Person]:
        """Who each number belongs to; a number never seen before makes a new person.

        Raises:
            WrongPepper: this process' keys are not those the database was filled with.
        """
        numbers = list(dict.fromkeys(ssins))
        if not numbers:
            return {}
        await self._check_peppers()
        slots, hmacs, versions = self._hidden(numbers)
        return {numbers[row.slot]: _person(row) for row in await self._calls.people(slots, hmacs, versions)}

    async def survivors(self, people: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """The whole person behind each id; ids the vault never gave out are left out."""
        wanted = list(dict.fromkeys(people))
        return {PersonId(row.recorded_id): _person(row) for row in await self._calls.survivors(wanted)} if wanted else {}

    async def seal(self, items: Sequence[Item]) -> list[Sealed[Any]]:
        """Each value under its person's key of that class, in order; one round trip at most, none when the keys are held.

        Raises:
            UnknownPerson: an item is about an id the vault never gave out.
        """
        keys = await self._data_keys.for_sealing({(person, data_class) for person, data_class, _ in items})
        nonces = os.urandom(NONCE_BYTES * len(items))
        sealed: list[Sealed[Any]] = []
        for number, (person, data_class, value) in enumerate(items):
            key_ref, key = keys[person, data_class]
            sealed.append(Sealed.of(key_ref, key.seal(nonces[number * NONCE_BYTES : (number + 1) * NONCE_BYTES], _content(value))))
        return sealed

    async def warm(self, people: Iterable[PersonId], classes: Iterable[DataClass]) -> None:
        """Hold the keys of these people, so that sealing for them within the next minute needs no round trip."""
        wanted = list(classes)
        await self._data_keys.for_sealing({(person, data_class) for person in people for data_class in wanted})

    async def open(
        self, items: Sequence[Sealed[T]], model: type[T], purpose: Purpose, then_seal: Collection[tuple[PersonId, DataClass]] = ()
    ) -> list[T | Erased]:
        """Each value as `model` (or its bytes), in order, `Erased` where the key was destroyed; one round trip, which logs the opening.

        The keys of `then_seal` come along, as `warm` would fetch them, for what will be sealed next.

        Raises:
            SealBroken: a box was changed, or stands under a name it was not sealed under.
            UnknownKey: a box names a key this vault never made.
            UnknownPerson: an id of `then_seal` is one the vault never gave out.
        """
        if not items:
            return []
        boxes = [(item.key_ref, item.raw) for item in items]
        generations = [(key_ref, generation_of(box, key_ref)) for key_ref, box in boxes]
        keys = await self._data_keys.for_opening(generations, len(items), purpose, then_seal)
        return [_opened(*box, generation, keys[box[0]], model) for box, (_, generation) in zip(boxes, generations, strict=True)]

    async def erase(self, person: PersonId, classes: Collection[DataClass], ground: str, reference: UUID | None = None) -> Erasure:
        """Destroy the keys of these classes for the whole person, absorbed ids included; held keys stay. Only registration may.

        Repeated under its `reference` it answers what was done then, and destroys nothing that came since.

        Raises:
            UnknownPerson: the vault never gave out this id.
        """
        row = await self._calls.erase(person, sorted(classes), ground, reference)
        people = frozenset(PersonId(other) for other in row.people)
        self._data_keys.forget(people, tuple(classes))
        return Erasure(
            number=row.erasure_no,
            person_id=PersonId(row.person_id),
            people=people,
            classes=frozenset(classes),
            held=frozenset(DataClass(name) for name in row.held),
            destroyed=row.destroyed,
            at=row.erased_at,
            effective_at=row.erased_at + timedelta(seconds=self._kept_s),
        )

    async def hold(self, person: PersonId, classes: Collection[DataClass], *, held: bool) -> int:
        """Put the existing keys of the whole person under legal hold, or release them; how many. Only registration may."""
        return await self._calls.hold(person, sorted(classes), held=held)

    async def merge(self, one: PersonId, other: PersonId) -> Merge | None:
        """Make two people one; the older survives. Repeating it gives the survivor's last merge. Only registration may."""
        return _last_merge(await self._calls.merge_people(one, other))

    async def replace_number(self, old: Ssin, new: Ssin) -> Merge | None:
        """Let a new number lead to the person of the old one; the merge this caused, if both were known. Only registration may."""
        person = (await self.people([old]))[old]
        _, hmacs, versions = self._hidden([new])
        return _last_merge(await self._calls.replace_number(person.recorded_id, hmacs, versions))

    async def merges_since(self, number: int, at_most: int = 1000) -> list[Merge]:
        """Entries of the merge list after `number`, without gaps and in order."""
        return [_merge(row) for row in await self._calls.merges_since(number, at_most)]

    async def close(self) -> None:
        """Close the pool."""
        await self._database.close()

    def _hidden(self, numbers: Sequence[Ssin]) -> tuple[list[int], list[bytes], list[int]]:
        """Slot, HMAC and pepper version of each number under each pepper, flat."""
        rows = [(slot, pepper.hide(number.value), pepper.version) for slot, number in enumerate(numbers) for pepper in self._peppers]
        return [slot for slot, _, _ in rows], [hidden for _, hidden, _ in rows], [version for _, _, version in rows]

    async def _check_peppers(self) -> None:
        """Once per process: is this the pepper the database was filled under?"""
        if not self._peppers_known:
            if wrong := await self._calls.unknown_peppers(self._peppers):
                raise WrongPepper(wrong)
            self._peppers_known = True


def _content(value: BaseModel | bytes) -> bytes:
    return value if isinstance(value, bytes) else to_json(value, by_alias=True, exclude_none=True)


def _opened(key_ref: str, box: bytes, generation: int, key: DataKey | None, model: type[T]) -> T | Erased:
    if key is None or generation < key.generation:
        return Erased(key_ref)
    if generation > key.generation:
        raise SealBroken(key_ref)
    content = unseal(box, key, key_ref)
    return cast("T", model.model_validate_json(content) if issubclass(model, BaseModel) else content)


def _person(row: Answer) -> Person:
    absorbed = frozenset(PersonId(other) for other in row.absorbed)
    return Person(PersonId(row.survivor_id), PersonId(row.recorded_id), absorbed, row.merge_no)


def _merge(row: Answer) -> Merge:
    number, survivor, absorbed, at = row
    return Merge(number, PersonId(survivor), PersonId(absorbed), at)


def _last_merge(rows: Answers) -> Merge | None:
    return _merge(rows[-1]) if rows else None
