"""Which of a person's contracts belong to one obligation, and which of them leads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.integration_feed.domain.newcomers import Ended

# The agency took these back: they never were.
VOID = frozenset({Ended.CONTRACT_WITHDRAWN, Ended.CONTRACT_DELETED})


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as its newest version says, with what ended it."""

    contract_id: UUID
    organisation: str
    reference: str
    source_version: int
    agency: str
    signed_on: date | None
    ended: Ended | None = None
    ended_on: date | None = None

    @property
    def order(self) -> tuple[date, str, str]:
        """By signature; two of one day always in the same order, whichever was reported first."""
        return (self.signed_on or date.max, self.organisation, self.reference)


@dataclass(frozen=True, slots=True)
class Episode:
    """Contracts of one person without a stop between them: they make one obligation (`decisions.md` 4, two contracts open)."""

    contracts: tuple[Contract, ...]

    # Those that nothing ended, the earliest signature first; and the one whose agency follows the person: the earliest that runs, else the
    # one that ended last.
    running: tuple[Contract, ...] = field(init=False)
    lead: Contract = field(init=False)

    def __post_init__(self) -> None:
        running = tuple(sorted([one for one in self.contracts if one.ended is None], key=lambda one: one.order))
        lead = running[0] if running else max(self.contracts, key=lambda one: (one.ended_on or date.min, one.order))
        object.__setattr__(self, "running", running)
        object.__setattr__(self, "lead", lead)

    @property
    def ended(self) -> Ended | None:
        """Why nothing of it runs any more; None while something does."""
        return None if self.running else self.lead.ended

    @property
    def signed_on(self) -> date | None:
        """The earliest signature; a transfer to another agency keeps it, a contract that never was does not count."""
        real = [contract for contract in self.contracts if contract.ended not in VOID] or self.contracts
        return min((contract.signed_on for contract in real if contract.signed_on is not None), default=None)

    @property
    def dates_differ(self) -> bool:
        """Whether two contracts that run say different days."""
        return len({contract.signed_on for contract in self.running if contract.signed_on is not None}) > 1

    def holds(self, contract_id: UUID) -> bool:
        """Whether the contract is one of these."""
        return any(contract.contract_id == contract_id for contract in self.contracts)


def episode_of(some: Sequence[Episode], contract_id: UUID) -> Episode | None:
    """Which of these holds the contract."""
    return next((episode for episode in some if episode.holds(contract_id)), None)


def episodes(contracts: Sequence[Contract]) -> list[Episode]:
    """The contracts by obligation, the present one last; after a stop a new signature begins a new one (`decisions.md` 4).

    Contracts without a signature, and those that never were, stand with the last.
    """
    real = sorted((one for one in contracts if one.ended not in VOID and one.signed_on is not None), key=lambda one: one.order)
    others = [one for one in contracts if one.ended in VOID or one.signed_on is None]
    found: list[list[Contract]] = []
    for contract in real:
        if not found or _stopped_before(found[-1], contract):
            found.append([])
        found[-1].append(contract)
    if found and any(one.ended is None for one in others) and all(one.ended is not None for one in found[-1]):
        found.append([])  # stopped, and followed again under a contract that is not signed yet
    if others and not found:
        found.append([])
    if found:
        found[-1] += others
    return [Episode(tuple(some)) for some in found]


def _stopped_before(earlier: Sequence[Contract], contract: Contract) -> bool:
    assert contract.signed_on is not None
    return all(one.ended_on is not None and one.ended_on <= contract.signed_on for one in earlier)
