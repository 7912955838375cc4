"""Everything the feed knows of people, read in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.integration_feed.domain.contracts import Contract, Episode, episode_of
from services.integration_feed.domain.newcomers import Ended, Move, Participation, Place, Title
from services.integration_feed.domain.obligations import Obligation
from services.integration_feed.store import episodes, obligations

# One round trip, and each part looked up person by person: a join, or an EXISTS, over the whole batch would one day read whole tables.
_KNOWN = text("""
    SELECT a.*, ARRAY(
               SELECT ROW(organisation, status, status_since, vdab_component, titles, contact_language, study) FROM participant
               WHERE coalesce(merged_into, person_id) = p.person_id AND NOT deleted
               ORDER BY changed_at
           ) AS participants,
           n.identity, n.region, n.region_since, n.region_before, n.ended, n."unknown"
    FROM (
        SELECT p.person_id, ARRAY(
                   SELECT ROW(c.contract_id, c.organisation, c.reference, greatest(c.source_version, t.source_version), c.agency,
                              c.signed_on, c.deleted, t.kind, t.ended_on, c.identity)
                   FROM contract AS c LEFT JOIN LATERAL (
                       SELECT source_version, kind, ended_on FROM termination
                       WHERE (organisation, reference) = (c.organisation, c.reference) AND source_version > c.source_version LIMIT 1
                   ) AS t ON true
                   WHERE coalesce(c.merged_into, c.person_id) = p.person_id
                   ORDER BY c.signed_on NULLS LAST, c.organisation, c.reference
               ) AS contracts, ARRAY(
                   SELECT ROW(obligation_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons,
                              anchor_on, effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded,
                              released_on, overdue_waits, registered_on, registration_id, gave_way_to, version)
                   FROM obligation WHERE coalesce(merged_into, person_id) = p.person_id
                   ORDER BY obligation_id
               ) AS obligations
        FROM unnest(CAST(:people AS uuid[])) AS p (person_id) OFFSET 0
    ) AS a
    CROSS JOIN LATERAL (SELECT a.person_id) AS p
    LEFT JOIN LATERAL (SELECT * FROM newcomer WHERE newcomer.person_id = p.person_id LIMIT 1) AS n ON true
    WHERE cardinality(a.contracts) > 0 OR cardinality(a.obligations) > 0
""")


class _Participant(NamedTuple):
    """What one agency says of a person, in the order of `_KNOWN`."""

    organisation: str
    status: str
    status_since: date | None
    vdab_component: bool
    titles: Sequence[Mapping[str, Any]]
    contact_language: str | None
    study: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is known of one person; identities are sealed."""

    episodes: tuple[Episode, ...] = ()
    kept: tuple[Obligation, ...] = ()  # also those that ended, oldest first
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
        return episode_of(self.episodes, contract_id)


async def known(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, KnownPerson]:
    """Everything known of these people. Of one without contract or obligation nothing is read: nobody decides anything about them."""
    rows = await uow.all(_KNOWN, {"people": people}) if people else []
    return dict.fromkeys(people, KnownPerson()) | {PersonId(row.person_id): _known(row) for row in rows}


def _known(row: Row) -> KnownPerson:
    found = episodes.read(row.contracts)
    lead = found[-1].lead if found else None
    named = episodes.identity_in(row.contracts, lead) if lead is not None else None
    participating = _participating([_Participant(*one) for one in row.participants], lead)
    return KnownPerson(
        episodes=found,
        kept=tuple([obligations.read(one) for one in row.obligations]),
        participation=_participation(participating) if participating is not None else None,
        contact_language=participating.contact_language if participating is not None else None,
        studies=_studies(participating.study) if participating is not None else None,
        identity=Sealed.from_wire(row.identity) if row.identity else None,
        named=Sealed.from_wire(named) if named else None,
        place=Place(row.region) if row.region else None,
        moved=Move(Place(row.region_before), row.region_since) if row.region_before else None,
        ended=Ended(row.ended) if row.ended else None,
        unknown=bool(row.unknown),
    )


def _participating(rows: Sequence[_Participant], lead: Contract | None) -> _Participant | None:
    """Of what several agencies say of a person, the word of the one that follows them counts, and its last."""
    own = [row for row in rows if lead is not None and row.organisation == lead.organisation]
    return next(reversed(own or rows), None)


def _participation(row: _Participant) -> Participation:
    return Participation(row.status, row.status_since, row.vdab_component, tuple([_title(title) for title in row.titles]))


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
