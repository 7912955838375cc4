"""Data keys for a batch: from the cache, or from the database in one call."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from contracts.identifiers import PersonId
from vault.box import DataKey
from vault.cache import KeyCache
from vault.calls import Answer, Calls
from vault.errors import UnknownKey
from vault.keys import KEY_BYTES, KeyEncryption
from vault.values import DataClass, Purpose


class DataKeys:
    """Fetches, unwraps and holds the data keys of people."""

    def __init__(self, calls: Calls, encryption: KeyEncryption, cache: KeyCache) -> None:
        self._calls = calls
        self._encryption = encryption
        self._cache = cache

    async def for_sealing(self, wanted: Collection[tuple[PersonId, DataClass]]) -> dict[tuple[PersonId, DataClass], tuple[str, DataKey]]:
        """Key name and key of each pair, made where there was none (or only an erased one).

        Raises:
            UnknownPerson: the vault never gave out one of these ids.
        """
        found: dict[tuple[PersonId, DataClass], tuple[str, DataKey]] = {}
        missing: dict[str, tuple[PersonId, DataClass]] = {}
        for pair in wanted:
            key_ref = f"{pair[0]}:{pair[1]}"
            if (key := self._cache.get(key_ref)) is None:
                missing[key_ref] = pair
            else:
                found[pair] = key_ref, key
        if missing:
            fresh = [self._encryption.wrap(secrets.token_bytes(KEY_BYTES), key_ref) for key_ref in missing]
            people, classes = zip(*missing.values(), strict=True)
            asked_at = self._cache.now()
            for row in await self._calls.sealing_keys(people, classes, fresh, self._encryption.current):
                key_ref, key = self._keep(row, asked_at)
                found[missing[key_ref]] = key_ref, key
        return found

    async def for_opening(self, generations: Iterable[tuple[str, int]], items: int, purpose: Purpose) -> dict[str, DataKey | None]:
        """Key of each name, or None where it was erased; logs that `items` boxes are opened for this purpose.

        Raises:
            UnknownKey: no key of this name was ever made here.
        """
        newest: dict[str, int] = {}
        for key_ref, generation in generations:
            newest[key_ref] = max(generation, newest.get(key_ref, 0))
        held = {key_ref: self._held(key_ref, generation) for key_ref, generation in newest.items()}
        refs = [(UUID(person), data_class) for person, _, data_class in (key_ref.partition(":") for key_ref in held)]
        people, classes = [person for person, _ in refs], [data_class for _, data_class in refs]
        wanted = [key is None for key in held.values()]
        asked_at = self._cache.now()
        rows = await self._calls.opening_keys(purpose.code, purpose.organisation, items, people, classes, wanted)
        unknown = {key_ref for key_ref, key in held.items() if key is None}
        for row in rows:
            unknown.discard(f"{row.person_id}:{row[1]}")
            if row.wrapped is not None:
                key_ref, held_key = self._keep(row, asked_at)
                held[key_ref] = held_key
        if unknown:
            raise UnknownKey(min(unknown))
        return held

    def forget(self, people: Iterable[PersonId], classes: Sequence[DataClass]) -> None:
        """Drop keys from this process at once; other processes drop theirs within a minute."""
        self._cache.drop(f"{person}:{data_class}" for person in people for data_class in classes)

    def _held(self, key_ref: str, generation: int) -> DataKey | None:
        """The cached key, unless a box of a later generation shows that the key was made anew since."""
        key = self._cache.get(key_ref)
        return key if key is not None and key.generation >= generation else None

    def _keep(self, row: Answer, asked_at: float) -> tuple[str, DataKey]:
        person_id, data_class, generation, wrapped, kek_id = row
        key_ref = f"{person_id}:{data_class}"
        key = DataKey.of(self._encryption.unwrap(kek_id, wrapped, key_ref), key_ref, generation)
        self._cache.put(key_ref, key, asked_at)
        return key_ref, key
