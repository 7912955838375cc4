"""C2SP signed notes (c2sp.org/signed-note@v1.0.0) with Ed25519 keys."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proof.encoding import b64, unb64
from proof.errors import BadSignature, Malformed, UnknownTrustRoot

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04  # timestamped Ed25519 of a witness, c2sp.org/tlog-cosignature
_ALGORITHMS: Final = frozenset({ED25519, COSIGNATURE})
_MAX_NOTE_BYTES: Final = 1_000_000
_MAX_SIGNATURES: Final = 64  # the specification asks verifiers to take at least 16
_KEY_ID_BYTES: Final = 4
_SIGNATURE_PREFIX: Final = "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under the name its owner signs with."""

    name: str
    algorithm: int
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Read `<name>+<hex key id>+<base64(algorithm || key)>`."""
        parts = vkey.split("+", 2)  # base64 may hold a plus sign, names may not
        if len(parts) != 3 or not _KEY_NAME.fullmatch(parts[0]):  # noqa: PLR2004 - name, id, key
            raise Malformed("not a verifier key")
        raw = unb64(parts[2])
        if len(raw) != 33 or raw[0] not in _ALGORITHMS:  # noqa: PLR2004 - algorithm byte and Ed25519 key
            raise Malformed("a verifier key of an algorithm not known here")
        key = cls(parts[0], raw[0], raw[1:])
        if key.key_id.hex() != parts[1]:
            raise Malformed("the id of the verifier key does not belong to it")
        return key

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, algorithm and key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public).digest()[:_KEY_ID_BYTES]

    def check(self, message: bytes, signature: bytes) -> None:
        """Raise BadSignature unless the owner of this key signed `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise BadSignature(f"the signature of {self.name} does not verify") from error

    def __str__(self) -> str:
        """Give the text form that `parse` reads."""
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([self.algorithm]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    value: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read one line, without its newline."""
        name, space, encoded = line.removeprefix(_SIGNATURE_PREFIX).partition(" ")
        if not line.startswith(_SIGNATURE_PREFIX) or not space or not _KEY_NAME.fullmatch(name):
            raise Malformed("not a signature line")
        raw = unb64(encoded)
        if len(raw) <= _KEY_ID_BYTES:
            raise Malformed("a signature line without a signature")
        return cls(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])

    def __str__(self) -> str:
        """Give the line, without its newline."""
        return f"{_SIGNATURE_PREFIX}{self.name} {b64(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, ending in a newline, and the lines of those who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note; nothing in it may be believed before a signature was checked."""
        try:
            note = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Malformed("a note that is not UTF-8") from error
        text, blank, lines = note.rpartition("\n\n")
        if len(data) > _MAX_NOTE_BYTES or _CONTROL.search(note) or not blank or not lines.endswith("\n"):
            raise Malformed("not a signed note")
        signatures = tuple(Signature.parse(line) for line in lines[:-1].split("\n"))
        if len(signatures) > _MAX_SIGNATURES:
            raise Malformed("more signatures than a note may carry")
        return cls(text + "\n", signatures)

    def signed_by(self, key: VerifierKey) -> tuple[Signature, ...]:
        """The lines that claim to be of this key; unchecked."""
        return tuple(line for line in self.signatures if line.name == key.name and line.key_id == key.key_id)

    def trusted(self, keys: Iterable[VerifierKey]) -> VerifierKey:
        """The first of these Ed25519 keys that signed the text.

        Raises:
            BadSignature: a line of one of these keys does not verify.
            UnknownTrustRoot: none of these keys has a line.
        """
        found: VerifierKey | None = None
        for key in keys:
            for line in self.signed_by(key):
                key.check(self.text.encode(), line.value)
                found = found or key
        if found is None:
            raise UnknownTrustRoot("none of the trusted keys signed this note")
        return found

    def __bytes__(self) -> bytes:
        """Give the note as it is stored and sent."""
        return "".join([self.text, "\n", *(f"{line}\n" for line in self.signatures)]).encode()


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A private key and the name it signs under."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, ED25519, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Note:
        """Sign a text that ends in a newline."""
        return Note(text, (Signature(self.name, self.verifier.key_id, self.private.sign(text.encode())),))
