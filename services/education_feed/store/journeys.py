"""What the education feed tells of a person's journey: facts, every decision about a leave, what Education was told."""

from uuid import UUID

from sqlalchemy import text

from chassis.intake.journeys import facts_and_outcomes
from chassis.journey import Step, Told, told
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.education_feed.store.cases import decisions_on

_WHO = text("""
    SELECT coalesce(merged_into, person_id) FROM leave_case WHERE case_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM school_fact WHERE person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM pupil WHERE person_id = :id
    LIMIT 1
""")


async def journey(uow: UnitOfWork, identifier: UUID) -> Told | None:
    """The steps of whoever this id is of: a person, a case."""
    return await told(uow, identifier, _WHO, facts_and_outcomes, _decided)


async def _decided(uow: UnitOfWork, person: PersonId) -> list[Step]:
    return [
        Step(
            one.recorded_at,
            "leaveDecided",
            {
                "caseId": str(one.case_id),
                "schoolYear": one.school_year,
                "version": one.version,
                "outcome": one.outcome,
                "rule": one.rule,
                "ruleSet": one.rule_set,
                "reasons": list(one.reasons),
                "effectiveOn": one.effective_on.isoformat(),
                "nextCheckAt": one.next_check_at.isoformat() if one.next_check_at else None,
            },
        )
        for one in await decisions_on(uow, person)
    ]
