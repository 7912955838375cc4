"""Registrations and the decisions behind them: one statement per batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.clock import local_date
from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Category, Cause, Origin, RegistrationState
from contracts.identifiers import PersonId
from services.registration.domain.cases import KnownJobseeker
from services.registration.domain.insertion import Insertion
from services.registration.store.tables import decision, jobseeker, registration

# States in which a registration made by the hub still stands: a person has one of these at a time.
STANDING = (RegistrationState.REGISTERED, RegistrationState.REVISED, RegistrationState.CONTESTED)

_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))
_JOBSEEKERS = (
    select(jobseeker, whose(jobseeker).label("whose"))
    .where(whose(jobseeker) == any_(_PEOPLE), ~jobseeker.c.deleted)
    .order_by(jobseeker.c.registered_at)
)
_STANDING = select(registration).where(whose(registration) == any_(_PEOPLE), registration.c.state == any_(array(STANDING)))
_LEAVES = select(registration).where(
    whose(registration) == any_(_PEOPLE), registration.c.cause == Cause.LEAVER, registration.c.gave_way_to.is_(None)
)
_BY_CASE = select(registration).where(registration.c.case_id == any_(bindparam("cases", type_=ARRAY(SQL_UUID))))
_BY_IDS = select(registration).where(registration.c.registration_id == any_(bindparam("ids", type_=ARRAY(SQL_UUID))))
_BY_ID = select(registration).where(registration.c.registration_id == bindparam("id"))
_OF_PEOPLE = select(registration).where(whose(registration) == any_(_PEOPLE)).order_by(registration.c.recorded_at)
_DECISIONS = select(decision).where(whose(decision) == any_(_PEOPLE)).order_by(decision.c.recorded_at, decision.c.version)
_DECISIONS_OF = select(decision).where(decision.c.case_id == bindparam("case")).order_by(decision.c.version)
_SAVE = text("""
    INSERT INTO registration (registration_id, case_id, person_id, contract_id, school_year, cause, state, outcome, rule, rule_set, reasons,
                              category, origin, region, effective_on, recorded_at, ended_on, insertion_starts_on, insertion_days_lost,
                              gave_way_to, version)
    SELECT registration_id, case_id, person_id, contract_id, school_year, cause, state, outcome, rule, rule_set, reasons, category, origin,
           region, effective_on, recorded_at, ended_on, insertion_starts_on, insertion_days_lost, gave_way_to, version
    FROM jsonb_populate_recordset(NULL::registration, :rows)
    ON CONFLICT (registration_id) DO UPDATE SET
        state = excluded.state, outcome = excluded.outcome, rule = excluded.rule, rule_set = excluded.rule_set,
        reasons = excluded.reasons, category = excluded.category, region = excluded.region, effective_on = excluded.effective_on,
        recorded_at = excluded.recorded_at, ended_on = excluded.ended_on, insertion_starts_on = excluded.insertion_starts_on,
        insertion_days_lost = excluded.insertion_days_lost, gave_way_to = excluded.gave_way_to, version = excluded.version
""").bindparams(bindparam("rows", type_=JSONB))
_LOG = text("""
    INSERT INTO decision (case_id, version, person_id, registration_id, cause, state, outcome, rule, rule_set, reasons, flags, effective_on,
                          recorded_at, known_at, category, region, ended_on)
    SELECT case_id, version, person_id, registration_id, cause, state, outcome, rule, rule_set, reasons, flags, effective_on, recorded_at,
           :now, category, region, ended_on
    FROM jsonb_populate_recordset(NULL::decision, :rows)
""").bindparams(bindparam("rows", type_=JSONB), bindparam("now", type_=DateTime(timezone=True)))


@dataclass(frozen=True, slots=True)
class Registration:
    """What the hub made of one case; only in state `registered` is it a registration as a jobseeker."""

    registration_id: UUID
    case_id: UUID
    person_id: PersonId
    contract_id: UUID | None
    cause: Cause
    state: RegistrationState
    outcome: str
    rule: str
    rule_set: str
    reasons: tuple[str, ...]
    category: Category | None
    origin: Origin
    region: str | None
    effective_on: date
    recorded_at: datetime
    ended_on: date | None
    version: int
    school_year: int | None = None  # of a leaver
    insertion: Insertion | None = None  # of a leaver who is registered
    gave_way_to: UUID | None = None  # the registration of the same person that goes on, since a merge


async def known_jobseekers(uow: UnitOfWork, people: Sequence[PersonId], on: date) -> Mapping[PersonId, KnownJobseeker]:
    """The registration of each person that stands on that day: in VDAB's own register, else one the hub made."""
    found: dict[PersonId, KnownJobseeker] = {}
    for row in await uow.all(_STANDING, {"people": people}):
        person = PersonId(row.merged_into or row.person_id)
        found[person] = KnownJobseeker(row.registration_id, Category(row.category), Origin.HUB, row.effective_on, row.ended_on)
    for row in await uow.all(_JOBSEEKERS, {"people": people}):
        known = KnownJobseeker(row.jobseeker_id, Category(row.category), Origin(row.origin), local_date(row.registered_at), row.ends_on)
        if known.holds(on):
            found.setdefault(PersonId(row.whose), known)
    return found


async def of_cases(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, Registration]:
    """What was made of each case so far."""
    return {row.case_id: _read(row) for row in await uow.all(_BY_CASE, {"cases": cases})}


async def of_leaves(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[tuple[PersonId, int], Registration]:
    """What each school year of these people led to; a year is spent for ever, whichever leave of it came first."""
    found = [_read(row) for row in await uow.all(_LEAVES, {"people": people})]
    return {(item.person_id, item.school_year): item for item in found if item.school_year is not None}


async def by_id(uow: UnitOfWork, registration_id: UUID) -> Registration | None:
    """One registration."""
    row = await uow.one_or_none(_BY_ID, {"id": registration_id})
    return _read(row) if row is not None else None


async def by_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Registration]:
    """These registrations."""
    return {row.registration_id: _read(row) for row in await uow.all(_BY_IDS, {"ids": list(ids)})}


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Registration]:
    """Everything the hub made for these people, in order."""
    return [_read(row) for row in await uow.all(_OF_PEOPLE, {"people": people})]


async def decisions_on(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Row]:
    """Every decision about these people, in order."""
    return await uow.all(_DECISIONS, {"people": people})


async def decisions_of(uow: UnitOfWork, item: Registration) -> Sequence[Row]:
    """Every decision about this registration, in order."""
    return await uow.all(_DECISIONS_OF, {"case": item.case_id})


def at(item: Registration, row: Row) -> Registration:
    """The registration as this decision about it left it."""
    state = RegistrationState(row.state)
    made = state in STANDING or state is RegistrationState.ENDED
    return replace(
        item,
        state=state,
        outcome=row.outcome,
        rule=row.rule,
        rule_set=row.rule_set,
        reasons=tuple(row.reasons),
        category=Category(row.category) if row.category else None,
        region=row.region,
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        ended_on=row.ended_on,
        insertion=item.insertion if made else None,
        gave_way_to=item.gave_way_to if row.version == item.version else None,
        version=row.version,
    )


async def save(uow: UnitOfWork, changed: Sequence[Registration]) -> None:
    """Keep these as they are now."""
    if changed:
        await uow.execute(_SAVE, {"rows": [_row(item) for item in changed]})


async def log(uow: UnitOfWork, rows: Sequence[Mapping[str, object]]) -> None:
    """Add decisions to the record; a decision is never changed."""
    if rows:
        await uow.execute(_LOG, {"rows": list(rows), "now": uow.now})


def decision_row(after: Registration, flags: Sequence[str]) -> Mapping[str, object]:
    """The decision that led to this registration's present version."""
    return {
        "case_id": str(after.case_id),
        "version": after.version,
        "person_id": str(after.person_id),
        "registration_id": str(after.registration_id),
        "cause": after.cause,
        "state": after.state,
        "category": after.category,
        "region": after.region,
        "ended_on": after.ended_on.isoformat() if after.ended_on else None,
        "outcome": after.outcome,
        "rule": after.rule,
        "rule_set": after.rule_set,
        "reasons": list(after.reasons),
        "flags": list(flags),
        "effective_on": after.effective_on.isoformat(),
        "recorded_at": after.recorded_at.isoformat(),
    }


def _row(item: Registration) -> dict[str, object]:
    return {
        "registration_id": str(item.registration_id),
        "case_id": str(item.case_id),
        "person_id": str(item.person_id),
        "contract_id": str(item.contract_id) if item.contract_id else None,
        "cause": item.cause,
        "state": item.state,
        "outcome": item.outcome,
        "rule": item.rule,
        "rule_set": item.rule_set,
        "reasons": list(item.reasons),
        "category": item.category,
        "origin": item.origin,
        "region": item.region,
        "effective_on": item.effective_on.isoformat(),
        "recorded_at": item.recorded_at.isoformat(),
        "ended_on": item.ended_on.isoformat() if item.ended_on else None,
        "version": item.version,
        "school_year": item.school_year,
        "insertion_starts_on": item.insertion.starts_on.isoformat() if item.insertion else None,
        "insertion_days_lost": item.insertion.days_lost if item.insertion else None,
        "gave_way_to": str(item.gave_way_to) if item.gave_way_to else None,
    }


def _read(row: Row) -> Registration:
    return Registration(
        row.registration_id,
        row.case_id,
        PersonId(row.merged_into or row.person_id),
        row.contract_id,
        Cause(row.cause),
        RegistrationState(row.state),
        row.outcome,
        row.rule,
        row.rule_set,
        tuple(row.reasons),
        Category(row.category) if row.category else None,
        Origin(row.origin),
        row.region,
        row.effective_on,
        row.recorded_at,
        row.ended_on,
        row.version,
        row.school_year,
        Insertion(row.insertion_starts_on, row.insertion_days_lost) if row.insertion_starts_on else None,
        row.gave_way_to,
    )
