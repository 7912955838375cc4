"""What Education is told of the records it sent: what became of them by its own data, nothing about a person's status at VDAB."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import text

from chassis.intake.outcomes import Outcome
from chassis.uow import UnitOfWork
from contracts.codes import LeaverOutcome, Reason, Result
from contracts.identifiers import PersonId
from services.education_feed.domain.cases import CaseDecision
from services.education_feed.domain.facts import (
    ENROLMENTS_ADULT,
    ENROLMENTS_COMPULSORY,
    ENROLMENTS_HIGHER,
    LED,
    Enrolment,
    HomeEducation,
    Pupil,
    Qualification,
)
from services.education_feed.store.people import Known

# Education's own sources: that one of them is awaited it may know.
_OWN_SOURCES = frozenset({ENROLMENTS_COMPULSORY, ENROLMENTS_HIGHER, ENROLMENTS_ADULT, LED})
_WAITS = frozenset(
    {
        LeaverOutcome.WAITING_WINDOW,
        LeaverOutcome.COMPULSORY_EDUCATION,
        LeaverOutcome.WAITING_FOR_AGE,
        LeaverOutcome.WAITING_FOR_PROOFS,
    }
)
# Rows that look at what registration said of a person: death, objection, residence. All they decide is `accepted` to Education.
_REGISTRATIONS_ROWS = frozenset({"S3", "S5", "S17"})
# What else rests on Education's own data, so that the reason may be told.
_OWN = frozenset({LeaverOutcome.IGNORED, LeaverOutcome.CONTINUES, LeaverOutcome.EXCLUDED, LeaverOutcome.QUALIFIED})

_PARKED = text("""
    SELECT o.organisation, o.kind, o.reference, o.source_version, o.person_id
    FROM outcome AS o JOIN school_fact AS f USING (organisation, kind, reference)
    WHERE o.current AND o.result = 'parked' AND coalesce(f.merged_into, f.person_id) = ANY(CAST(:people AS uuid[]))
""")


def outcomes_of(person: PersonId, known: Known, decisions: Sequence[CaseDecision]) -> Iterator[Outcome]:
    """The present outcome of every record that these decisions say something of."""
    if known.pupil.standing.unknown:
        yield from _parked(person, known.pupil)
        return
    for one in known.reopened:
        yield Outcome(one.organisation, "enrolment", one.reference, one.source_version, Result.WITHDRAWN, Reason.REOPENED, person)
    for decision in decisions:
        result, reason = told(decision)
        for enrolment in known.pupil.enrolments:
            if _concerned(enrolment, decision):
                yield Outcome(enrolment.organisation, "enrolment", enrolment.reference, enrolment.source_version, result, reason, person)


def told(decision: CaseDecision) -> tuple[Result, str | None]:
    """The result and reason of a decision, as Education may know them."""
    if decision.rule in _REGISTRATIONS_ROWS:
        return Result.ACCEPTED, None
    if decision.outcome in _WAITS or (decision.outcome is LeaverOutcome.WAITING_FOR_SOURCE and _OWN_SOURCES.issuperset(decision.waits_for)):
        return Result.WAITING, decision.outcome
    match decision.outcome:
        case LeaverOutcome.REVIEW:
            return Result.HELD, next(iter(decision.reasons), LeaverOutcome.REVIEW)
        case LeaverOutcome.WITHDRAWN:
            return Result.WITHDRAWN, next(iter(decision.reasons), None)
        case LeaverOutcome.PARKED:
            return Result.PARKED, next(iter(decision.reasons), Reason.UNKNOWN_PERSON)
        case _:
            return Result.ACCEPTED, decision.outcome if decision.outcome in _OWN else None


async def known_again(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Outcome]:
    """Records that were parked because nobody knew whom they were about; what a decision says of one comes after this."""
    rows = await uow.all(_PARKED, {"people": list(people)})
    return [
        Outcome(row.organisation, row.kind, row.reference, row.source_version, Result.ACCEPTED, None, PersonId(row.person_id))
        for row in rows
    ]


def _concerned(enrolment: Enrolment, decision: CaseDecision) -> bool:
    """The record that decides, and every other one of that year that a school closed."""
    if (enrolment.organisation, enrolment.reference) == (decision.organisation, decision.reference):
        return True
    stands = not enrolment.deleted and enrolment.retraction is None
    return stands and enrolment.closure is not None and enrolment.school_year == decision.school_year and enrolment.source == "compulsory"


def _parked(person: PersonId, pupil: Pupil) -> Iterator[Outcome]:
    records: Mapping[str, Sequence[Enrolment | Qualification | HomeEducation]] = {
        "enrolment": pupil.enrolments,
        "qualification": pupil.qualifications,
        "homeEducation": pupil.home_educations,
    }
    yield from (
        Outcome(record.organisation, kind, record.reference, record.source_version, Result.PARKED, Reason.UNKNOWN_PERSON, person)
        for kind, some in records.items()
        for record in some
        if not record.deleted
    )
