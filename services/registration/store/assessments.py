"""What counsellors said of people, as its newest version says."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.registration.domain.assessments import Assessment
from services.registration.domain.terms import TermKind
from services.registration.store.term_tables import assessment

_OF_PEOPLE = select(assessment, whose(assessment).label("whose")).where(
    whose(assessment) == any_(bindparam("people", type_=ARRAY(SQL_UUID)))
)
_KEEP = text("""
    INSERT INTO assessment AS a (organisation, reference, person_id, kind, assessed_on, self_reliant, benefit_entitled)
    SELECT organisation, reference, person_id, kind, assessed_on, self_reliant, benefit_entitled
    FROM jsonb_populate_recordset(NULL::assessment, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        person_id = CASE WHEN a.merged_into = excluded.person_id THEN a.person_id ELSE excluded.person_id END,
        merged_into = CASE WHEN a.merged_into = excluded.person_id THEN a.merged_into END,
        kind = excluded.kind, assessed_on = excluded.assessed_on, self_reliant = excluded.self_reliant,
        benefit_entitled = excluded.benefit_entitled
""").bindparams(bindparam("rows", type_=JSONB))
_DROP = text("""
    DELETE FROM assessment AS a USING jsonb_to_recordset(:rows) AS t (organisation text, reference text)
    WHERE (a.organisation, a.reference) = (t.organisation, t.reference)
""").bindparams(bindparam("rows", type_=JSONB))

Rows = Sequence[Mapping[str, object]]


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, tuple[Assessment, ...]]:
    """Everything that was said of each of these people."""
    found: dict[PersonId, tuple[Assessment, ...]] = dict.fromkeys(people, ())
    for row in await uow.all(_OF_PEOPLE, {"people": list(people)}):
        found[PersonId(row.whose)] += (_read(row),)
    return found


def _read(row: Row) -> Assessment:
    return Assessment(
        TermKind(row.kind), row.assessed_on, row.self_reliant, row.benefit_entitled, (str(row.organisation), str(row.reference))
    )


async def keep(uow: UnitOfWork, rows: Rows) -> None:
    """Keep these as they say now."""
    if rows:
        await uow.execute(_KEEP, {"rows": list(rows)})


async def drop(uow: UnitOfWork, rows: Rows) -> None:
    """These never were."""
    if rows:
        await uow.execute(_DROP, {"rows": list(rows)})
