"""School leavers' cases as their feed last announced them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.clock import local_date
from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Flag, LeaverOutcome
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.registration.store.tables import leaver_case

_PEOPLE, _CASES = bindparam("people", type_=ARRAY(SQL_UUID)), bindparam("cases", type_=ARRAY(SQL_UUID))
_OPEN = select(leaver_case).where(whose(leaver_case) == any_(_PEOPLE), ~leaver_case.c.retracted)
_BY_ID = select(leaver_case).where(leaver_case.c.case_id == any_(_CASES), leaver_case.c.left_on.is_not(None))
_RECEIVED = select(leaver_case.c.case_id, leaver_case.c.received_on).where(leaver_case.c.case_id == any_(_CASES))
_WAITING = text("""
    SELECT case_id, coalesce(merged_into, person_id) AS person_id FROM leaver_case
    WHERE waits_for = :source AND NOT retracted ORDER BY case_id
""")
_SAVE = text("""
    INSERT INTO leaver_case AS c (case_id, person_id, school_year, left_on, complete_at, outcome_of_feed, rule_of_feed, reasons_of_feed,
                                  flags, person, feed_decision, feed_version, retracted, received_on)
    SELECT case_id, person_id, school_year, left_on, complete_at, outcome_of_feed, rule_of_feed, reasons_of_feed, flags, person,
           feed_decision, feed_version, false, received_on
    FROM jsonb_populate_recordset(NULL::leaver_case, :rows)
    ON CONFLICT (case_id) DO UPDATE SET
        left_on = excluded.left_on, complete_at = excluded.complete_at, outcome_of_feed = excluded.outcome_of_feed,
        rule_of_feed = excluded.rule_of_feed, reasons_of_feed = excluded.reasons_of_feed, flags = excluded.flags,
        person = excluded.person, feed_decision = excluded.feed_decision, feed_version = excluded.feed_version, retracted = false,
        received_on = coalesce(c.received_on, excluded.received_on)
    WHERE c.feed_version < excluded.feed_version
    RETURNING c.case_id
""").bindparams(bindparam("rows", type_=JSONB))
# A retraction passes parked records, so it may come before what it retracts: that must then not open again.
_RETRACT = text("""
    INSERT INTO leaver_case AS c (case_id, person_id, school_year, feed_version, retracted)
    SELECT *, true
    FROM unnest(CAST(:cases AS uuid[]), CAST(:people AS uuid[]), CAST(:years AS integer[]), CAST(:versions AS integer[]))
    ON CONFLICT (case_id) DO UPDATE SET retracted = true, waits_for = NULL, feed_version = excluded.feed_version
    WHERE c.feed_version < excluded.feed_version
    RETURNING c.case_id
""")
_WAIT = text("""
    UPDATE leaver_case AS c SET waits_for = t.source, due_on = t.due_on
    FROM unnest(CAST(:cases AS uuid[]), CAST(:sources AS text[]), CAST(:days AS date[])) AS t (case_id, source, due_on)
    WHERE c.case_id = t.case_id AND (c.waits_for, c.due_on) IS DISTINCT FROM (t.source, t.due_on)
""")


@dataclass(frozen=True, slots=True)
class AnnouncedLeave:
    """One leave as registration keeps it; `person` and `feed_decision` are sealed."""

    case_id: UUID
    person_id: PersonId
    school_year: int
    left_on: date
    complete_at: datetime
    outcome_of_feed: LeaverOutcome
    rule_of_feed: str
    reasons_of_feed: tuple[str, ...]
    flags: tuple[Flag, ...]
    person: Sealed[PersonFacts]
    feed_decision: Sealed[Any]
    feed_version: int
    retracted: bool = False
    waits_for: str | None = None
    due_on: date | None = None

    @property
    def contract_id(self) -> UUID | None:
        """A leaver has no contract."""
        return None

    @property
    def period(self) -> str:
        """What the one confirmation is unique for: the school year, such as 2025-2026."""
        return f"{self.school_year}-{self.school_year + 1}"


async def open_cases(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[AnnouncedLeave]:
    """The leaves of these people that still want an answer or follow one."""
    return [_read(row) for row in await uow.all(_OPEN, {"people": people})]


async def by_id(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, AnnouncedLeave]:
    """These leaves as they were last announced, also when they were retracted since."""
    return {row.case_id: _read(row) for row in await uow.all(_BY_ID, {"cases": cases})}


async def waiting_for(uow: UnitOfWork, source: str) -> Mapping[UUID, PersonId]:
    """Cases that wait for a source to speak."""
    return {row.case_id: PersonId(row.person_id) for row in await uow.all(_WAITING, {"source": source})}


async def save(uow: UnitOfWork, announced: Sequence[AnnouncedLeave]) -> frozenset[UUID]:
    """Keep what the feed announced; the cases that this changed: an older version than the one known changes nothing."""
    if not announced:
        return frozenset()
    received = {"received_on": local_date(uow.now).isoformat()}
    rows = [_row(case) | received for case in announced]
    return frozenset(UUID(str(row.case_id)) for row in await uow.all(_SAVE, {"rows": rows}))


async def received_on(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, date]:
    """The day on which registration first heard of each of these."""
    return {row.case_id: row.received_on for row in await uow.all(_RECEIVED, {"cases": cases})} if cases else {}


async def retract(uow: UnitOfWork, cases: Mapping[UUID, tuple[PersonId, int, int]]) -> frozenset[UUID]:
    """The feed took these back: whose they are, of which school year, in which version; the cases that this changed."""
    params = {
        "cases": list(cases),
        "people": [person for person, _, _ in cases.values()],
        "years": [year for _, year, _ in cases.values()],
        "versions": [version for _, _, version in cases.values()],
    }
    return frozenset(UUID(str(row.case_id)) for row in await uow.all(_RETRACT, params))


async def wait(uow: UnitOfWork, sources: Mapping[UUID, tuple[str | None, date]]) -> None:
    """Note what each case waits for and the day that was asked about, or that it no longer waits."""
    if sources:
        params = {
            "cases": list(sources),
            "sources": [source for source, _ in sources.values()],
            "days": [day for _, day in sources.values()],
        }
        await uow.execute(_WAIT, params)


def _row(case: AnnouncedLeave) -> dict[str, object]:
    return {
        "case_id": str(case.case_id),
        "person_id": str(case.person_id),
        "school_year": case.school_year,
        "left_on": case.left_on.isoformat(),
        "complete_at": case.complete_at.isoformat(),
        "outcome_of_feed": case.outcome_of_feed,
        "rule_of_feed": case.rule_of_feed,
        "reasons_of_feed": list(case.reasons_of_feed),
        "flags": list(case.flags),
        "person": case.person.wire,
        "feed_decision": case.feed_decision.wire,
        "feed_version": case.feed_version,
    }


def _read(row: Row) -> AnnouncedLeave:
    return AnnouncedLeave(
        row.case_id,
        PersonId(row.merged_into or row.person_id),
        row.school_year,
        row.left_on,
        row.complete_at,
        LeaverOutcome(row.outcome_of_feed),
        row.rule_of_feed,
        tuple(row.reasons_of_feed),
        tuple(Flag(flag) for flag in row.flags),
        Sealed.from_wire(row.person),
        Sealed.from_wire(row.feed_decision),
        row.feed_version,
        row.retracted,
        row.waits_for,
        row.due_on,
    )
