"""What intake adds to a person's journey: the facts taken in about them, and what their senders were told."""

from sqlalchemy import text

from chassis.journey import Step
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_FACTS = text("""
    SELECT recorded_at, kind, operation, source_version, organisation FROM fact
    WHERE person_id = :person OR person_id IN (SELECT person_id FROM person WHERE merged_into = :person) ORDER BY recorded_at
""")
_OUTCOMES = text("""
    SELECT recorded_at, kind, result, reason, organisation FROM outcome
    WHERE person_id = :person OR person_id IN (SELECT person_id FROM person WHERE merged_into = :person) ORDER BY id
""")


async def facts_and_outcomes(uow: UnitOfWork, person: PersonId) -> list[Step]:
    """Both, each in its own order; what came under an absorbed id is told of the survivor."""
    facts = await uow.all(_FACTS, {"person": person})
    told = await uow.all(_OUTCOMES, {"person": person})
    return [
        *(
            Step(
                row.recorded_at,
                "factReceived",
                {"kind": row.kind, "operation": row.operation, "sourceVersion": row.source_version, "organisation": row.organisation},
            )
            for row in facts
        ),
        *(
            Step(
                row.recorded_at,
                "senderTold",
                {"kind": row.kind, "result": row.result, "reason": row.reason, "organisation": row.organisation},
            )
            for row in told
        ),
    ]
