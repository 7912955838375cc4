"""What the education feed announces: young people who left school without a qualification, those a person must look at, and corrections.

Only these few leave the feed; of the many who go on, and of enrolments and proofs, nothing ever reaches the bus (`decisions.md` 2).
"""

from uuid import UUID

from contracts.fields import Code, Instant, LocalDate, RuleId, Version
from contracts.identifiers import PersonId
from contracts.people import FeedDecision, PersonFacts
from contracts.registry import EDUCATION_FEED, Event, Sensitivity
from contracts.sealed import Sealed

_TO_REGISTRATION = ("educationToRegistration",)


class _LeaverEvent(Event):
    """What every event about a leave carries; a case is one person's one school year."""

    person_id: PersonId
    case_id: UUID
    school_year: int  # its first calendar year: 2025 is the school year 2025-2026
    outcome: Code  # LeaverOutcome
    rule_id: RuleId
    rule_set: str
    reasons: tuple[Code, ...] = ()
    effective_on: LocalDate  # the day on which the decision was due
    version: Version


class _LeaverState(_LeaverEvent):
    """The leave after the feed decided at the end of its window, or anew."""

    left_on: LocalDate  # the day of the deregistration that decides
    complete_at: Instant  # the latest of the last needed fact, the window's end and the 18th birthday: the hour to register runs from it
    flags: tuple[Code, ...] = ()  # Flag
    person: Sealed[PersonFacts]
    decision: Sealed[FeedDecision]


class LeaverDetected(
    _LeaverState, type="leavers.notify.detected", service=EDUCATION_FEED, flows=_TO_REGISTRATION, sensitivity=Sensitivity.SEALED
):
    """By Education's facts this person left without a qualification; registration decides on what it knows."""


class LeaverReviewNeeded(
    _LeaverState, type="leavers.notify.reviewNeeded", service=EDUCATION_FEED, flows=_TO_REGISTRATION, sensitivity=Sensitivity.SEALED
):
    """Education's facts do not decide; a person must look before anything is registered."""


class LeaverRetracted(_LeaverEvent, type="leavers.notify.retracted", service=EDUCATION_FEED, flows=_TO_REGISTRATION):
    """What was announced of this leave holds no longer: re-opened, deleted, qualified after all, or said by the school to be no leave."""
