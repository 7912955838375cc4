"""The facts a decision rested on, in words a person can follow; they travel sealed with it."""

from collections.abc import Iterator
from datetime import date, datetime

from services.education_feed.domain.cases import Fact
from services.education_feed.domain.codes import special_form
from services.education_feed.domain.days import day_before, day_of
from services.education_feed.domain.facts import Enrolment
from services.education_feed.domain.proofs import text_of, weigh
from services.education_feed.domain.questions import LeaveCase

_RULES, _REGISTER = "ruleRows", "register"


def explain(case: LeaveCase) -> tuple[Fact, ...]:
    """What was known of the leave, the person, the proofs and the sources, always in the same order."""
    leave = list(_leave(case.leave)) if case.leave is not None else []
    return (*leave, *_days(case), *_goes_on(case), *_person(case), *_proofs(case), *_sources(case))


def _leave(leave: Enrolment) -> Iterator[Fact]:
    closure, known_on = leave.closure, day_of(leave.received_at)
    said = {
        "leftOn": closure.ends_on.isoformat() if closure is not None else None,
        "closureReason": closure.reason if closure is not None else None,
        "situationAfter": closure.situation_after if closure is not None else None,
        "institution": leave.institution,
        "level": leave.level,
        "educationKind": leave.education_kind,
        "programme": leave.programme,
        "specialEducationForm": special_form(leave),
        "administrativeGroup": leave.administrative_group.number if leave.administrative_group is not None else None,
        "flemish": None if leave.flemish else "no",
        "individualCurriculum": "yes" if leave.individual_curriculum else None,
        "receptionClass": "yes" if leave.reception_class else None,
    }
    yield from (Fact(name, str(value), leave.source, known_on) for name, value in said.items() if value is not None)


def _days(case: LeaveCase) -> Iterator[Fact]:
    """The last day inside the window, and from when on the answer could have changed by itself."""
    if case.window_ends_at is not None:
        yield Fact("windowLastDay", day_before(case.window_ends_at).isoformat(), _RULES)
    moments: dict[str, datetime | None] = {
        "proofsFreshOn": case.fresh_at,
        "compulsoryEducationEndsOn": case.compulsory.last_at if case.compulsory is not None else None,
        "turns18On": case.of_age.last_at if case.of_age is not None else None,
    }
    yield from (Fact(name, day_of(moment).isoformat(), _RULES) for name, moment in moments.items() if moment is not None)


def _goes_on(case: LeaveCase) -> Iterator[Fact]:
    if case.goes_on is not None:
        yield Fact("enrolledFrom", case.goes_on.starts_on.isoformat(), case.goes_on.source, day_of(case.goes_on.received_at))


def _person(case: LeaveCase) -> Iterator[Fact]:
    standing = case.pupil.standing
    said = {"ended": standing.ended, "region": standing.region, "objection": standing.objection}
    known_on = day_of(standing.heard_at) if standing.heard_at is not None else None
    yield from (Fact(name, value, _REGISTER, known_on) for name, value in said.items() if value is not None)


def _proofs(case: LeaveCase) -> Iterator[Fact]:
    weighed = [(day_of(one.received_at), f"{text_of(one).proof_type}: {weigh(one).value}") for one in case.pupil.qualifications]
    yield from (Fact("proof", value, "led", known_on) for known_on, value in sorted(weighed))
    homes = [one for one in case.pupil.home_educations if not one.deleted]
    for one in sorted(homes, key=lambda one: (one.starts_on, one.ends_on or date.max, one.received_at)):
        yield Fact("homeEducationFrom", one.starts_on.isoformat(), "homeEducation", day_of(one.received_at))


def _sources(case: LeaveCase) -> Iterator[Fact]:
    for name, watermark in sorted(case.sources.watermarks.items()):
        if watermark.complete_until is not None:
            known_on = day_of(watermark.received_at) if watermark.received_at is not None else None
            yield Fact("completeUntil", watermark.complete_until.isoformat(), name, known_on)
