"""What the log holds: one canonical JSON leaf per event of a notice, free of personal data, and the genesis of a log."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, Self
from uuid import UUID

from proof import canonical
from proof.canonical import Json
from proof.disclosures import NAME
from proof.encoding import b64url, unb64url
from proof.errors import Malformed

MAX_BYTES: Final = 65_535  # of one entry, c2sp.org/tlog-tiles

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,63}", re.ASCII)
_EVENT = re.compile(r"https?://[A-Za-z0-9./_-]{1,200}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{9}", re.ASCII)  # a person, enterprise or phone number has no place in a leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLeaf:
    """An event of a notice, as it stands in the log for ever.

    `notice` is a random id used nowhere else; `previous` is the leaf hash of the notice's event before this one; `answers` names the
    earlier event whose outcome this is; `at` is the hub's own claim; `policy` is the digest of the template or policy applied.

    Raises:
        ValueError: a field that the form of a leaf does not allow.
    """

    event_id: UUID
    notice: UUID
    seq: int
    previous: bytes | None
    event: str
    at: datetime
    source: str
    channel: str | None = None
    answers: UUID | None = None
    commitments: Mapping[str, bytes] = field(default_factory=dict)
    outcome: Mapping[str, str] = field(default_factory=dict)
    policy: bytes | None = None

    def __post_init__(self) -> None:
        words = [self.source, *self.outcome, *self.outcome.values(), *([self.channel] if self.channel is not None else [])]
        if not all(map(_is_word, words)):
            raise ValueError("a leaf takes short codes only, and nothing that looks like a number of a person")
        if not _is_event(self.event) or not all(map(_is_name, self.commitments)):
            raise ValueError("a leaf names its event by URI and its fields by short names")
        if self.seq < 1 or (self.seq == 1) != (self.previous is None):
            raise ValueError("the first event of a notice has number 1, and it alone has no predecessor")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a leaf, which has exactly one byte form."""
        try:
            leaf = cls._of(_object(canonical.load(data)))
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed("not a leaf of an event") from error
        if bytes(leaf) != data:  # an unknown key, another version, another spelling of a time
            raise Malformed("a leaf that is not in its only form")
        return leaf

    @classmethod
    def _of(cls, said: Mapping[str, Json]) -> Self:
        return cls(
            event_id=UUID(_text(said["eid"])),
            notice=UUID(_text(said["nid"])),
            seq=_number(said["seq"]),
            previous=_hash(said["prev"]) if "prev" in said else None,
            event=_text(said["ev"]),
            at=datetime.fromisoformat(_text(said["at"])),
            source=_text(said["src"]),
            channel=_text(said["ch"]) if "ch" in said else None,
            answers=UUID(_text(said["re"])) if "re" in said else None,
            commitments={name: _hash(value) for name, value in _object(said.get("sd", {})).items()},
            outcome={name: _text(value) for name, value in _object(said.get("out", {})).items()},
            policy=_hash(said["pol"]) if "pol" in said else None,
        )

    def __bytes__(self) -> bytes:
        """Give the canonical form, whose RFC 6962 hash is in the tree.

        Its keys stand in their order, and nothing a leaf may hold is spelt otherwise in JSON: this takes a third of a general encoder.
        """
        said = [f'"at":"{timestamp(self.at)}"']
        if self.channel is not None:
            said.append(f'"ch":"{self.channel}"')
        said.append(f'"eid":"{self.event_id}","ev":"{self.event}","nid":"{self.notice}"')
        if self.outcome:
            said.append(f'"out":{{{_members(self.outcome)}}}')
        if self.policy is not None:
            said.append(f'"pol":"{b64url(self.policy)}"')
        if self.previous is not None:
            said.append(f'"prev":"{b64url(self.previous)}"')
        if self.answers is not None:
            said.append(f'"re":"{self.answers}"')
        if self.commitments:
            said.append(f'"sd":{{{_members({name: b64url(value) for name, value in self.commitments.items()})}}}')
        said.append(f'"seq":{self.seq},"src":"{self.source}","t":"event","v":1')
        return _limited(f"{{{','.join(said)}}}".encode("ascii"))


@dataclass(frozen=True, slots=True, kw_only=True)
class GenesisLeaf:
    """Leaf 0 of a log: who it is and which key signs it."""

    event_id: UUID
    origin: str
    vkey: str
    at: datetime

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a genesis leaf, which has exactly one byte form."""
        try:
            said = _object(canonical.load(data))
            genesis = cls(
                event_id=UUID(_text(said["eid"])),
                origin=_text(said["log"]),
                vkey=_text(said["key"]),
                at=datetime.fromisoformat(_text(said["at"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed("not a genesis leaf") from error
        if bytes(genesis) != data:
            raise Malformed("a genesis leaf that is not in its only form")
        return genesis

    def __bytes__(self) -> bytes:
        """Give the canonical form."""
        return _limited(
            canonical.dump(
                {"v": 1, "t": "genesis", "eid": str(self.event_id), "log": self.origin, "key": self.vkey, "at": timestamp(self.at)}
            )
        )


# The words of leaves are few, and the same in every one.
@lru_cache(maxsize=4096)
def _is_word(text: str) -> bool:
    return _WORD.fullmatch(text) is not None and _LONG_NUMBER.search(text) is None


@lru_cache(maxsize=4096)
def _is_event(text: str) -> bool:
    return _EVENT.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


def _members(words: Mapping[str, str]) -> str:
    return ",".join(f'"{name}":"{word}"' for name, word in sorted(words.items()))


def timestamp(at: datetime) -> str:
    """UTC to the millisecond, RFC 3339."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _limited(leaf: bytes) -> bytes:
    if len(leaf) > MAX_BYTES:
        raise ValueError(f"a leaf of {len(leaf)} bytes; the log takes {MAX_BYTES}")
    return leaf


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not an integer")
    return value


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError("not an object")
    return value


def _hash(value: Json) -> bytes:
    data = unb64url(_text(value))
    if len(data) != 32:  # noqa: PLR2004 - SHA-256
        raise ValueError("not a hash")
    return data
