"""How people stand in the registers, as registration says: identity (sealed), region, and whether they are still there."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.merging import Merged
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
# What was said last counts, of what was said at all; a death stands whatever came after it.
_MERGE = text("""
    INSERT INTO newcomer AS n (person_id, identity, region, region_since, region_before, ended, "unknown", register_version)
    SELECT survivor, (array_agg(identity ORDER BY register_version DESC) FILTER (WHERE identity IS NOT NULL))[1],
           (array_agg(region ORDER BY region IS NULL, register_version DESC))[1],
           (array_agg(region_since ORDER BY region IS NULL, register_version DESC))[1],
           (array_agg(region_before ORDER BY region IS NULL, register_version DESC))[1],
           (array_agg(ended ORDER BY ended = 'deceased' DESC NULLS LAST, register_version DESC))[1],
           bool_and("unknown"), max(register_version)
    FROM newcomer JOIN unnest(CAST(:people AS uuid[]), CAST(:survivors AS uuid[])) AS t (person_id, survivor) USING (person_id)
    GROUP BY survivor
    ON CONFLICT (person_id) DO UPDATE SET
        identity = excluded.identity, region = excluded.region, region_since = excluded.region_since,
        region_before = excluded.region_before, ended = excluded.ended, "unknown" = excluded."unknown",
        register_version = excluded.register_version
""")


async def keep(uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep how people stand; an older version changes nothing."""
    if rows:
        await uow.execute(_KEEP, {"rows": list(rows)})


async def died(uow: UnitOfWork, versions: Mapping[PersonId, int]) -> None:
    """These people died, as said by this version."""
    if versions:
        await uow.execute(_DIED, {"people": list(versions), "versions": list(versions.values())})


async def merge(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Let each survivor stand as all of its ids stood; registration soon says it better."""
    pairs = [(person, one.survivor) for one in merged for person in (one.survivor, *one.absorbed)]
    await uow.execute(_MERGE, {"people": [person for person, _ in pairs], "survivors": [survivor for _, survivor in pairs]})
