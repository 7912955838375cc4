"""What the doors of one running service share: its kinds of facts, its units of work, and what it needs of the vault."""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chassis.intake.collector import Collector
from chassis.intake.kinds import FactKind
from chassis.merging import Whole
from chassis.relay import Bundling
from chassis.settings import Settings
from chassis.telemetry import Metrics
from chassis.uow import Units
from chassis.wake import Wake
from contracts.errors import InvalidIdentifier
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

# Lines that share one commit; from here on more lines hardly make it cheaper (`performance.md` 3).
CHUNK_LINES = 1000
# Chunks of bulk that commit at the same time in one process, so that single posts always find a connection (`mechanics.md` 17).
_BULK_AT_ONCE = 2
# What single posts bring leaves together: everyone after the feed pays for a bundle what one fact would cost.
FACTS_LEAVE = Bundling(units=6, within_s=0.3)


@dataclass(frozen=True, slots=True)
class Content:
    """Something to be sealed: under its person's key, or without one under the partner's quarantine key."""

    organisation: str
    person_id: PersonId | None
    said: bytes


class Custody(Protocol):
    """What intake asks of the vault, in batches. Each call may raise `chassis.errors.Unavailable`: doors answer 503."""

    async def resolve(self, numbers: Sequence[Hashable]) -> Mapping[Hashable, Whole | InvalidIdentifier]:
        """Who each person number belongs to, or why it is refused."""

    def refusal(self, number: Hashable) -> InvalidIdentifier | None:
        """Why this is no person number; one that is gets no person by this."""

    async def survivors(self, people: Sequence[PersonId]) -> Mapping[PersonId, Whole]:
        """The whole person behind each id; those never merged may be left out."""

    async def seal(self, contents: Sequence[Content]) -> list[Sealed[bytes]]:
        """Each content sealed, in order."""

    async def open(self, boxes: Sequence[Sealed[bytes]]) -> list[bytes | None]:
        """Each content, None where its key was destroyed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes that keep bulk in bounds."""

    line_bytes: int = 64 * 1024
    outbox_rows: int = 100_000
    chunk_lines: int = CHUNK_LINES

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As this process is set."""
        return cls(settings.line_limit, settings.outbox_limit)


@dataclass(frozen=True, slots=True)
class Intake:
    """The intake of one running service; a resource, so that the doors declared at import find it."""

    units: Units
    kinds: Mapping[str, FactKind[Any]]
    custody: Custody
    key: bytes  # of the digests: `digest.digest_key(settings.keys)`
    metrics: Metrics
    limits: Limits = field(default_factory=Limits)
    collector: Collector = field(default_factory=Collector)
    recorded: Wake = field(default_factory=Wake)  # outcomes wait to be numbered
    bulk: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_BULK_AT_ONCE))


def kinds_by_name(*kinds: FactKind[Any]) -> Mapping[str, FactKind[Any]]:
    """The kinds of a service, as `Intake` wants them."""
    return {kind.name: kind for kind in kinds}
