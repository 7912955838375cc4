"""The evidence log's Ed25519 key: a PEM file, and beside it the verifier key (vkey) that strangers check notes with."""

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from chassis.clock import technical_now
from vault.errors import KeyMalformed

PEM = "log.pem"
VKEY = "log.vkey"
SANDBOX_ORIGIN = "log.hub.example/notices"

_ED25519 = b"\x01"  # algorithm byte of c2sp.org/signed-note
_is_name = re.compile(r"[^\s+]{1,200}").fullmatch  # the same: a key name holds no space and no plus


@dataclass(frozen=True, slots=True)
class LogKey:
    """The key that signs checkpoints; its name is the log's origin."""

    origin: str
    created: datetime
    demo: bool
    private: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature, without the key id that a note puts before them."""
        return self.private.sign(message)

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a note's signature line names this key (c2sp.org/signed-note)."""
        return hashlib.sha256(self.origin.encode() + b"\n" + self._typed_public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The verifier key: name, key id, algorithm and public key (c2sp.org/signed-note)."""
        return f"{self.origin}+{self.key_id.hex()}+{b64encode(self._typed_public).decode()}"

    @property
    def _typed_public(self) -> bytes:
        return _ED25519 + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def to_pem(self) -> bytes:
        """PKCS 8, under one line that says what it is (text before the header is allowed: RFC 7468, 2)."""
        about = {"kind": "log", "id": self.key_id.hex(), "origin": self.origin, "created": self.created.isoformat(), "demo": self.demo}
        return json.dumps(about).encode() + b"\n" + self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def new(origin: str, *, demo: bool) -> LogKey:
    """A new key for this origin.

    Raises:
        KeyMalformed: the origin cannot be the name of a key.
    """
    if not _is_name(origin):
        raise KeyMalformed("the log's origin")
    return LogKey(origin, technical_now(), demo, Ed25519PrivateKey.generate())


def read(path: Path) -> LogKey:
    """The key in a PEM file written by `LogKey.to_pem`.

    Raises:
        KeyMalformed: the file holds no such key.
    """
    content = path.read_bytes()
    try:
        about = json.loads(content.partition(b"\n")[0])
        private = load_pem_private_key(content, password=None)
        origin, created, demo = str(about["origin"]), datetime.fromisoformat(about["created"]), about["demo"] is not False
    except (ValueError, KeyError, TypeError) as error:
        raise KeyMalformed(path.name) from error
    if not isinstance(private, Ed25519PrivateKey) or not _is_name(origin):
        raise KeyMalformed(path.name)
    return LogKey(origin, created, demo, private)
