"""Everything the registers said of people, each record as its newest version says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.sealed import Sealed
from services.registration.domain.people import Change

_KEEP = text("""
    INSERT INTO person_change AS c (organisation, reference, person_id, kind, changed_on, region, said)
    SELECT organisation, reference, person_id, kind, changed_on, region, said FROM jsonb_populate_recordset(NULL::person_change, :rows)
    ON CONFLICT (organisation, reference) DO UPDATE SET
        number = excluded.number,
        person_id = CASE WHEN c.merged_into = excluded.person_id THEN c.person_id ELSE excluded.person_id END,
        merged_into = CASE WHEN c.merged_into = excluded.person_id THEN c.merged_into END,
        kind = excluded.kind, changed_on = excluded.changed_on,
        region = excluded.region, said = excluded.said
""").bindparams(bindparam("rows", type_=JSONB))
_OF_PEOPLE = text("""
    SELECT coalesce(merged_into, person_id) AS person_id, number, kind, changed_on, region, said FROM person_change
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) ORDER BY 1, number
""")


@dataclass(frozen=True, slots=True)
class Told:
    """One change with its sealed content: `PersonFacts` of an identity, `Residence` of anything else."""

    change: Change
    said: Sealed[Any]


async def keep(uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep these; a later version of a record takes the place of the one before, also when it is about somebody else."""
    if rows:
        await uow.execute(_KEEP, {"rows": list(rows)})


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[Told]]:
    """All that was ever said of each and still stands."""
    found: dict[PersonId, list[Told]] = {person: [] for person in people}
    for row in await uow.all(_OF_PEOPLE, {"people": people}):
        change = Change(row.kind, row.changed_on, row.number, row.region)
        found[PersonId(row.person_id)].append(Told(change, Sealed.from_wire(row.said)))
    return found
