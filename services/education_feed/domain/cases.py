"""What is decided of one leave, and what of the last decision must be kept for the next."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import Flag, LeaverOutcome

# What registration is told of; everything else stays in the feed, or takes back what was told (`decisions.md` 2).
TOLD = frozenset({LeaverOutcome.DETECTED, LeaverOutcome.REVIEW})


@dataclass(frozen=True, slots=True)
class Fact:
    """One input of a decision, for the explanation: what was known, from whom, since when (as `contracts.people.Fact`)."""

    name: str
    value: str
    source: str
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The last decision of a school year's case, as far as the next one rests on it."""

    school_year: int
    outcome: LeaverOutcome
    rule: str
    reasons: tuple[str, ...]
    left_on: date | None
    effective_on: date
    complete_at: datetime
    asked_at: datetime | None  # CaseDecision.asked_at
    known_at: datetime  # the business clock when that decision was kept; no row reads it
    announced: bool  # registration was told `detected` or `review` of it, and that was not retracted since
    next_check_at: datetime | None = None
    waits_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """The outcome of one school year's leave, by the first rule that applied."""

    school_year: int
    outcome: LeaverOutcome
    rule: str
    reasons: tuple[str, ...]
    left_on: date | None  # last day of the deregistration that decides; None when none is left
    window_ends_at: datetime | None
    asked_at: datetime | None  # the due instant as of which "are they enrolled again?" was answered; None: not answered yet
    complete_at: datetime  # latest of the last needed fact, the window's end, the 18th birthday
    effective_on: date  # its local date
    next_check_at: datetime | None  # the next instant at which the answer may change by itself: set the timer there
    waits_for: tuple[str, ...]  # names of sources that must speak first: decide again when one does
    flags: tuple[Flag, ...]
    organisation: str | None  # whose record decides, and which
    reference: str | None
    facts: tuple[Fact, ...]
    announces: bool  # registration is to hear of it: the window is over, and the person left unqualified or needs a person to look
    changed: bool  # differs from what was kept in outcome, rule, reasons, day or announcing; False: nothing to store or tell
    rule_set: str
