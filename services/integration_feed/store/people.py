"""Everything the feed knows of people, read in one go and written back by the kind of fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.integration_feed.domain.newcomers import Ended, Participation, Place, Title
from services.integration_feed.store.tables import newcomer, participant

_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))

_CONTRACTS = text("""
    SELECT c.person_id, c.organisation, c.reference, c.contract_id, c.source_version, c.agency, c.signed_on, c.deleted, c.received_on,
           t.kind AS ended_by
    FROM contract c LEFT JOIN termination t USING (organisation, reference)
    WHERE c.person_id = ANY(CAST(:people AS uuid[]))
    ORDER BY c.person_id, c.signed_on NULLS LAST, c.received_on, c.contract_id
""")
_PARTICIPANTS = (
    select(participant).where(participant.c.person_id == any_(_PEOPLE), ~participant.c.deleted).order_by(participant.c.changed_at)
)
_NEWCOMERS = select(newcomer).where(newcomer.c.person_id == any_(_PEOPLE))

_ENDED_BY = {"stopped": Ended.CONTRACT_STOPPED, "withdrawn": Ended.CONTRACT_WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as the newest version says, with what ended it."""

    organisation: str
    reference: str
    contract_id: UUID
    source_version: int
    agency: str
    signed_on: date | None
    received_on: date
    ended: Ended | None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is known of one person; `identity` is sealed."""

    contracts: tuple[Contract, ...] = ()
    participation: Participation | None = None
    contact_language: str | None = None
    studies: tuple[date, date | None] | None = None
    identity: Sealed[PersonFacts] | None = None
    place: Place | None = None
    ended: Ended | None = None
    unknown: bool = False


async def known(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, KnownPerson]:
    """Everything known of these people; one never heard of maps to an empty record."""
    contracts = await uow.all(_CONTRACTS, {"people": people})
    participants = await uow.all(_PARTICIPANTS, {"people": people})
    newcomers = {row.person_id: row for row in await uow.all(_NEWCOMERS, {"people": people})}
    latest = {row.person_id: row for row in participants}
    own: dict[PersonId, list[Contract]] = {}
    for row in contracts:
        own.setdefault(PersonId(row.person_id), []).append(_contract(row))
    return {person: _known(own.get(person, []), latest.get(person), newcomers.get(person)) for person in people}


def _contract(row: Row[Any]) -> Contract:
    ended = Ended.CONTRACT_DELETED if row.deleted else _ENDED_BY.get(row.ended_by)
    return Contract(row.organisation, row.reference, row.contract_id, row.source_version, row.agency, row.signed_on, row.received_on, ended)


def _known(contracts: Sequence[Contract], participant_row: Row[Any] | None, newcomer_row: Row[Any] | None) -> KnownPerson:
    person = KnownPerson(contracts=tuple(contracts))
    if participant_row is not None:
        person = KnownPerson(
            contracts=tuple(contracts),
            participation=Participation(
                participant_row.status,
                participant_row.status_since,
                participant_row.vdab_component,
                tuple(_title(title) for title in participant_row.titles),
            ),
            contact_language=participant_row.contact_language,
            studies=_studies(participant_row.study),
        )
    if newcomer_row is None:
        return person
    return KnownPerson(
        contracts=person.contracts,
        participation=person.participation,
        contact_language=person.contact_language,
        studies=person.studies,
        identity=Sealed.from_wire(newcomer_row.identity) if newcomer_row.identity else None,
        place=Place(newcomer_row.region) if newcomer_row.region else None,
        ended=Ended(newcomer_row.ended) if newcomer_row.ended else None,
        unknown=newcomer_row.unknown,
    )


def _title(title: Mapping[str, Any]) -> Title:
    until = title.get("validTo")
    return Title(
        title["ground"], date.fromisoformat(title["validFrom"]), date.fromisoformat(until) if until else None, title.get("rightToWork")
    )


def _studies(study: Mapping[str, Any] | None) -> tuple[date, date | None] | None:
    if not study:
        return None
    until = study.get("endsOn")
    return date.fromisoformat(study["startsOn"]), date.fromisoformat(until) if until else None
