"""The terms that run from a registration, or from the day a leaver came in: on which day each ends, and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.identifiers import PersonId, months_later


class TermKind(StrEnum):
    """What has to happen inside the term."""

    SCREENING = "screening"
    AGREEMENTS = "agreements"
    INFORMATION = "information"  # a leaver who is held hears of it by letter; a person approves the letter


class Standing(StrEnum):
    """Where a term stands."""

    RUNNING = "running"
    PAUSED = "paused"  # a person looks, or the registration is contested: nothing is told, the date stays
    OVERDUE = "overdue"
    MET = "met"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class TermRule:
    """How many months a term lasts, with its source and the first anchor day that it holds for."""

    id: str
    kind: TermKind
    months: int
    source: str
    valid_from: date

    def due_on(self, anchor: date) -> date:
        """The last day: the day number is kept, clipped to the month's end, and nothing rolls."""
        return months_later(anchor, self.months)


# What VDAB promises; no decree that names these terms was found (unverified). Nothing from before the integration reform reaches the hub.
_POLICY = date(2022, 3, 1)
_GDPR = date(2018, 5, 25)
TERM_RULES: tuple[TermRule, ...] = (
    TermRule("werkzoekende.screening", TermKind.SCREENING, 2, "VDAB: screened within two months of the registration; unverified", _POLICY),
    TermRule(
        "werkzoekende.bindendeAfspraken",
        TermKind.AGREEMENTS,
        3,
        "VDAB: binding agreements within three months with who is not self-reliant and is entitled to a benefit; unverified",
        _POLICY,
    ),
    TermRule("avg.art14", TermKind.INFORMATION, 1, "GDPR, article 14(3)(a): within a month after the data were obtained, at most", _GDPR),
)

# With fewer days left when a term begins, or let go after its last day, overdue is told so many days later (`decisions.md` 4: as for
# sources that report late and for reviews; decisions/0006).
GRACE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class KeptTerm:
    """One term of one registration: kept up to and including `due_on`, Brussels time."""

    term_id: UUID
    registration_id: UUID
    person_id: PersonId  # the survivor
    rule_id: str
    kind: TermKind
    anchor_on: date
    due_on: date
    began_on: date  # the day on which the hub opened it
    state: Standing = Standing.RUNNING
    released_on: date | None = None  # the last day on which it went on after a pause
    due_told: bool = False
    overdue_since: datetime | None = None
    waits: bool = False  # overdue, once the register that would know is complete up to the last day
    met_on: date | None = None
    reason: str | None = None  # why it closed while the registration stands
    approved_by: str | None = None  # who approved the letter that met it
    final: bool = False  # the person was erased: nothing moves it any more
    version: int = 0


class Phase(StrEnum):
    """What a registration lets its terms do."""

    RUNS = "runs"
    PAUSES = "pauses"
    ENDS = "ends"


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a term depends on, as of one day."""

    phase: Phase
    met_on: date | None = None
    needless: str | None = None  # why nobody has to do it
    due_on: date | None = None  # the date of a term that gave way to this one


@dataclass(frozen=True, slots=True)
class Said:
    """One event that a move of a term calls for; only a revision has reasons."""

    what: str  # opened, met, revised; due or overdue where it runs out
    reasons: tuple[str, ...] = ()


def rules_on(anchor: date, kinds: Sequence[TermKind], rules: Sequence[TermRule] = TERM_RULES) -> tuple[TermRule, ...]:
    """The rows of these kinds that hold for an anchor."""
    return tuple(rule for rule in rules if rule.kind in kinds and rule.valid_from <= anchor)


def moved(kept: KeptTerm, now: Situation, today: date) -> KeptTerm:
    """The term in this situation: the same whatever order its facts came in, and never with an earlier last day."""
    if kept.final:
        return kept
    due_on = max(kept.due_on, now.due_on or kept.due_on)
    in_time = now.met_on is not None and now.met_on <= due_on
    overdue_since = None if in_time or due_on > kept.due_on else kept.overdue_since
    state = _state(now, overdue=overdue_since is not None)
    reason = now.needless if state is Standing.CLOSED and now.phase is not Phase.ENDS else None
    stands = (kept.due_on, kept.state, kept.met_on, kept.reason, kept.overdue_since)
    if (due_on, state, now.met_on, reason, overdue_since) == stands and (state is Standing.RUNNING or not kept.waits):
        return kept  # as most are found; a copy costs more than the rest of this
    goes_on = state is Standing.RUNNING and kept.state in (Standing.PAUSED, Standing.CLOSED, Standing.MET)
    return replace(
        kept,
        due_on=due_on,
        state=state,
        met_on=now.met_on,
        reason=reason,
        overdue_since=overdue_since,
        waits=kept.waits and state is Standing.RUNNING,
        due_told=kept.due_told and due_on == kept.due_on,
        released_on=today if goes_on else kept.released_on,
    )


def _state(now: Situation, *, overdue: bool) -> Standing:
    if now.met_on is not None:
        return Standing.MET
    if now.phase is Phase.ENDS or now.needless is not None:
        return Standing.CLOSED
    if overdue:
        return Standing.OVERDUE
    return Standing.PAUSED if now.phase is Phase.PAUSES else Standing.RUNNING


def said(before: KeptTerm | None, after: KeptTerm, phase: Phase) -> tuple[Said, ...]:
    """What the hub hears of a move, in order; that a term pauses or ends with its registration, the registration's own event says."""
    opened = (Said("opened"),) if before is None else ()
    if after.state is Standing.MET:
        news = before is None or (before.state, before.met_on) != (after.state, after.met_on)
        return (*opened, Said("met")) if news else opened
    if phase is Phase.ENDS:
        return opened
    reasons = tuple(_revised(before, after))
    return (*opened, Said("revised", reasons)) if reasons else opened


def _revised(before: KeptTerm | None, after: KeptTerm) -> list[str]:
    reasons = [after.reason] if after.reason is not None and (before is None or before.reason != after.reason) else []
    if before is not None and before.reason is not None and after.reason is None:
        reasons.append("neededAfterAll")
    if before is not None and before.state is Standing.MET:
        reasons.append("assessmentTakenBack")
    if before is not None and after.due_on > before.due_on:
        reasons.append("merged")
    return reasons


def told_due_on(kept: KeptTerm) -> date | None:
    """The day on which it is told that the last day began; None when it was told, or the term began or went on after it."""
    late = max(kept.began_on, kept.released_on or kept.began_on) > kept.due_on
    return None if kept.due_told or late else kept.due_on


def told_overdue_on(kept: KeptTerm) -> date:
    """The first day on which an overdue may be told."""
    days = [kept.due_on + timedelta(days=1)]
    if kept.due_on - kept.began_on < GRACE:
        days.append(kept.began_on + GRACE)
    if kept.released_on is not None and kept.released_on > kept.due_on:
        days.append(kept.released_on + GRACE)
    return max(days)
