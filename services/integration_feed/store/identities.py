"""How people stand in the registers, as registration says: identity (sealed), region, and whether they are still there."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

_KEEP = text("""
    INSERT INTO newcomer AS n (person_id, identity, region, region_since, region_before, ended, "unknown", register_version)
    SELECT person_id, identity, region, region_since, region_before, ended, "unknown", register_version
    FROM jsonb_populate_recordset(NULL::newcomer, :rows)
    ON CONFLICT (person_id) DO UPDATE SET
        identity = coalesce(excluded.identity, n.identity), region = excluded.region, region_since = excluded.region_since,
        region_before = excluded.region_before, ended = excluded.ended, "unknown" = excluded."unknown",
        register_version = excluded.register_version
    WHERE n.register_version < excluded.register_version
""").bindparams(bindparam("rows", type_=JSONB))
# A death passes parked records: what was said before it and is read after it must not undo it.
_DIED = text("""
    INSERT INTO newcomer AS n (person_id, ended, register_version)
    SELECT person_id, 'deceased', version FROM unnest(CAST(:people AS uuid[]), CAST(:versions AS bigint[])) AS t (person_id, version)
    ON CONFLICT (person_id) DO UPDATE SET ended = 'deceased', register_version = excluded.register_version
    WHERE n.register_version < excluded.register_version
""")


async def keep(uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep how people stand; an older version changes nothing."""
    if rows:
        await uow.execute(_KEEP, {"rows": list(rows)})


async def died(uow: UnitOfWork, versions: Mapping[PersonId, int]) -> None:
    """These people died, as said by this version."""
    if versions:
        await uow.execute(_DIED, {"people": list(versions), "versions": list(versions.values())})
