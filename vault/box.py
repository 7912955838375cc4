"""One sealed box: AES-256-GCM under a data key, bound to the key's name and generation."""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import SealBroken

NONCE_BYTES = 12  # NIST SP 800-38D; random, and few boxes per key
_FORMAT = 1
_HEAD_BYTES = 3  # format, generation
_SMALLEST = _HEAD_BYTES + NONCE_BYTES + 16


@dataclass(frozen=True, slots=True)
class DataKey:
    """A data key ready for use. `generation` rises when a key is made anew after an erasure."""

    generation: int
    head: bytes
    bound_to: bytes
    cipher: AESGCM = field(repr=False)

    @classmethod
    def of(cls, key: bytes, key_ref: str, generation: int = 1) -> "DataKey":
        """The key with everything that every box under it shares."""
        head = bytes((_FORMAT,)) + generation.to_bytes(2, "big")
        return cls(generation, head, head + key_ref.encode(), AESGCM(key))

    def seal(self, nonce: bytes, content: bytes) -> bytes:
        """The box; the nonce must never be used twice with this key."""
        return self.head + nonce + self.cipher.encrypt(nonce, content, self.bound_to)


def generation_of(box: bytes, key_ref: str) -> int:
    """Under which generation of its key a box was sealed.

    Raises:
        SealBroken: this is no box.
    """
    if len(box) < _SMALLEST or box[0] != _FORMAT:
        raise SealBroken(key_ref)
    return int.from_bytes(box[1:_HEAD_BYTES], "big")


def unseal(box: bytes, key: DataKey, key_ref: str) -> bytes:
    """The content.

    Raises:
        SealBroken: the box was changed, or sealed under another key or name.
    """
    try:
        return key.cipher.decrypt(box[_HEAD_BYTES : _HEAD_BYTES + NONCE_BYTES], box[_HEAD_BYTES + NONCE_BYTES :], key.bound_to)
    except InvalidTag as error:
        raise SealBroken(key_ref) from error
