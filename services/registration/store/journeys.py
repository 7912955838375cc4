"""What registration tells of a person's journey: facts, decisions, registrations."""

from uuid import UUID

from sqlalchemy import text

from chassis.intake.journeys import facts_and_outcomes
from chassis.journey import Step, Told, told
from chassis.uow import UnitOfWork
from contracts.codes import Cause
from contracts.identifiers import PersonId

_WHO = text("""
    SELECT coalesce(merged_into, person_id) FROM registration WHERE registration_id = :id OR case_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM newcomer_case WHERE case_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM leaver_case WHERE case_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM register_person WHERE person_id = :id
    LIMIT 1
""")
_DECISIONS = text("""
    SELECT d.*, r.state AS state_now FROM decision AS d LEFT JOIN registration AS r USING (registration_id)
    WHERE coalesce(d.merged_into, d.person_id) = :person
    ORDER BY d.recorded_at, d.version
""")

# A case is called what its feed calls it.
_CASE = {Cause.NEWCOMER: "obligationId", Cause.LEAVER: "caseId"}


async def journey(uow: UnitOfWork, identifier: UUID) -> Told | None:
    """The steps of whoever this id is of: a person, a registration, a case."""
    return await told(uow, identifier, _WHO, facts_and_outcomes, _decided)


async def _decided(uow: UnitOfWork, person: PersonId) -> list[Step]:
    return [
        Step(
            taken.recorded_at,
            "registrationDecided",
            {
                "registrationId": str(taken.registration_id),
                _CASE[taken.cause]: str(taken.case_id),
                "version": taken.version,
                "state": taken.state_now,
                "outcome": taken.outcome,
                "rule": taken.rule,
                "ruleSet": taken.rule_set,
                "reasons": list(taken.reasons),
                "effectiveOn": taken.effective_on.isoformat(),
            },
        )
        for taken in await uow.all(_DECISIONS, {"person": person})
    ]
