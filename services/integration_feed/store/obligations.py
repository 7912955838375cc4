"""Obligations: read by person or id, written with the version that explains each change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.uow import UnitOfWork
from contracts.codes import Flag, NewcomerOutcome, TermState
from contracts.identifiers import PersonId
from services.integration_feed.domain.contracts import Episode, episode_of
from services.integration_feed.domain.obligations import FeedSaid, Held, KeptTerm, Obligation, State
from services.integration_feed.store import episodes

# Columns of an obligation are read in the order of `Obligation`, those of contracts as `store/episodes.py` reads them.
# UUIDv7: in the order in which they were made.
_OF_PEOPLE = text("""
    SELECT coalesce(merged_into, person_id) AS whose,
           obligation_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons, anchor_on,
           effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded, released_on, overdue_waits,
           registered_on, registration_id, gave_way_to, version
    FROM obligation
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
    ORDER BY obligation_id
""")
_BY_ID = text("""
    SELECT p.person_id, ARRAY(
        SELECT ROW(c.contract_id, c.organisation, c.reference, greatest(c.source_version, t.source_version), c.agency, c.signed_on,
                   c.deleted, t.kind, t.ended_on, c.identity)
        FROM contract AS c LEFT JOIN LATERAL (
            SELECT source_version, kind, ended_on FROM termination
            WHERE (organisation, reference) = (c.organisation, c.reference) AND source_version > c.source_version LIMIT 1
        ) AS t ON true
        WHERE coalesce(c.merged_into, c.person_id) = p.person_id
        ORDER BY c.signed_on NULLS LAST, c.organisation, c.reference
    ) AS contracts,
           obligation_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons, anchor_on,
           effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded, released_on, overdue_waits,
           registered_on, registration_id, gave_way_to, version
    FROM obligation CROSS JOIN LATERAL (SELECT coalesce(merged_into, obligation.person_id) AS person_id) AS p
    WHERE obligation_id = ANY(CAST(:ids AS uuid[]))
""")
_SAVE = text(
    """
    WITH saved AS (
        INSERT INTO obligation (person_id,
                    obligation_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons, anchor_on,
                    effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded, released_on, overdue_waits,
                    registered_on, registration_id, gave_way_to, version)
        SELECT person_id,
               obligation_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons, anchor_on,
               effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded, released_on, overdue_waits,
               registered_on, registration_id, gave_way_to, version
        FROM jsonb_populate_recordset(NULL::obligation, :rows)
        ON CONFLICT (obligation_id) DO UPDATE SET
            contract_id = excluded.contract_id, organisation = excluded.organisation, reference = excluded.reference,
            agency = excluded.agency, state = excluded.state, outcome = excluded.outcome, rule = excluded.rule,
            rule_set = excluded.rule_set, reasons = excluded.reasons, anchor_on = excluded.anchor_on,
            effective_on = excluded.effective_on, received_on = excluded.received_on, terms = excluded.terms, flags = excluded.flags,
            feed = excluded.feed, answer = excluded.answer, terms_from = excluded.terms_from, moved_on = excluded.moved_on,
            reminded = excluded.reminded, released_on = excluded.released_on, overdue_waits = excluded.overdue_waits,
            registered_on = excluded.registered_on, registration_id = excluded.registration_id, gave_way_to = excluded.gave_way_to,
            version = excluded.version, recorded_at = clock_timestamp()
        RETURNING obligation_id, version, state, outcome, rule, rule_set, reasons, effective_on
    )
    INSERT INTO obligation_version (obligation_id, version, state, outcome, rule, rule_set, reasons, effective_on)
    SELECT * FROM saved
    ON CONFLICT DO NOTHING
"""
).bindparams(bindparam("rows", type_=JSONB))

# What an enumeration costs to look up is much beside everything else that is done for a row.
_STATES = {state.value: state for state in State}
_OUTCOMES = {outcome.value: outcome for outcome in NewcomerOutcome}
_TERM_STATES = {state.value: state for state in TermState}


@dataclass(frozen=True, slots=True)
class Standing:
    """An obligation with whose it is, and the contracts of that person."""

    person_id: PersonId
    kept: Obligation
    episodes: tuple[Episode, ...]

    def episode_of(self, kept: Obligation) -> Episode | None:
        """The contracts that it rests on, as it stands now."""
        return episode_of(self.episodes, kept.contract_id)


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[Obligation]]:
    """Every obligation of each person, also those that ended, oldest first."""
    found: dict[PersonId, list[Obligation]] = {person: [] for person in people}
    for row in await uow.all(_OF_PEOPLE, {"people": people}):
        found[PersonId(row[0])].append(read(row[1:]))
    return found


async def by_id(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Standing]:
    """Obligations by their id, with the contracts around them."""
    rows = await uow.all(_BY_ID, {"ids": ids}) if ids else []
    return {row.obligation_id: Standing(PersonId(row.person_id), read(row[2:]), episodes.read(row.contracts)) for row in rows}


async def save(uow: UnitOfWork, changed: Sequence[tuple[PersonId, Obligation]]) -> None:
    """Keep these as they are now, and the version that led here."""
    if not changed:
        return
    rows = [_row(person, kept) for person, kept in changed]
    uow.later(_SAVE, {"rows": rows})


def _row(person: PersonId, kept: Obligation) -> dict[str, object]:
    return {
        "obligation_id": kept.obligation_id,
        "person_id": person,
        "contract_id": kept.contract_id,
        "organisation": kept.organisation,
        "reference": kept.reference,
        "agency": kept.agency,
        "state": kept.state,
        "outcome": kept.outcome,
        "rule": kept.rule,
        "rule_set": kept.rule_set,
        "reasons": kept.reasons,
        "anchor_on": kept.anchor_on,
        "effective_on": kept.effective_on,
        "received_on": kept.received_on,
        "terms": [_term_row(term) for term in kept.terms],
        "flags": kept.flags,
        "feed": {"outcome": kept.feed.outcome, "rule": kept.feed.rule, "reasons": kept.feed.reasons} if kept.feed else None,
        "answer": _answer_row(kept.answer) if kept.answer else None,
        "terms_from": kept.terms_from,
        "moved_on": kept.moved_on,
        "reminded": kept.reminded,
        "released_on": kept.released_on,
        "overdue_waits": kept.overdue_waits,
        "registered_on": kept.registered_on,
        "registration_id": kept.registration_id,
        "gave_way_to": kept.gave_way_to,
        "version": kept.version,
    }


def _answer_row(answer: Held) -> dict[str, object]:
    return {"forAPerson": answer.for_a_person, "rule": answer.rule, "reasons": answer.reasons, "waits": answer.waits}


def _term_row(term: KeptTerm) -> dict[str, object]:
    return {
        "ruleId": term.rule_id,
        "dueOn": term.due_on,
        "statutory": term.statutory,
        "state": term.state,
        "overdueSince": term.overdue_since,
    }


def read(values: Sequence[Any]) -> Obligation:
    """The obligation of its columns, as the statements of this module and of `store/people.py` name them."""
    obligation_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons = values[:10]
    anchor_on, effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded = values[10:20]
    released_on, overdue_waits, registered_on, registration_id, gave_way_to, version = values[20:]
    return Obligation(
        obligation_id,
        contract_id,
        organisation,
        reference,
        agency,
        _STATES[state],
        _OUTCOMES[outcome],
        rule,
        rule_set,
        tuple(reasons),
        anchor_on,
        effective_on,
        received_on,
        tuple([_term(term) for term in terms]),
        tuple([Flag(flag) for flag in flags]),
        FeedSaid(feed["outcome"], feed["rule"], tuple(feed["reasons"])) if feed else None,
        _answer(answer) if answer else None,
        terms_from,
        moved_on,
        tuple(reminded),
        released_on,
        overdue_waits,
        registered_on,
        registration_id,
        gave_way_to,
        version,
    )


def _answer(answer: Mapping[str, Any]) -> Held:
    return Held(answer["forAPerson"], answer["rule"], tuple(answer["reasons"]), answer["waits"])


def _term(term: Mapping[str, Any]) -> KeptTerm:
    since = datetime.fromisoformat(term["overdueSince"]) if term["overdueSince"] else None
    return KeptTerm(term["ruleId"], date.fromisoformat(term["dueOn"]), term["statutory"], _TERM_STATES[term["state"]], since)
