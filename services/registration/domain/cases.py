"""What registration looks at when it decides about a newcomer or a school leaver, and what it can decide."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.codes import Category, Flag, LeaverOutcome, NewcomerOutcome, Origin, RegistrationState
from contracts.identifiers import IncompleteDate


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `starts_on` up to and including `ends_on`, or without end."""

    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    @property
    def days(self) -> int | None:
        """How many days it lasts; None without end."""
        return (self.ends_on - self.starts_on).days + 1 if self.ends_on is not None else None


@dataclass(frozen=True, slots=True)
class Employment:
    """One employment; `fraction` is of full time."""

    period: Period
    kind: str
    fraction: float


@dataclass(frozen=True, slots=True)
class KnownJobseeker:
    """A registration at VDAB: one VDAB told us of, or one the hub made."""

    registration_id: UUID
    category: Category
    origin: Origin
    registered_on: date
    ends_on: date | None

    def holds(self, day: date) -> bool:
        """Whether it stands on that day, or begins later."""
        return self.ends_on is None or day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Sources:
    """Whether silence counts: each source is available and complete up to the day of the decision."""

    vdab_register: bool
    work_register: bool
    population_register: bool


@dataclass(frozen=True, slots=True)
class Switches:
    """The rule rows a person can switch (`facts.md` 3); one that nobody did is as its mode ships it."""

    auto_registration_basis: bool
    category_working: bool = False
    category_student: bool = False
    basis_from: date | None = None  # when the basis begins to hold, where that is still to come


@dataclass(frozen=True, slots=True)
class FeedSaid:
    """What the feed decided about the case."""

    outcome: NewcomerOutcome | LeaverOutcome
    rule: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewcomerCase:
    """One opened obligation with the fresh facts about the person."""

    case_id: UUID
    feed: FeedSaid
    ended: str | None  # also `erased`: nobody is left to register
    unknown: bool
    region: str | None  # None is unknown: then the feed's word stands
    jobseeker: KnownJobseeker | None
    employments: tuple[Employment, ...]
    study: Period | None
    sources: Sources
    objection: str | None = None  # `pending` or `upheld`
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaverCase:
    """One leave that the feed announced, with the fresh facts about the person."""

    feed: FeedSaid
    ended: str | None  # also `erased`: nobody is left to register
    unknown: bool
    objection: str | None  # pending or upheld; one that was rejected counts for nothing
    region: str | None  # None: no main residence, or unknown
    born: IncompleteDate | None
    jobseeker: KnownJobseeker | None
    spent: bool  # the registration that this leave once led to has ended
    employments: tuple[Employment, ...]
    working_since: date | None  # the day on which this case was first found to be working
    sources: Sources


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one case, by which row, and the state that follows."""

    outcome: NewcomerOutcome | LeaverOutcome
    rule: str
    reasons: tuple[str, ...]
    state: RegistrationState
    category: Category | None = None
    waits_for: str | None = None  # a source that must speak, or a switch
    look_again_on: date | None = None  # when the answer may change by itself
