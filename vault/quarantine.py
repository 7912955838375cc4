"""Sealing of records that belong to no known person, under a partner's key of the day that lives 30 days (`mechanics.md` 5)."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from contracts.sealed import Sealed
from vault.box import NONCE_BYTES, DataKey, unseal
from vault.calls import Calls
from vault.errors import SealBroken
from vault.keys import KEY_BYTES, KeyEncryption
from vault.values import Erased, Purpose

_CLASS = "quarantine"


class Quarantine:
    """Seals and opens what could not be tied to a person."""

    def __init__(self, calls: Calls, encryption: KeyEncryption) -> None:
        self._calls = calls
        self._encryption = encryption

    async def seal(self, partner: str, contents: Sequence[bytes]) -> list[Sealed[bytes]]:
        """Each content sealed; `partner` is the organisation that sent it."""
        if not contents:
            return []
        fresh = self._encryption.wrap(secrets.token_bytes(KEY_BYTES), _CLASS)
        row = await self._calls.quarantine_sealing_key(partner, fresh, self._encryption.current)
        key_ref = f"{row.key_id}:{_CLASS}"
        key = DataKey.of(self._encryption.unwrap(row.kek_id, row.wrapped, _CLASS), key_ref)
        return [Sealed.of(key_ref, key.seal(secrets.token_bytes(NONCE_BYTES), content)) for content in contents]

    async def open(self, items: Sequence[Sealed[bytes]], purpose: Purpose) -> list[bytes | Erased]:
        """Each content, or `Erased` after its 30 days.

        Raises:
            SealBroken: a box was changed, or is not in quarantine at all.
        """
        if not items:
            return []
        for item in items:
            if not item.key_ref.endswith(f":{_CLASS}"):
                raise SealBroken(item.key_ref)
        refs = {item.key_ref: UUID(item.key_ref.partition(":")[0]) for item in items}
        rows = await self._calls.quarantine_opening_keys(purpose.code, purpose.organisation, len(items), list(refs.values()))
        keys = {f"{row.key_id}:{_CLASS}": self._encryption.unwrap(row.kek_id, row.wrapped, _CLASS) for row in rows}
        return [self._opened(item, keys.get(item.key_ref)) for item in items]

    @staticmethod
    def _opened(item: Sealed[bytes], key: bytes | None) -> bytes | Erased:
        return Erased(item.key_ref) if key is None else unseal(item.raw, DataKey.of(key, item.key_ref), item.key_ref)
