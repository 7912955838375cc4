"""VDAB's own register and the work register, as their newest versions say."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.rows import Row
from chassis.uow import UnitOfWork

_JOBSEEKERS = text("""
    INSERT INTO jobseeker AS j (organisation, reference, jobseeker_id, person_id, category, origin, starts_on, registered_at, ends_on)
    SELECT organisation, reference, jobseeker_id, person_id, category, origin, starts_on, registered_at, ends_on
    FROM jsonb_populate_recordset(NULL::jobseeker, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        person_id = CASE WHEN j.merged_into = excluded.person_id THEN j.person_id ELSE excluded.person_id END,
        merged_into = CASE WHEN j.merged_into = excluded.person_id THEN j.merged_into END,
        category = excluded.category, origin = excluded.origin, starts_on = excluded.starts_on,
        registered_at = excluded.registered_at, ends_on = excluded.ends_on, deleted = false, version = j.version + 1
    RETURNING *, coalesce(merged_into, person_id) AS whose
""").bindparams(bindparam("rows", type_=JSONB))
_NO_JOBSEEKERS = text("""
    UPDATE jobseeker AS j SET deleted = true, version = j.version + 1
    FROM jsonb_to_recordset(:rows) AS t (organisation text, reference text)
    WHERE (j.organisation, j.reference) = (t.organisation, t.reference) AND NOT j.deleted
    RETURNING j.*, coalesce(j.merged_into, j.person_id) AS whose
""").bindparams(bindparam("rows", type_=JSONB))
_EMPLOYMENTS = text("""
    INSERT INTO employment AS e (organisation, reference, person_id, starts_on, ends_on, kind, work_fraction)
    SELECT organisation, reference, person_id, starts_on, ends_on, kind, work_fraction
    FROM jsonb_populate_recordset(NULL::employment, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        person_id = CASE WHEN e.merged_into = excluded.person_id THEN e.person_id ELSE excluded.person_id END,
        merged_into = CASE WHEN e.merged_into = excluded.person_id THEN e.merged_into END,
        starts_on = excluded.starts_on, ends_on = excluded.ends_on, kind = excluded.kind,
        work_fraction = excluded.work_fraction, deleted = false
""").bindparams(bindparam("rows", type_=JSONB))
_NO_EMPLOYMENTS = text("""
    UPDATE employment AS e SET deleted = true
    FROM jsonb_to_recordset(:rows) AS t (organisation text, reference text)
    WHERE (e.organisation, e.reference) = (t.organisation, t.reference)
""").bindparams(bindparam("rows", type_=JSONB))

Rows = Sequence[Mapping[str, object]]


async def keep_jobseekers(uow: UnitOfWork, rows: Rows) -> Sequence[Row]:
    """Keep these registrations of VDAB; each as it stands now, and whose it is."""
    return await uow.all(_JOBSEEKERS, {"rows": list(rows)}) if rows else []


async def drop_jobseekers(uow: UnitOfWork, rows: Rows) -> Sequence[Row]:
    """VDAB says these never were; those that were known."""
    return await uow.all(_NO_JOBSEEKERS, {"rows": list(rows)}) if rows else []


async def keep_employments(uow: UnitOfWork, rows: Rows) -> None:
    """Keep these employments."""
    if rows:
        await uow.execute(_EMPLOYMENTS, {"rows": list(rows)})


async def drop_employments(uow: UnitOfWork, rows: Rows) -> None:
    """These employments never were."""
    if rows:
        await uow.execute(_NO_EMPLOYMENTS, {"rows": list(rows)})
