"""Where the sealed word on who a person is lies: the register's, and that of the enrolment last heard of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed

_REGISTER = text("""
    SELECT DISTINCT ON (coalesce(merged_into, person_id)) coalesce(merged_into, person_id) AS person_id, identity FROM pupil
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND identity IS NOT NULL
    ORDER BY coalesce(merged_into, person_id), merged_into NULLS FIRST, register_version DESC
""")
_ENROLMENT = text("""
    SELECT DISTINCT ON (coalesce(s.merged_into, s.person_id)) coalesce(s.merged_into, s.person_id) AS person_id, f.content_key, f.content
    FROM school_fact AS s JOIN fact AS f USING (organisation, kind, reference, source_version)
    WHERE coalesce(s.merged_into, s.person_id) = ANY(CAST(:people AS uuid[])) AND s.kind = 'enrolment' AND f.content IS NOT NULL
    ORDER BY coalesce(s.merged_into, s.person_id), s.deleted, s.received_at DESC, s.organisation, s.reference
""")


@dataclass(frozen=True, slots=True)
class SealedIdentity:
    """What says who one person is, still shut."""

    register: Sealed[PersonFacts] | None = None
    enrolment: Sealed[Any] | None = None  # the whole record, as intake keeps it


async def sealed(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, SealedIdentity]:
    """Both words on each of these people; one never heard of has neither."""
    params = {"people": list(people)}
    register = {row.person_id: Sealed[PersonFacts].from_wire(row.identity) for row in await uow.all(_REGISTER, params)}
    enrolment = {row.person_id: Sealed[Any].of(row.content_key, bytes(row.content)) for row in await uow.all(_ENROLMENT, params)}
    return {person: SealedIdentity(register.get(person), enrolment.get(person)) for person in people}
