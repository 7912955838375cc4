"""How people stand in the registers and by their objections, as registration announces it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.merging import Merged
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

Rows = Sequence[Mapping[str, object]]

_KEEP = text("""
    INSERT INTO pupil AS p (person_id, identity, region, ended, "unknown", register_version, heard_at)
    SELECT person_id, identity, region, ended, "unknown", register_version, :at FROM jsonb_populate_recordset(NULL::pupil, :rows)
    ON CONFLICT (person_id) DO UPDATE SET
        identity = coalesce(excluded.identity, p.identity), region = excluded.region, ended = excluded.ended,
        "unknown" = excluded."unknown", register_version = excluded.register_version, heard_at = excluded.heard_at
    WHERE p.register_version < excluded.register_version
""").bindparams(bindparam("rows", type_=JSONB))
# A death passes parked records: what was said before it and is read after it must not undo it.
_DIED = text("""
    INSERT INTO pupil AS p (person_id, ended, register_version, heard_at)
    SELECT person_id, 'deceased', version, :at FROM unnest(CAST(:people AS uuid[]), CAST(:versions AS bigint[])) AS t (person_id, version)
    ON CONFLICT (person_id) DO UPDATE SET
        ended = 'deceased', register_version = excluded.register_version, heard_at = excluded.heard_at
    WHERE p.register_version < excluded.register_version
""")
_OBJECT = text("""
    INSERT INTO objection AS o (objection_id, person_id, outcome, version, heard_at)
    SELECT objection_id, person_id, outcome, version, :at FROM jsonb_populate_recordset(NULL::objection, :rows)
    ON CONFLICT (objection_id) DO UPDATE SET person_id = excluded.person_id, outcome = excluded.outcome, version = excluded.version,
        heard_at = excluded.heard_at
    WHERE o.version < excluded.version
""").bindparams(bindparam("rows", type_=JSONB))
# What was said last counts, of what was said at all; a death stands whatever came after it.
_MERGE = text("""
    INSERT INTO pupil (person_id, identity, region, ended, "unknown", register_version, heard_at)
    SELECT survivor, (array_agg(identity ORDER BY register_version DESC) FILTER (WHERE identity IS NOT NULL))[1],
           (array_agg(region ORDER BY region IS NULL, register_version DESC))[1],
           (array_agg(ended ORDER BY ended = 'deceased' DESC NULLS LAST, register_version DESC))[1],
           bool_and("unknown"), max(register_version), max(heard_at)
    FROM pupil JOIN unnest(CAST(:people AS uuid[]), CAST(:survivors AS uuid[])) AS t (person_id, survivor) USING (person_id)
    GROUP BY survivor
    ON CONFLICT (person_id) DO UPDATE SET
        identity = excluded.identity, region = excluded.region, ended = excluded.ended, "unknown" = excluded."unknown",
        register_version = excluded.register_version, heard_at = excluded.heard_at
""")


async def keep(uow: UnitOfWork, rows: Rows) -> None:
    """Keep how people stand; an older version changes nothing."""
    if rows:
        await uow.execute(_KEEP, {"rows": list(rows), "at": uow.now})


async def died(uow: UnitOfWork, versions: Mapping[PersonId, int]) -> None:
    """These people died, as said by this version."""
    if versions:
        await uow.execute(_DIED, {"people": list(versions), "versions": list(versions.values()), "at": uow.now})


async def object_to(uow: UnitOfWork, rows: Rows) -> None:
    """Keep how objections stand; an older version changes nothing."""
    if rows:
        await uow.execute(_OBJECT, {"rows": list(rows), "at": uow.now})


async def merge(uow: UnitOfWork, merged: Sequence[Merged]) -> None:
    """Let each survivor stand as all of its ids stood; registration soon says it better."""
    pairs = [(person, one.survivor) for one in merged for person in (one.survivor, *one.absorbed)]
    await uow.execute(_MERGE, {"people": [person for person, _ in pairs], "survivors": [survivor for _, survivor in pairs]})
