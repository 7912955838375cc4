"""The cases of school leavers with every decision about them: read by person, written once a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import LeaverOutcome
from contracts.identifiers import PersonId
from services.education_feed.domain.cases import CaseDecision, Fact, Kept
from services.education_feed.store.sources import Waiting

_OF_PEOPLE = text("""
    SELECT *, coalesce(merged_into, person_id) AS whose FROM leave_case
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND absorbed_by IS NULL
""")
_SAVE = text("""
    INSERT INTO leave_case (case_id, person_id, school_year, version, announced, outcome, rule, rule_set, reasons, flags, left_on,
                            window_ends_at, asked_at, complete_at, effective_on, next_check_at, waits_for, known_at)
    SELECT case_id, person_id, school_year, version, announced, outcome, rule, rule_set, reasons, flags, left_on,
           window_ends_at, asked_at, complete_at, effective_on, next_check_at, waits_for, known_at
    FROM jsonb_populate_recordset(NULL::leave_case, :rows)
    ON CONFLICT (case_id) DO UPDATE SET
        version = excluded.version, announced = excluded.announced, outcome = excluded.outcome, rule = excluded.rule,
        rule_set = excluded.rule_set, reasons = excluded.reasons, flags = excluded.flags, left_on = excluded.left_on,
        window_ends_at = excluded.window_ends_at, asked_at = excluded.asked_at, complete_at = excluded.complete_at,
        effective_on = excluded.effective_on, next_check_at = excluded.next_check_at, waits_for = excluded.waits_for,
        known_at = excluded.known_at, recorded_at = clock_timestamp()
""").bindparams(bindparam("rows", type_=JSONB))
_EXPLAIN = text("""
    INSERT INTO decision (case_id, version, outcome, rule, rule_set, reasons, flags, facts, left_on, window_ends_at, effective_on,
                          next_check_at)
    SELECT case_id, version, outcome, rule, rule_set, reasons, flags, facts, left_on, window_ends_at, effective_on, next_check_at
    FROM jsonb_populate_recordset(NULL::decision, :rows)
""").bindparams(bindparam("rows", type_=JSONB))
_DECISIONS = text("""
    SELECT d.*, c.school_year FROM decision AS d JOIN leave_case AS c USING (case_id)
    WHERE coalesce(c.merged_into, c.person_id) = :person ORDER BY d.number
""")
_WAITING_FOR_AGE = text("""
    SELECT case_id, coalesce(merged_into, person_id) AS person_id FROM leave_case
    WHERE outcome = 'waitingForAge' AND absorbed_by IS NULL
""")
# The case that registration was told of goes on, else the one of the older leave; its number tells which was made first.
_ABSORB = text("""
    WITH ranked AS (
        SELECT case_id, first_value(case_id) OVER (
            PARTITION BY coalesce(merged_into, person_id), school_year ORDER BY announced DESC, left_on NULLS LAST, case_id) AS first
        FROM leave_case WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND absorbed_by IS NULL
    )
    UPDATE leave_case AS c SET absorbed_by = ranked.first, version = c.version + 1, next_check_at = NULL, waits_for = '{}'
    FROM ranked WHERE c.case_id = ranked.case_id AND ranked.first <> c.case_id
    RETURNING c.case_id, coalesce(c.merged_into, c.person_id) AS person_id, c.school_year, c.version, c.announced, c.rule_set,
              c.effective_on
""")

# A birth date in another form: these travel sealed to registration, and are not kept in the open here.
_BIRTH_DATES = frozenset({"turns18On", "compulsoryEducationEndsOn"})


@dataclass(frozen=True, slots=True)
class Double:
    """A case that stopped being one, because its person has another for that school year."""

    case_id: UUID
    person_id: PersonId
    school_year: int
    version: int
    announced: bool
    rule_set: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class Case:
    """One person's one school year, as it stands; `version` is that of the last event about it."""

    case_id: UUID
    version: int
    kept: Kept


@dataclass(frozen=True, slots=True)
class Change:
    """A case that is written: `explained` when the decision is a new one and goes into the history."""

    person_id: PersonId
    case_id: UUID
    version: int
    announced: bool
    decision: CaseDecision
    explained: bool


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, Mapping[int, Case]]:
    """Each person's cases by school year."""
    found: dict[PersonId, dict[int, Case]] = {person: {} for person in people}
    for row in await uow.all(_OF_PEOPLE, {"people": list(people)}):
        found[PersonId(row.whose)][row.school_year] = _read(row)
    return found


async def save(uow: UnitOfWork, changes: Sequence[Change]) -> None:
    """Keep these cases as they are now, with the new decisions."""
    if not changes:
        return
    await uow.execute(_SAVE, {"rows": [_row(change, uow.now) for change in changes]})
    if explained := [_explanation(change) for change in changes if change.explained]:
        await uow.execute(_EXPLAIN, {"rows": explained})


async def absorb_doubles(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Double]:
    """End every case but one of each person's school year; those that ended."""
    rows = await uow.all(_ABSORB, {"people": list(people)})
    return [Double(**row.mapping) for row in rows]


async def decisions_on(uow: UnitOfWork, person: PersonId) -> Sequence[Row]:
    """Every decision about a person's leaves, oldest first."""
    return await uow.all(_DECISIONS, {"person": person})


async def waiting_for_age(uow: UnitOfWork) -> Sequence[Waiting]:
    """Who waits for an 18th birthday."""
    return [Waiting(row.case_id, PersonId(row.person_id)) for row in await uow.all(_WAITING_FOR_AGE)]


def _read(row: Row) -> Case:
    kept = Kept(
        school_year=row.school_year,
        outcome=LeaverOutcome(row.outcome),
        rule=row.rule,
        reasons=tuple(row.reasons),
        left_on=row.left_on,
        effective_on=row.effective_on,
        complete_at=row.complete_at,
        asked_at=row.asked_at,
        known_at=row.known_at,
        announced=row.announced,
        next_check_at=row.next_check_at,
        waits_for=tuple(row.waits_for),
    )
    return Case(row.case_id, row.version, kept)


def _row(change: Change, known_at: datetime) -> dict[str, object]:
    decision = change.decision
    return {
        **_decided(change),
        "person_id": change.person_id,
        "school_year": decision.school_year,
        "announced": change.announced,
        "asked_at": decision.asked_at,
        "complete_at": decision.complete_at,
        "waits_for": decision.waits_for,
        "known_at": known_at,
    }


def _explanation(change: Change) -> dict[str, object]:
    return {**_decided(change), "facts": [_fact(fact) for fact in change.decision.facts if fact.name not in _BIRTH_DATES]}


def _decided(change: Change) -> dict[str, object]:
    decision = change.decision
    return {
        "case_id": change.case_id,
        "version": change.version,
        "outcome": decision.outcome,
        "rule": decision.rule,
        "rule_set": decision.rule_set,
        "reasons": decision.reasons,
        "flags": decision.flags,
        "left_on": decision.left_on,
        "window_ends_at": decision.window_ends_at,
        "effective_on": decision.effective_on,
        "next_check_at": decision.next_check_at,
    }


def _fact(fact: Fact) -> dict[str, object]:
    known = {"knownOn": fact.known_on} if fact.known_on else {}
    return {"name": fact.name, "value": fact.value, "source": fact.source, **known}
