"""The keys above the data keys: what wraps them, and the peppers that hide numbers."""

import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import SealBroken, UnknownKek

KEY_BYTES = 32  # AES-256, and HMAC-SHA256 at full strength
NEWEST_VERSION = 32767  # a pepper's version is a smallint in the database
_NONCE_BYTES = 12  # NIST SP 800-38D; random nonces allow 2^32 wraps under one key, far more than people times classes


class KeyEncryption(Protocol):
    """Wraps data keys; a file or environment secret today, PKCS#11 or a KMS behind the same two calls."""

    @property
    def current(self) -> str:
        """The id of the key that `wrap` uses."""

    def wrap(self, key: bytes, context: str) -> bytes:
        """The data key under the current key-encryption key, bound to its context."""

    def unwrap(self, kek_id: str, wrapped: bytes, context: str) -> bytes:
        """The data key again.

        Raises:
            UnknownKek: this key-encryption key is not here.
            SealBroken: the wrapped key was changed or belongs to another context.
        """


class LocalKeyEncryption:
    """AES-256-GCM with keys held in this process; the newest wraps, all unwrap."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._ciphers = {kek_id: AESGCM(key) for kek_id, key in keys.items()}
        self._wrapping = self._ciphers[current]
        self.current = current

    def wrap(self, key: bytes, context: str) -> bytes:
        """Nonce and ciphertext under the current key."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, key, context.encode())

    def unwrap(self, kek_id: str, wrapped: bytes, context: str) -> bytes:
        """The data key again."""
        if (cipher := self._ciphers.get(kek_id)) is None:
            raise UnknownKek(kek_id)
        try:
            return cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise SealBroken(context) from error


@dataclass(frozen=True, slots=True)
class Pepper:
    """The secret without which a stored HMAC cannot be traced back to a number by trying them all."""

    version: int
    key: bytes = field(repr=False)

    def hide(self, number: str) -> bytes:
        """HMAC-SHA256 of the number."""
        return hmac.digest(self.key, number.encode("ascii"), "sha256")

    @property
    def fingerprint(self) -> bytes:
        """Tells this pepper from another of the same version without telling anything of it."""
        return hmac.digest(self.key, b"hub vault pepper fingerprint", "sha256")[:16]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """What one process needs of the installation's keys; every pepper in it is looked up, the newest is written for all."""

    encryption: KeyEncryption
    peppers: Sequence[Pepper]
