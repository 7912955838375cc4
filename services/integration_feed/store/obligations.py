"""Obligations: read by person or id, written with the version that explains each change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Flag, NewcomerOutcome, TermState
from contracts.identifiers import PersonId
from services.integration_feed.domain.obligations import FeedSaid, Held, KeptTerm, Obligation, State
from services.integration_feed.store.tables import obligation

_OF_PEOPLE = (
    select(obligation, whose(obligation).label("whose"))
    .where(whose(obligation) == any_(bindparam("people", type_=ARRAY(SQL_UUID))))
    .order_by(obligation.c.obligation_id)  # UUIDv7: by the moment it was made
)
_BY_ID = select(obligation, whose(obligation).label("whose")).where(
    obligation.c.obligation_id == any_(bindparam("ids", type_=ARRAY(SQL_UUID)))
)
_SAVE = text("""
    INSERT INTO obligation (obligation_id, person_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons,
                            anchor_on, effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded, released_on,
                            overdue_waits, registered_on, registration_id, gave_way_to, version)
    SELECT obligation_id, person_id, contract_id, organisation, reference, agency, state, outcome, rule, rule_set, reasons,
           anchor_on, effective_on, received_on, terms, flags, feed, answer, terms_from, moved_on, reminded, released_on, overdue_waits,
           registered_on, registration_id, gave_way_to, version
    FROM jsonb_populate_recordset(NULL::obligation, :rows)
    ON CONFLICT (obligation_id) DO UPDATE SET
        contract_id = excluded.contract_id, organisation = excluded.organisation, reference = excluded.reference, agency = excluded.agency,
        state = excluded.state, outcome = excluded.outcome, rule = excluded.rule, rule_set = excluded.rule_set, reasons = excluded.reasons,
        anchor_on = excluded.anchor_on, effective_on = excluded.effective_on, received_on = excluded.received_on, terms = excluded.terms,
        flags = excluded.flags, feed = excluded.feed, answer = excluded.answer, terms_from = excluded.terms_from,
        moved_on = excluded.moved_on, reminded = excluded.reminded, released_on = excluded.released_on,
        overdue_waits = excluded.overdue_waits, registered_on = excluded.registered_on, registration_id = excluded.registration_id,
        gave_way_to = excluded.gave_way_to, version = excluded.version,
        recorded_at = clock_timestamp()
""").bindparams(bindparam("rows", type_=JSONB))
_EXPLAIN = text("""
    INSERT INTO obligation_version (obligation_id, version, state, outcome, rule, rule_set, reasons, effective_on)
    SELECT obligation_id, version, state, outcome, rule, rule_set, reasons, effective_on
    FROM jsonb_populate_recordset(NULL::obligation_version, :rows)
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("rows", type_=JSONB))


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, Sequence[Obligation]]:
    """Every obligation of each person, also those that ended, oldest first."""
    found: dict[PersonId, list[Obligation]] = {person: [] for person in people}
    for row in await uow.all(_OF_PEOPLE, {"people": people}):
        found[PersonId(row.whose)].append(_read(row))
    return found


async def by_id(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, tuple[PersonId, Obligation]]:
    """Obligations by their id, with whose they are."""
    return {row.obligation_id: (PersonId(row.whose), _read(row)) for row in await uow.all(_BY_ID, {"ids": ids})}


async def save(uow: UnitOfWork, changed: Sequence[tuple[PersonId, Obligation]]) -> None:
    """Keep these as they are now, and the version that led here."""
    if not changed:
        return
    rows = [_row(person, kept) for person, kept in changed]
    await uow.execute(_SAVE, {"rows": rows})
    await uow.execute(_EXPLAIN, {"rows": rows})


def _row(person: PersonId, kept: Obligation) -> dict[str, object]:
    return {
        "obligation_id": str(kept.obligation_id),
        "person_id": str(person),
        "contract_id": str(kept.contract_id),
        "organisation": kept.organisation,
        "reference": kept.reference,
        "agency": kept.agency,
        "state": kept.state,
        "outcome": kept.outcome,
        "rule": kept.rule,
        "rule_set": kept.rule_set,
        "reasons": list(kept.reasons),
        "anchor_on": _day(kept.anchor_on),
        "effective_on": _day(kept.effective_on),
        "received_on": _day(kept.received_on),
        "terms": [_term_row(term) for term in kept.terms],
        "flags": list(kept.flags),
        "feed": {"outcome": kept.feed.outcome, "rule": kept.feed.rule, "reasons": list(kept.feed.reasons)} if kept.feed else None,
        "answer": _answer_row(kept.answer) if kept.answer else None,
        "terms_from": _day(kept.terms_from),
        "moved_on": _day(kept.moved_on),
        "reminded": list(kept.reminded),
        "released_on": _day(kept.released_on),
        "overdue_waits": kept.overdue_waits,
        "registered_on": _day(kept.registered_on),
        "registration_id": str(kept.registration_id) if kept.registration_id else None,
        "gave_way_to": str(kept.gave_way_to) if kept.gave_way_to else None,
        "version": kept.version,
    }


def _answer_row(answer: Held) -> dict[str, object]:
    return {"forAPerson": answer.for_a_person, "rule": answer.rule, "reasons": list(answer.reasons), "waits": answer.waits}


def _term_row(term: KeptTerm) -> dict[str, object]:
    since = term.overdue_since.isoformat() if term.overdue_since else None
    return {
        "ruleId": term.rule_id,
        "dueOn": term.due_on.isoformat(),
        "statutory": term.statutory,
        "state": term.state,
        "overdueSince": since,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read(row: Row) -> Obligation:
    return Obligation(
        obligation_id=row.obligation_id,
        contract_id=row.contract_id,
        organisation=row.organisation,
        reference=row.reference,
        agency=row.agency,
        state=State(row.state),
        outcome=NewcomerOutcome(row.outcome),
        rule=row.rule,
        rule_set=row.rule_set,
        reasons=tuple(row.reasons),
        anchor_on=row.anchor_on,
        effective_on=row.effective_on,
        received_on=row.received_on,
        terms=tuple(_term(term) for term in row.terms),
        flags=tuple(Flag(flag) for flag in row.flags),
        feed=FeedSaid(row.feed["outcome"], row.feed["rule"], tuple(row.feed["reasons"])) if row.feed else None,
        answer=_answer(row.answer) if row.answer else None,
        terms_from=row.terms_from,
        moved_on=row.moved_on,
        reminded=tuple(row.reminded),
        released_on=row.released_on,
        overdue_waits=row.overdue_waits,
        registered_on=row.registered_on,
        registration_id=row.registration_id,
        gave_way_to=row.gave_way_to,
        version=row.version,
    )


def _answer(answer: Mapping[str, Any]) -> Held:
    return Held(answer["forAPerson"], answer["rule"], tuple(answer["reasons"]), answer["waits"])


def _term(term: Mapping[str, Any]) -> KeptTerm:
    since = datetime.fromisoformat(term["overdueSince"]) if term["overdueSince"] else None
    return KeptTerm(term["ruleId"], date.fromisoformat(term["dueOn"]), term["statutory"], TermState(term["state"]), since)
