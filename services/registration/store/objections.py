"""Objections and restrictions, and how a person stands by them (rule S17)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

# Of several the one that counts: what was upheld outweighs what is pending; what was rejected counts for nothing.
_STANDING = text("""
    SELECT person_id, CASE WHEN bool_or(outcome = 'upheld') THEN 'upheld' ELSE 'pending' END AS standing
    FROM objection WHERE person_id = ANY(CAST(:people AS uuid[])) AND (outcome IS NULL OR outcome = 'upheld')
    GROUP BY person_id
""")


async def standing(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, str]:
    """`pending` or `upheld` for each of these people who objects; whoever does not, or was rejected, is left out."""
    return {PersonId(row.person_id): str(row.standing) for row in await uow.all(_STANDING, {"people": list(people)})}
