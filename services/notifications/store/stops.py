"""The statements of registrations that were stopped: what is read of them later, of a lower version, stays unsaid."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

Versioned = tuple[PersonId, UUID, int]

_KEEP = text("""
    INSERT INTO stopped_registration AS s (registration_id, person_id, version, reason)
    SELECT DISTINCT ON (registration_id) registration_id, person_id, version, :reason
    FROM unnest(CAST(:registrations AS uuid[]), CAST(:people AS uuid[]), CAST(:versions AS bigint[]))
         AS t (registration_id, person_id, version)
    ORDER BY registration_id, version DESC
    ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version, reason = excluded.reason WHERE s.version < excluded.version
""")
_OVERTAKEN = text("""
    SELECT s.registration_id, s.reason
    FROM unnest(CAST(:registrations AS uuid[]), CAST(:versions AS bigint[])) AS t (registration_id, version)
    CROSS JOIN LATERAL (
        SELECT * FROM stopped_registration WHERE registration_id = t.registration_id AND t.version < version LIMIT 1
    ) AS s
""")
# Somebody said since that it stands again.
_LIFT = text("""
    DELETE FROM stopped_registration AS s
    WHERE registration_id = ANY(CAST(:registrations AS uuid[])) AND version < (
        SELECT max(t.version) FROM unnest(CAST(:registrations AS uuid[]), CAST(:versions AS bigint[])) AS t (registration_id, version)
        WHERE t.registration_id = s.registration_id)
""")


async def keep(uow: UnitOfWork, stops: Sequence[Versioned], reason: str) -> None:
    """These registrations are stopped as of these versions."""
    await uow.execute(_KEEP, _columns(stops) | {"people": [person for person, _, _ in stops], "reason": reason})


async def overtaken(uow: UnitOfWork, told: Sequence[Versioned]) -> Sequence[Row]:
    """Those of these that a stop of a higher version came before, each with its reason; a stop of a lower one is over."""
    await uow.execute(_LIFT, _columns(told))
    return await uow.all(_OVERTAKEN, _columns(told))


def _columns(said: Sequence[Versioned]) -> dict[str, object]:
    return {"registrations": [registration for _, registration, _ in said], "versions": [version for _, _, version in said]}
