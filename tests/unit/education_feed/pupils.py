"""A pupil who left, and everything around it, in the field's words."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis.clock import local_midnight
from contracts.codes import SourceState
from contracts.identifiers import IncompleteDate
from services.education_feed.domain.cases import CaseDecision, Kept
from services.education_feed.domain.facts import (
    ENROLMENTS_ADULT,
    ENROLMENTS_COMPULSORY,
    ENROLMENTS_HIGHER,
    LED,
    Closure,
    Enrolment,
    HomeEducation,
    Pupil,
    Qualification,
    Sources,
    Standing,
    Switches,
    Watermark,
)
from services.education_feed.domain.leavers import decide

ALL_SOURCES = (ENROLMENTS_COMPULSORY, ENROLMENTS_HIGHER, ENROLMENTS_ADULT, LED)
LONG_AGO = datetime(2025, 9, 2, 8, tzinfo=UTC)
# Closed in the middle of a year: day 0 is 2 February, day 14 the 16th, the decision is due when the 17th begins.
LEFT_ON = date(2026, 2, 2)
LAST_DAY, DUE = date(2026, 2, 16), local_midnight(date(2026, 2, 17))
COMPLETE = Watermark(SourceState.AVAILABLE, LAST_DAY, DUE - timedelta(hours=12))
GROWN_UP = IncompleteDate(2006, 3, 15)


def noon(day: date) -> datetime:
    """The middle of that day."""
    return local_midnight(day) + timedelta(hours=12)


def enrolled(reference: str = "school", **fields: Any) -> Enrolment:
    """An enrolment in the third year of full-time ordinary secondary education, running."""
    usual: dict[str, Any] = {
        "organisation": "education",
        "reference": reference,
        "source_version": 1,
        "received_at": LONG_AGO,
        "first_received_at": LONG_AGO,
        "source": "compulsory",
        "institution": "046531",
        "school_year": 2025,
        "starts_on": date(2025, 9, 1),
        "level": 3,
        "education_kind": 1,
        "programme": 1,
    }
    return Enrolment(**{**usual, **fields})


def left(on: date = LEFT_ON, reason: str | None = "E", situation_after: int | None = 5, **fields: Any) -> Enrolment:
    """The same, deregistered; the school says so the day after."""
    closed = {"closure": Closure(on, reason, situation_after), "received_at": noon(on + timedelta(days=1))}
    return enrolled(**{**closed, **fields})


def proof(**fields: Any) -> Qualification:
    """An authentic diploma of secondary education."""
    usual: dict[str, Any] = {
        "organisation": "led",
        "reference": "proof",
        "source_version": 1,
        "received_at": LONG_AGO,
        "category": "Secundair onderwijs",
        "proof_type": "Diploma",
        "proof_state": "Eindbewijs",
        "authentic": True,
        "led_status": 1,
        "issued_on": IncompleteDate(2025, 6, 30),
    }
    return Qualification(**{**usual, **fields})


def home_education(starts_on: date, ends_on: date | None = None, received_at: datetime = LONG_AGO) -> HomeEducation:
    """Parents said that they teach at home."""
    return HomeEducation("education", "home", 1, received_at, starts_on, ends_on)


def pupil(*enrolments: Enrolment, birth: IncompleteDate | None = GROWN_UP, **facts: Any) -> Pupil:
    """Someone with these enrolments; one who left in the middle of the year when none is given."""
    return Pupil(birth, enrolments or (left(),), **{"standing": Standing(region="flanders"), **facts})


def sources(until: date = date(2035, 1, 1), without: tuple[str, ...] = (), told_at: datetime = LONG_AGO) -> Sources:
    """Every source available and complete up to that day, without those named."""
    watermark = Watermark(SourceState.AVAILABLE, until, told_at)
    return Sources({name: watermark for name in ALL_SOURCES if name not in without})


def watermarks(told: Mapping[str, Watermark]) -> Sources:
    """All complete, but these as given."""
    return Sources({**sources().watermarks, **told})


def decided(who: Pupil, at: datetime = DUE, told: Sources | None = None, *, min_age: bool = True) -> CaseDecision:
    """The decision about the one year that this pupil left."""
    [decision] = decide(who, told if told is not None else sources(), Switches(min_age=min_age), at)
    return decision


def said(decision: CaseDecision) -> tuple[str, str, tuple[str, ...]]:
    """What was decided, by which row, and why."""
    return (str(decision.outcome), decision.rule, decision.reasons)


def kept(decision: CaseDecision, known_at: datetime, *, announced: bool | None = None) -> Kept:
    """What the store keeps of a decision taken then; told to registration where it announces."""
    return Kept(
        decision.school_year,
        decision.outcome,
        decision.rule,
        decision.reasons,
        decision.left_on,
        decision.effective_on,
        decision.complete_at,
        decision.asked_at,
        known_at,
        decision.announces if announced is None else announced,
        decision.next_check_at,
        decision.waits_for,
    )


def after(who: Pupil, at: datetime = DUE, told: Sources | None = None, *, min_age: bool = True) -> Pupil:
    """The pupil with what was decided at that moment kept."""
    decisions = decide(who, told if told is not None else sources(), Switches(min_age=min_age), at)
    return replace(who, kept=tuple(kept(decision, at) for decision in decisions))
