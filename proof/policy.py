"""Whom a verifier trusts: a policy file (c2sp.org/tlog-policy) that stands beside a bundle, never inside it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from proof.encoding import undecimal
from proof.errors import Malformed, UnknownTrustRoot
from proof.notes import COSIGNATURE, ED25519, VerifierKey

_NONE: Final = "none"
_MAX_BYTES: Final = 1_000_000
_CONTROL: Final = frozenset({*range(0x20), 0x7F} - {*b"\t\n"})


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses or groups of them, `threshold` of which must have seen a checkpoint."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """The logs one believes, and the witnesses that must have seen what they say."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a policy file.

        Raises:
            UnknownTrustRoot: the file is no policy, or names no log: then nobody is trusted.
        """
        try:
            lines = _Lines()
            for number, line in enumerate(_text(data).split("\n"), start=1):
                lines.read(number, line)
            return cls(*lines.finished())
        except Malformed as error:
            raise UnknownTrustRoot(f"the trust policy cannot be used: {error}") from error

    def satisfied_by(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses with these names are enough."""
        return self.quorum == _NONE or self._saw(self.quorum, cosigned)

    def _saw(self, name: str, cosigned: Collection[str]) -> bool:
        if (group := self.groups.get(name)) is None:
            return name in cosigned
        return sum(self._saw(member, cosigned) for member in group.members) >= group.threshold


def _text(data: bytes) -> str:
    if len(data) > _MAX_BYTES or _CONTROL.intersection(data):
        raise Malformed("control characters, or too long")
    return data.decode("latin-1")  # the format is octets; only ASCII means anything


@dataclass(slots=True)
class _Lines:
    """What the lines read so far have defined."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    grouped: set[str] = field(default_factory=set)
    quorum: str | None = None

    def read(self, number: int, line: str) -> None:
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if not words or words[0].startswith("#"):
            return
        known: Mapping[str, tuple[Callable[[list[str]], None], int, int]] = {
            "log": (self._log, 1, 2),
            "witness": (self._witness, 2, 3),
            "group": (self._group, 3, len(words)),
            "quorum": (self._quorum, 1, 1),
        }
        if words[0] not in known:
            raise Malformed(f"line {number} is none of log, witness, group, quorum")
        add, least, most = known[words[0]]
        if not least <= len(words) - 1 <= most:
            raise Malformed(f"line {number} has too few or too many words")
        add(words[1:])

    def finished(self) -> tuple[tuple[VerifierKey, ...], dict[str, VerifierKey], dict[str, Group], str]:
        if self.quorum is None:
            raise Malformed("it has no quorum line")
        if not self.logs:
            raise Malformed("it names no log")
        return tuple(self.logs), self.witnesses, self.groups, self.quorum

    def _log(self, words: list[str]) -> None:
        key = VerifierKey.parse(words[0])
        if key.algorithm != ED25519 or any(key.public == other.public for other in self.logs):
            raise Malformed("a log that is named twice, or not an Ed25519 key")
        self.logs.append(key)

    def _witness(self, words: list[str]) -> None:
        key = VerifierKey.parse(words[1])
        if key.algorithm != COSIGNATURE or any(key.public == other.public for other in self.witnesses.values()):
            raise Malformed("a witness that is named twice, or not an Ed25519 cosignature key")
        self.witnesses[self._new(words[0])] = key

    def _group(self, words: list[str]) -> None:
        name, threshold, *members = words
        if any(member not in self.witnesses and member not in self.groups for member in members):
            raise Malformed("a group with members not defined before it")
        if len(set(members)) != len(members) or self.grouped & set(members):
            raise Malformed("a name that counts twice")
        least = {"any": 1, "all": len(members)}.get(threshold) or undecimal(threshold)
        if not 1 <= least <= len(members):
            raise Malformed("a threshold its group cannot reach, or that asks for nobody")
        self.grouped.update(members)
        self.groups[self._new(name)] = Group(least, tuple(members))

    def _quorum(self, words: list[str]) -> None:
        (name,) = words
        if self.quorum is not None or (name != _NONE and name not in self.witnesses and name not in self.groups):
            raise Malformed("a second quorum, or one that is not defined")
        self.quorum = name

    def _new(self, name: str) -> str:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"the name {name} is taken")
        return name
