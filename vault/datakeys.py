"""Data keys for a batch: from the cache, or from the database in one call."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence

from contracts.identifiers import PersonId
from vault.box import DataKey
from vault.cache import KeyCache
from vault.calls import Answer, Calls, Opening, SealingKeys
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
        while missing:  # again for a key that an erasure destroyed between being found and being read
            asked_at = self._cache.now()
            for row in await self._calls.sealing_keys(self._with_fresh(missing)):
                key_ref = f"{row[0]}:{row[1]}"
                found[missing.pop(key_ref)] = key_ref, self._keep(key_ref, row, asked_at)
        return found

    async def for_opening(
        self, generations: Iterable[tuple[str, int]], items: int, purpose: Purpose, then_seal: Collection[tuple[PersonId, DataClass]] = ()
    ) -> dict[str, DataKey | None]:
        """Key of each name, or None where it was erased; logs that `items` boxes are opened for this purpose.

        The keys of `then_seal` are held afterwards.

        Raises:
            UnknownKey: no key of this name was ever made here.
            UnknownPerson: the vault never gave out one of the ids of `then_seal`.
        """
        newest: dict[str, int] = {}
        for key_ref, generation in generations:
            newest[key_ref] = max(generation, newest.get(key_ref, 0))
        held = {key_ref: self._held(key_ref, generation) for key_ref, generation in newest.items()}
        refs = [key_ref.partition(":") for key_ref in held]
        people, classes = [person for person, _, _ in refs], [data_class for _, _, data_class in refs]
        wanted = [key is None for key in held.values()]
        next_ones = {ref: pair for pair in then_seal if self._cache.get(ref := f"{pair[0]}:{pair[1]}") is None}
        asked_at = self._cache.now()
        opening = Opening(purpose.code, purpose.organisation, items, people, classes, wanted)
        rows = await self._calls.opening_keys(opening, self._with_fresh(next_ones) if next_ones else None)
        unknown = {key_ref for key_ref, key in held.items() if key is None}
        for row in rows:
            key_ref = f"{row[0]}:{row[1]}"
            unknown.discard(key_ref)
            if row.wrapped is not None:
                key = self._keep(key_ref, row, asked_at)
                if key_ref in held:
                    held[key_ref] = key
        if unknown:
            raise UnknownKey(min(unknown))
        return held

    def _with_fresh(self, missing: Mapping[str, tuple[PersonId, DataClass]]) -> SealingKeys:
        fresh = [self._encryption.wrap(secrets.token_bytes(KEY_BYTES), key_ref) for key_ref in missing]
        people, classes = zip(*missing.values(), strict=True)
        return SealingKeys(people, classes, fresh, self._encryption.current)

    def forget(self, people: Iterable[PersonId], classes: Sequence[DataClass]) -> None:
        """Drop keys from this process at once; other processes drop theirs within a minute."""
        self._cache.drop(f"{person}:{data_class}" for person in people for data_class in classes)

    def _held(self, key_ref: str, generation: int) -> DataKey | None:
        """The cached key, unless a box of a later generation shows that the key was made anew since."""
        key = self._cache.get(key_ref)
        return key if key is not None and key.generation >= generation else None

    def _keep(self, key_ref: str, row: Answer, asked_at: float) -> DataKey:
        _, _, generation, wrapped, kek_id = row
        key = DataKey.of(self._encryption.unwrap(kek_id, wrapped, key_ref), key_ref, generation)
        self._cache.put(key_ref, key, asked_at)
        return key
