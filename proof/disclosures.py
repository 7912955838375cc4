"""Salted commitments to single fields, opened field by field: the Disclosures of RFC 9901 (SD-JWT) section 4.2.1."""

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from proof import canonical
from proof.canonical import Json
from proof.encoding import b64url, unb64url
from proof.errors import Malformed, Tampered

NAME: Final = re.compile(r"[a-z][A-Za-z]{0,31}", re.ASCII)
_SALT_BYTES: Final = 32

# The ending a file has in a bundle; it follows from the committed media type, so that a name cannot lie about the bytes.
_ENDINGS: Final = {
    "application/json": "json",
    "application/pdf": "pdf",
    "message/rfc822": "eml",
    "text/html": "html",
    "text/plain": "txt",
}


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One field with its salt; the leaf holds only `commitment`, which says nothing while the salt is unknown."""

    name: str
    value: Json
    text: str

    @classmethod
    def make(cls, name: str, value: Json) -> Self:
        """Commit to a value under a fresh 256-bit salt."""
        if not NAME.fullmatch(name):
            raise ValueError(f"not a field name: {name}")
        return cls(name, value, b64url(canonical.dump([b64url(secrets.token_bytes(_SALT_BYTES)), name, value])))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a disclosure; what it says counts only once its commitment was found in a leaf."""
        match canonical.load(unb64url(text)):
            case [str(salt), str(name), value] if NAME.fullmatch(name) and len(unb64url(salt)) == _SALT_BYTES:
                return cls(name, value, text)
        raise Malformed("not a disclosure of salt, name and value")

    @property
    def commitment(self) -> bytes:
        """SHA-256 over the text."""
        return sha256(self.text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Attachment:
    """Exact bytes that were sent or received, too long to stand in a disclosure; the disclosure holds their digest."""

    data: bytes
    media_type: str

    def disclosure(self, name: str) -> Disclosure:
        """A fresh commitment to these bytes."""
        return Disclosure.make(name, self.described())

    def described(self) -> Json:
        """What the disclosure says about the bytes."""
        return {"digest": b64url(sha256(self.data).digest()), "size": len(self.data), "type": self.media_type}

    def check(self, disclosure: Disclosure) -> None:
        """Raise Tampered unless these are the bytes the disclosure describes."""
        if disclosure.value != self.described():
            raise Tampered(f"the bytes of {disclosure.name} are not those that were committed to")

    @property
    def ending(self) -> str:
        """The file ending for this media type."""
        return _ENDINGS.get(self.media_type.partition(";")[0], "bin")
