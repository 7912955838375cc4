"""When a leave is asked about: the instants at which its decision falls due, and as of which of them a decision speaks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.codes import LeaverOutcome, Reason
from services.education_feed.domain.ages import COMPULSORY_EDUCATION, MIN_AGE, Threshold, threshold
from services.education_feed.domain.cases import Kept
from services.education_feed.domain.days import day_of
from services.education_feed.domain.facts import Enrolment, Pupil, Sources, Switches
from services.education_feed.domain.leaves import Question, goes_on, withdrawn_after
from services.education_feed.domain.windows import fresh_at, window_ends_at, withdrawn_until

# While these wait, only their own timer asks anew whether the pupil goes on: a course begun and left meanwhile ends no leave.
_WAITING_FOR_YEARS = (LeaverOutcome.COMPULSORY_EDUCATION, LeaverOutcome.WAITING_FOR_AGE)


@dataclass(frozen=True, slots=True)
class LeaveCase:
    """One school year's leave with everything the rows look at; without `leave` no deregistration of that year is left."""

    pupil: Pupil
    sources: Sources
    switches: Switches
    school_year: int
    leave: Enrolment | None
    kept: Kept | None
    at: datetime
    window_ends_at: datetime | None = None
    waits_until: datetime | None = None  # another enrolment may follow on one that was withdrawn after the window
    fresh_at: datetime | None = None
    compulsory: Threshold | None = None  # when compulsory education ends; None: birth date unknown
    of_age: Threshold | None = None
    question: Question | None = None  # None before the window ends
    goes_on: Enrolment | None = None

    @property
    def announced(self) -> bool:
        """Whether registration was told of it, and that stands."""
        return self.kept is not None and self.kept.announced

    @property
    def told(self) -> bool:
        """Whether registration follows the person itself since it was told: number, death, residence, objections."""
        return self.announced and self.kept is not None and self.kept.rule != "S17"

    @property
    def corrected(self) -> bool:
        """Whether it was found before that an enrolment had been reported late."""
        return self.kept is not None and self.kept.outcome is LeaverOutcome.WITHDRAWN and Reason.LATE_BY_SOURCE in self.kept.reasons


def leave_case(given: LeaveCase) -> LeaveCase:
    """The case with its instants, the question that this decision answers, and what goes on as of that question."""
    leave = given.leave
    if leave is None or leave.closure is None:
        return given
    birth, ends_at = given.pupil.birth, window_ends_at(leave.closure.ends_on)
    closed = given.kept is not None and given.kept.outcome in _WAITING_FOR_YEARS
    asked_then = Question(ends_at, day_of(ends_at), closed=closed)
    withdrawn = withdrawn_after(given.pupil.enrolments, leave, asked_then)
    timed = replace(
        given,
        window_ends_at=ends_at,
        waits_until=withdrawn_until(withdrawn) if withdrawn is not None and not given.announced else None,
        fresh_at=fresh_at(leave.closure, leave.programme),
        compulsory=threshold(COMPULSORY_EDUCATION, birth) if birth is not None else None,
        of_age=threshold(MIN_AGE, birth) if birth is not None else None,
    )
    question = _question(timed, leave, ends_at) if ends_at <= given.at else None
    return replace(timed, question=question, goes_on=goes_on(given.pupil.enrolments, leave, question) if question is not None else None)


def _question(case: LeaveCase, leave: Enrolment, ends_at: datetime) -> Question:
    """The question as it was answered before, where the answer stands; else as of the last instant that fell due."""
    latest = max(instant for instant in _instants(case, ends_at) if ends_at <= instant <= case.at)
    anew, kept = Question(latest, day_of(latest)), case.kept
    if kept is None or kept.asked_at is None or kept.asked_at < ends_at:
        return anew
    answered = Question(kept.asked_at, day_of(kept.asked_at), answered=True, closed=True)
    if kept.announced:
        return answered
    if kept.outcome is LeaverOutcome.CONTINUES or case.corrected:
        known = replace(answered, closed=False)
        return known if goes_on(case.pupil.enrolments, leave, known) is not None else anew
    if latest > kept.asked_at:
        return anew
    return replace(answered, closed=kept.outcome in _WAITING_FOR_YEARS)


def _instants(case: LeaveCase, ends_at: datetime) -> Iterator[datetime]:
    yield ends_at
    for age in (case.compulsory, case.of_age):
        if age is not None:
            yield from (age.first_at, age.last_at)
    yield from (instant for instant in (case.waits_until, case.fresh_at) if instant is not None)
