"""Newcomers' cases as their feed last announced them."""

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
from contracts.codes import Flag, NewcomerOutcome
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.registration.domain.cases import Period
from services.registration.store.columns import arrays, joined
from services.registration.store.tables import newcomer_case

_OPEN = select(newcomer_case).where(whose(newcomer_case) == any_(bindparam("people", type_=ARRAY(SQL_UUID))), ~newcomer_case.c.closed)
_BY_ID = select(newcomer_case).where(
    newcomer_case.c.case_id == any_(bindparam("cases", type_=ARRAY(SQL_UUID))), newcomer_case.c.person.is_not(None)
)
_ANCHORS = select(newcomer_case.c.case_id, newcomer_case.c.anchor_on).where(
    newcomer_case.c.case_id == any_(bindparam("cases", type_=ARRAY(SQL_UUID)))
)
_WAITING = text("""
    SELECT case_id, coalesce(merged_into, person_id) AS person_id FROM newcomer_case
    WHERE waits_for = :source AND NOT closed ORDER BY case_id
""")
_COLUMNS = (
    "case_id", "person_id", "contract_id", "agency", "outcome_of_feed", "rule_of_feed", "reasons_of_feed", "anchor_on", "flags",
    "study_starts_on", "study_ends_on", "person_key", "person_box", "decision_key", "decision_box", "feed_version",
)  # fmt: skip
# What was announced, and what else these people have open; what was announced is not sent back.
_ANNOUNCE = text("""
    WITH announced AS (
        INSERT INTO newcomer_case AS c (case_id, person_id, contract_id, agency, outcome_of_feed, rule_of_feed, reasons_of_feed, anchor_on,
                                        flags, study_starts_on, study_ends_on, person, feed_decision, feed_version)
        SELECT case_id, person_id, contract_id, agency, outcome_of_feed, rule_of_feed, string_to_array(reasons_of_feed, ','), anchor_on,
               string_to_array(flags, ','), study_starts_on, study_ends_on, jsonb_build_object('key', person_key, 'box', person_box),
               jsonb_build_object('key', decision_key, 'box', decision_box), feed_version
        FROM unnest(
            CAST(:said_case_id AS uuid[]), CAST(:said_person_id AS uuid[]), CAST(:said_contract_id AS uuid[]), CAST(:said_agency AS text[]),
            CAST(:said_outcome_of_feed AS text[]), CAST(:said_rule_of_feed AS text[]), CAST(:said_reasons_of_feed AS text[]),
            CAST(:said_anchor_on AS date[]), CAST(:said_flags AS text[]), CAST(:said_study_starts_on AS date[]),
            CAST(:said_study_ends_on AS date[]), CAST(:said_person_key AS text[]), CAST(:said_person_box AS text[]),
            CAST(:said_decision_key AS text[]), CAST(:said_decision_box AS text[]), CAST(:said_feed_version AS integer[])
        ) AS t (case_id, person_id, contract_id, agency, outcome_of_feed, rule_of_feed, reasons_of_feed, anchor_on, flags, study_starts_on,
                study_ends_on, person_key, person_box, decision_key, decision_box, feed_version)
        ON CONFLICT (case_id) DO UPDATE SET
            agency = excluded.agency, contract_id = excluded.contract_id, outcome_of_feed = excluded.outcome_of_feed,
            rule_of_feed = excluded.rule_of_feed, reasons_of_feed = excluded.reasons_of_feed, anchor_on = excluded.anchor_on,
            flags = excluded.flags, study_starts_on = excluded.study_starts_on, study_ends_on = excluded.study_ends_on,
            person = excluded.person, feed_decision = excluded.feed_decision, feed_version = excluded.feed_version
        WHERE c.feed_version < excluded.feed_version
        RETURNING c.case_id, c.person_id, c.merged_into, c.closed, c.waits_for
    )
    SELECT true AS as_announced, case_id, person_id, merged_into, closed, waits_for, NULL AS contract_id, NULL AS agency,
           NULL AS outcome_of_feed, NULL AS rule_of_feed, NULL AS reasons_of_feed, NULL AS anchor_on, NULL AS flags,
           NULL AS study_starts_on, NULL AS study_ends_on, NULL AS person, NULL AS feed_decision, NULL AS feed_version
    FROM announced
    UNION ALL
    SELECT false, case_id, person_id, merged_into, closed, waits_for, contract_id, agency, outcome_of_feed, rule_of_feed, reasons_of_feed,
           anchor_on, flags, study_starts_on, study_ends_on, person, feed_decision, feed_version
    FROM newcomer_case
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:said_person_id AS uuid[])) AND NOT closed
          AND case_id NOT IN (SELECT case_id FROM announced)
""")
# A closing passes parked records, so it may come before what it closes: that must then not open again.
_CLOSE = text("""
    INSERT INTO newcomer_case AS c (case_id, person_id, feed_version, closed)
    SELECT * , true FROM unnest(CAST(:cases AS uuid[]), CAST(:people AS uuid[]), CAST(:versions AS integer[]))
    ON CONFLICT (case_id) DO UPDATE SET closed = true, waits_for = NULL, feed_version = greatest(c.feed_version, excluded.feed_version)
""")
_WAIT = text("""
    UPDATE newcomer_case AS c SET waits_for = t.source
    FROM unnest(CAST(:cases AS uuid[]), CAST(:sources AS text[])) AS t (case_id, source)
    WHERE c.case_id = t.case_id AND c.waits_for IS DISTINCT FROM t.source
""")


@dataclass(frozen=True, slots=True)
class AnnouncedCase:
    """One obligation as registration keeps it; `person` and `feed_decision` are sealed."""

    case_id: UUID
    person_id: PersonId
    contract_id: UUID
    agency: str
    outcome_of_feed: NewcomerOutcome
    rule_of_feed: str
    reasons_of_feed: tuple[str, ...]
    anchor_on: date
    flags: tuple[Flag, ...]
    study: Period | None
    person: Sealed[PersonFacts]
    feed_decision: Sealed[Any]
    feed_version: int
    waits_for: str | None = None

    @property
    def period(self) -> str:
        """What the one confirmation is unique for: the contract."""
        return str(self.contract_id)


async def open_cases(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[AnnouncedCase]:
    """The cases of these people that still want an answer or follow one."""
    return [_read(row) for row in await uow.all(_OPEN, {"people": people})]


async def by_id(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, AnnouncedCase]:
    """These cases as they were announced, also those that were closed; one that nothing but its end is known of is left out."""
    return {row.case_id: _read(row) for row in await uow.all(_BY_ID, {"cases": cases})}


async def waiting_for(uow: UnitOfWork, source: str) -> Mapping[UUID, PersonId]:
    """Cases that wait for a source to speak."""
    return {row.case_id: PersonId(row.person_id) for row in await uow.all(_WAITING, {"source": source})}


async def anchors(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, date | None]:
    """From which day the terms of each case run, where the feed said so; cases of other feeds are left out."""
    return {row.case_id: row.anchor_on for row in await uow.all(_ANCHORS, {"cases": cases})}


async def announce(uow: UnitOfWork, announced: Sequence[AnnouncedCase]) -> Sequence[AnnouncedCase]:
    """Keep what the feed announced; an older version than the one known changes nothing. All cases of these people that are open then."""
    said, people = {case.case_id: case for case in announced}, {case.person_id for case in announced}
    found = []
    for row in await uow.all(_ANNOUNCE, arrays("said", _COLUMNS, map(_row, announced))):
        if not row.as_announced:
            found.append(_read(row))
        elif not row.closed and (whose := PersonId(row.merged_into or row.person_id)) in people:
            case = said[row.case_id]
            found.append(
                case if (whose, row.waits_for) == (case.person_id, None) else replace(case, person_id=whose, waits_for=row.waits_for)
            )
    return found


async def close(uow: UnitOfWork, cases: Mapping[UUID, tuple[PersonId, int]]) -> None:
    """The feed closed these, whose they are and with which version; nothing more is decided about them."""
    params = {
        "cases": list(cases),
        "people": [person for person, _ in cases.values()],
        "versions": [version for _, version in cases.values()],
    }
    await uow.execute(_CLOSE, params)


async def wait(uow: UnitOfWork, sources: Mapping[UUID, str | None]) -> None:
    """Note what each case waits for, or that it no longer waits."""
    if sources:
        await uow.execute(_WAIT, {"cases": list(sources), "sources": list(sources.values())})


def _row(case: AnnouncedCase) -> tuple[object, ...]:
    study = case.study
    return (
        case.case_id,
        case.person_id,
        case.contract_id,
        case.agency,
        case.outcome_of_feed,
        case.rule_of_feed,
        joined(case.reasons_of_feed),
        case.anchor_on,
        joined(case.flags),
        study.starts_on if study else None,
        study.ends_on if study else None,
        case.person.key_ref,
        case.person.box,
        case.feed_decision.key_ref,
        case.feed_decision.box,
        case.feed_version,
    )


def _read(row: Row) -> AnnouncedCase:
    return AnnouncedCase(
        row.case_id,
        PersonId(row.merged_into or row.person_id),
        row.contract_id,
        row.agency,
        NewcomerOutcome(row.outcome_of_feed),
        row.rule_of_feed,
        tuple(row.reasons_of_feed),
        row.anchor_on,
        tuple(Flag(flag) for flag in row.flags),
        Period(row.study_starts_on, row.study_ends_on) if row.study_starts_on else None,
        Sealed.from_wire(row.person),
        Sealed.from_wire(row.feed_decision),
        row.feed_version,
        row.waits_for,
    )
