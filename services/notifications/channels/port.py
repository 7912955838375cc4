"""What every carrier is to the dispatcher: it takes parcels and says what became of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from contracts.codes import Channel, DeliveryKind
from contracts.people import Address
from proof.disclosures import Attachment


class Fate(StrEnum):
    """What became of a parcel, as far as anyone knows."""

    RELAYED = "relayed"  # someone took it who is not its last stop
    DELIVERED = "delivered"  # its last stop took it
    AVAILABLE = "available"  # it stands in the recipient's mailbox
    FAILED = "failed"  # for good; nothing arrived
    DEFERRED = "deferred"  # nothing arrived; to be tried again later
    UNKNOWN = "unknown"  # it may have arrived and nobody can be asked (`mechanics.md` 26)


# Why a parcel is put off when its provider is away: a fault of the system, shown with the notice (`systemFaults`).
OUTAGES: Final = frozenset({"portalUnavailable", "gatewayUnavailable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One delivery on its way; its id is the idempotency key of the hand-over where a carrier has one."""

    delivery_id: UUID
    notice_id: UUID
    batch_id: UUID
    contact_point_id: UUID | None
    channel: Channel
    kind: DeliveryKind
    intended_at: datetime
    target: Address | str
    content: bytes  # the frozen letter


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one parcel: `sent` the bytes handed over, `said` the carrier's own words, `codes` short words for everyone."""

    delivery_id: UUID
    fate: Fate
    reason: str | None = None
    sent: Attachment | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)


class Carrier(Protocol):
    """A provider behind one small door.

    `repeatable` says whether a hand-over may be done again under the same id after a crash: a carrier that cannot recognise it is never
    asked twice, its parcels are `unknown` instead.
    """

    @property
    def channels(self) -> frozenset[Channel]:
        """What it carries."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether it recognises a delivery that comes again."""
        ...

    @property
    def at_most(self) -> int:
        """How many it takes at a time."""
        ...

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand these over, each within a time limit; one outcome for each."""
        ...


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Stands where no provider is configured: what comes here fails at once, and a notice goes on to paper."""

    channels: frozenset[Channel]
    repeatable: bool = True
    at_most: int = 50

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Refuse these."""
        return [Outcome(delivery_id=one.delivery_id, fate=Fate.FAILED, reason="channelNotConfigured") for one in parcels]
