"""Who a person is, as registration last said, sealed as it came: for letters that nobody sends a name along with."""

from collections.abc import Mapping

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed

_KNOWN = text("""
    SELECT DISTINCT ON (coalesce(merged_into, person_id)) coalesce(merged_into, person_id) AS person_id, facts FROM addressee
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) ORDER BY coalesce(merged_into, person_id), heard_at DESC
""")
_KEEP = text("""
    INSERT INTO addressee (person_id, facts) SELECT person_id, facts FROM jsonb_to_recordset(:rows) AS t (person_id uuid, facts jsonb)
    ON CONFLICT (person_id) DO UPDATE SET facts = excluded.facts, heard_at = clock_timestamp()
""").bindparams(bindparam("rows", type_=JSONB))


async def known(uow: UnitOfWork, people: list[PersonId]) -> Mapping[PersonId, Sealed[PersonFacts]]:
    """Who these people are; somebody nobody has named is left out."""
    return {PersonId(row.person_id): Sealed.from_wire(row.facts) for row in await uow.all(_KNOWN, {"people": people})}


async def keep(uow: UnitOfWork, said: Mapping[PersonId, Sealed[PersonFacts]]) -> None:
    """Keep what was said last; nothing is opened for it."""
    if said:
        await uow.execute(_KEEP, {"rows": [{"person_id": str(person), "facts": box.wire} for person, box in said.items()]})
