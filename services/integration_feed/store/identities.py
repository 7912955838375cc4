"""What the feed keeps of a person whatever the contract: identity (sealed), region, and whether they are still there."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork

# A feed's identity never replaces a register's (`facts.md` 1).
_FROM_AGENCY = text("""
    INSERT INTO newcomer AS n (person_id, identity)
    SELECT person_id, identity FROM jsonb_populate_recordset(NULL::newcomer, :rows)
    ON CONFLICT (person_id) DO UPDATE SET identity = excluded.identity WHERE NOT n.identity_from_register
""").bindparams(bindparam("rows", type_=JSONB))
_FROM_REGISTER = text("""
    INSERT INTO newcomer AS n (person_id, identity, identity_from_register, region, ended, "unknown", register_version)
    SELECT person_id, identity, coalesce(identity_from_register, false), region, ended, coalesce("unknown", false), register_version
    FROM jsonb_populate_recordset(NULL::newcomer, :rows)
    ON CONFLICT (person_id) DO UPDATE SET
        identity = CASE WHEN excluded.identity_from_register THEN excluded.identity ELSE n.identity END,
        identity_from_register = n.identity_from_register OR excluded.identity_from_register,
        moved_from = CASE WHEN n.region IS DISTINCT FROM excluded.region THEN n.region ELSE n.moved_from END,
        region = excluded.region, ended = excluded.ended, "unknown" = excluded."unknown", register_version = excluded.register_version
    WHERE n.register_version < excluded.register_version
""").bindparams(bindparam("rows", type_=JSONB))
_DIED = text("""
    INSERT INTO newcomer (person_id, ended) SELECT unnest(CAST(:people AS uuid[])), 'deceased'
    ON CONFLICT (person_id) DO UPDATE SET ended = 'deceased'
""")

Rows = Sequence[Mapping[str, object]]


async def keep_from_agency(uow: UnitOfWork, rows: Rows) -> None:
    """Keep the identity an agency gives, unless a register gave one."""
    if rows:
        await uow.execute(_FROM_AGENCY, {"rows": list(rows)})


async def keep_from_register(uow: UnitOfWork, rows: Rows) -> None:
    """Keep what registration says of people; an older version changes nothing."""
    if rows:
        await uow.execute(_FROM_REGISTER, {"rows": list(rows)})


async def died(uow: UnitOfWork, people: Sequence[object]) -> None:
    """These people died."""
    if people:
        await uow.execute(_DIED, {"people": list(people)})
