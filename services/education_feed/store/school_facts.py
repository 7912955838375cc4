"""Enrolments, proofs and home educations as their newest versions say."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork

# A new version is whole: an earlier retraction of the record no longer counts.
_KEEP = text("""
    INSERT INTO school_fact AS f (organisation, kind, reference, person_id, source_version, last_version, said, received_at,
                                 first_received_at, retraction, retraction_version, retracted_at)
    SELECT r.organisation, r.kind, r.reference, r.person_id, r.source_version, greatest(r.source_version, e.source_version), r.said,
           r.received_at, r.received_at, e.retraction, e.source_version, e.received_at
    FROM jsonb_populate_recordset(NULL::school_fact, :rows) AS r LEFT JOIN early_retraction AS e
      ON (e.organisation, e.kind, e.reference) = (r.organisation, r.kind, r.reference) AND e.source_version > r.source_version
    ON CONFLICT (organisation, kind, reference) DO UPDATE SET
        person_id = excluded.person_id, merged_into = NULL, source_version = excluded.source_version, said = excluded.said, deleted = false,
        received_at = excluded.received_at, was_closed = f.was_closed OR f.said ? 'closure',
        last_version = greatest(f.last_version, excluded.source_version),
        retraction = CASE WHEN f.retraction_version > excluded.source_version THEN f.retraction END,
        retracted_at = CASE WHEN f.retraction_version > excluded.source_version THEN f.retracted_at END
    WHERE f.source_version <= excluded.source_version
""").bindparams(bindparam("rows", type_=JSONB))
_DROP = text("""
    UPDATE school_fact AS f SET deleted = true, received_at = t.received_at, last_version = greatest(f.last_version, t.source_version)
    FROM jsonb_to_recordset(:rows) AS t (organisation text, kind text, reference text, source_version bigint, received_at timestamptz)
    WHERE (f.organisation, f.kind, f.reference) = (t.organisation, t.kind, t.reference) AND f.source_version < t.source_version
""").bindparams(bindparam("rows", type_=JSONB))
_RETRACT = text("""
    UPDATE school_fact AS f SET retraction = t.retraction, retraction_version = t.source_version, retracted_at = t.received_at,
        last_version = greatest(f.last_version, t.source_version)
    FROM jsonb_to_recordset(:rows) AS t (organisation text, kind text, reference text, source_version bigint, received_at timestamptz,
                                         retraction text)
    WHERE (f.organisation, f.kind, f.reference) = (t.organisation, t.kind, t.reference) AND f.source_version < t.source_version
""").bindparams(bindparam("rows", type_=JSONB))
_RETRACT_EARLY = text("""
    INSERT INTO early_retraction AS e (organisation, kind, reference, source_version, retraction, received_at)
    SELECT organisation, kind, reference, source_version, retraction, received_at
    FROM jsonb_populate_recordset(NULL::early_retraction, :rows)
    ON CONFLICT (organisation, kind, reference) DO UPDATE SET
        source_version = excluded.source_version, retraction = excluded.retraction, received_at = excluded.received_at
    WHERE e.source_version < excluded.source_version
""").bindparams(bindparam("rows", type_=JSONB))

Rows = Sequence[Mapping[str, object]]


async def keep(uow: UnitOfWork, rows: Rows) -> None:
    """Keep these records as they are now."""
    if rows:
        await uow.execute(_KEEP, {"rows": list(rows)})


async def drop(uow: UnitOfWork, rows: Rows) -> None:
    """These records never were."""
    if rows:
        await uow.execute(_DROP, {"rows": list(rows)})


async def retract(uow: UnitOfWork, rows: Rows) -> None:
    """The closures of these enrolments are no leaves, says the school."""
    if rows:
        await uow.execute(_RETRACT, {"rows": list(rows)})


async def retract_early(uow: UnitOfWork, rows: Rows) -> None:
    """The same of enrolments that have not come yet."""
    if rows:
        await uow.execute(_RETRACT_EARLY, {"rows": list(rows)})
