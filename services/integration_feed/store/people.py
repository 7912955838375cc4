"""Everything the feed knows of people, read in one go and written back by the kind of fact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.integration_feed.domain.contracts import Contract, Episode, episodes
from services.integration_feed.domain.newcomers import Ended, Move, Participation, Place, Title
from services.integration_feed.store.tables import newcomer, participant

_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))

_CONTRACTS = text("""
    SELECT coalesce(c.merged_into, c.person_id) AS person_id, c.organisation, c.reference, c.contract_id,
           greatest(c.source_version, t.source_version) AS source_version,
           c.agency, c.signed_on, c.deleted, c.identity, t.kind AS ended_by, t.ended_on
    FROM contract c
    LEFT JOIN termination t ON (t.organisation, t.reference) = (c.organisation, c.reference) AND t.source_version > c.source_version
    WHERE coalesce(c.merged_into, c.person_id) = ANY(CAST(:people AS uuid[]))
    ORDER BY 1, c.signed_on NULLS LAST, c.organisation, c.reference
""")
_PARTICIPANTS = (
    select(participant, whose(participant).label("whose"))
    .where(whose(participant) == any_(_PEOPLE), ~participant.c.deleted)
    .order_by(participant.c.changed_at)
)
_NEWCOMERS = select(newcomer).where(newcomer.c.person_id == any_(_PEOPLE))

_ENDED_BY = {"stopped": Ended.CONTRACT_STOPPED, "withdrawn": Ended.CONTRACT_WITHDRAWN}


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is known of one person; identities are sealed."""

    episodes: tuple[Episode, ...] = ()
    participation: Participation | None = None
    contact_language: str | None = None
    studies: tuple[date, date | None] | None = None
    identity: Sealed[PersonFacts] | None = None  # the register's
    named: Sealed[PersonFacts] | None = None  # the leading contract's
    place: Place | None = None
    moved: Move | None = None
    ended: Ended | None = None
    unknown: bool = False

    @property
    def present(self) -> Episode | None:
        """The contracts that the present obligation rests on."""
        return self.episodes[-1] if self.episodes else None

    def episode_of(self, contract_id: UUID) -> Episode | None:
        """The contracts that an obligation on this contract rests on."""
        return next((episode for episode in self.episodes if episode.holds(contract_id)), None)


async def known(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, KnownPerson]:
    """Everything known of these people; one never heard of maps to an empty record."""
    contracts: dict[PersonId, list[Row]] = {}
    for row in await uow.all(_CONTRACTS, {"people": people}):
        contracts.setdefault(PersonId(row.person_id), []).append(row)
    participants: dict[PersonId, list[Row]] = {}
    for row in await uow.all(_PARTICIPANTS, {"people": people}):
        participants.setdefault(PersonId(row.whose), []).append(row)
    newcomers = {row.person_id: row for row in await uow.all(_NEWCOMERS, {"people": people})}
    return {person: _known(contracts.get(person, []), participants.get(person, []), newcomers.get(person)) for person in people}


def _contract(row: Row) -> Contract:
    ended = Ended.CONTRACT_DELETED if row.deleted else _ENDED_BY.get(row.ended_by)
    return Contract(row.contract_id, row.organisation, row.reference, row.source_version, row.agency, row.signed_on, ended, row.ended_on)


def _known(contracts: Sequence[Row], participants: Sequence[Row], register: Row | None) -> KnownPerson:
    found = tuple(episodes([_contract(row) for row in contracts]))
    lead = found[-1].lead if found else None
    named = next((row.identity for row in contracts if lead is not None and row.contract_id == lead.contract_id), None)
    participating = _participating(participants, lead)
    person = KnownPerson(episodes=found, named=Sealed.from_wire(named) if named else None)
    if participating is not None:
        person = replace(
            person,
            participation=_participation(participating),
            contact_language=participating.contact_language,
            studies=_studies(participating.study),
        )
    if register is None:
        return person
    return replace(
        person,
        identity=Sealed.from_wire(register.identity) if register.identity else None,
        place=Place(register.region) if register.region else None,
        moved=Move(Place(register.region_before), register.region_since) if register.region_before else None,
        ended=Ended(register.ended) if register.ended else None,
        unknown=register.unknown,
    )


def _participating(rows: Sequence[Row], lead: Contract | None) -> Row | None:
    """Of what several agencies say of a person, the word of the one that follows them counts, and its last."""
    own = [row for row in rows if lead is not None and row.organisation == lead.organisation]
    return next(reversed(own or list(rows)), None)


def _participation(row: Row) -> Participation:
    return Participation(row.status, row.status_since, row.vdab_component, tuple(_title(title) for title in row.titles))


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
