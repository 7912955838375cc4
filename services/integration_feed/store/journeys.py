"""What the integration feed tells of a person's journey: facts, every version of an obligation, what agencies were told."""

from uuid import UUID

from sqlalchemy import text

from chassis.intake.journeys import facts_and_outcomes
from chassis.journey import Step, Told, told
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_WHO = text("""
    SELECT coalesce(merged_into, person_id) FROM obligation WHERE obligation_id = :id OR contract_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM contract WHERE contract_id = :id OR person_id = :id
    UNION ALL SELECT coalesce(merged_into, person_id) FROM newcomer WHERE person_id = :id
    LIMIT 1
""")
_VERSIONS = text("""
    SELECT v.* FROM obligation_version AS v JOIN obligation AS o USING (obligation_id)
    WHERE coalesce(o.merged_into, o.person_id) = :person
    ORDER BY v.recorded_at, v.version
""")


async def journey(uow: UnitOfWork, identifier: UUID) -> Told | None:
    """The steps of whoever this id is of: a person, an obligation, a contract."""
    return await told(uow, identifier, _WHO, facts_and_outcomes, _decided)


async def _decided(uow: UnitOfWork, person: PersonId) -> list[Step]:
    return [
        Step(
            version.recorded_at,
            "obligationDecided",
            {
                "obligationId": str(version.obligation_id),
                "version": version.version,
                "state": version.state,
                "outcome": version.outcome,
                "rule": version.rule,
                "ruleSet": version.rule_set,
                "reasons": list(version.reasons),
                "effectiveOn": version.effective_on.isoformat(),
            },
        )
        for version in await uow.all(_VERSIONS, {"person": person})
    ]
