"""Registrations and the decisions behind them, as they are read; `ledger` writes them."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, select
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Category, Cause, Origin, RegistrationState
from contracts.identifiers import PersonId
from services.registration.domain.insertion import Insertion
from services.registration.store.tables import decision, registration

# States in which a registration made by the hub still stands: a person has one of these at a time.
STANDING = (RegistrationState.REGISTERED, RegistrationState.REVISED, RegistrationState.CONTESTED)

_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))
_LEAVES = select(registration).where(
    whose(registration) == any_(_PEOPLE), registration.c.cause == Cause.LEAVER, registration.c.gave_way_to.is_(None)
)
_BY_CASE = select(registration).where(registration.c.case_id == any_(bindparam("cases", type_=ARRAY(SQL_UUID))))
_BY_IDS = select(registration).where(registration.c.registration_id == any_(bindparam("ids", type_=ARRAY(SQL_UUID))))
_BY_ID = select(registration).where(registration.c.registration_id == bindparam("id"))
_OF_PEOPLE = select(registration).where(whose(registration) == any_(_PEOPLE)).order_by(registration.c.recorded_at)
_DECISIONS = select(decision).where(whose(decision) == any_(_PEOPLE)).order_by(decision.c.recorded_at, decision.c.version)
_DECISIONS_OF = select(decision).where(decision.c.case_id == bindparam("case")).order_by(decision.c.version)


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


async def of_cases(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, Registration]:
    """What was made of each case so far."""
    return {row.case_id: read(row) for row in await uow.all(_BY_CASE, {"cases": cases})}


async def of_leaves(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[tuple[PersonId, int], Registration]:
    """What each school year of these people led to; a year is spent for ever, whichever leave of it came first."""
    found = [read(row) for row in await uow.all(_LEAVES, {"people": people})]
    return {(item.person_id, item.school_year): item for item in found if item.school_year is not None}


async def by_id(uow: UnitOfWork, registration_id: UUID) -> Registration | None:
    """One registration."""
    row = await uow.one_or_none(_BY_ID, {"id": registration_id})
    return read(row) if row is not None else None


async def by_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Registration]:
    """These registrations."""
    return {row.registration_id: read(row) for row in await uow.all(_BY_IDS, {"ids": list(ids)})}


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Registration]:
    """Everything the hub made for these people, in order."""
    return [read(row) for row in await uow.all(_OF_PEOPLE, {"people": people})]


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


# The columns of a registration where they come without names.
ROW = namedtuple(  # noqa: PYI024 - as rows of the database are
    "ROW",
    "registration_id case_id person_id contract_id cause state outcome rule rule_set reasons category origin region effective_on "
    "recorded_at ended_on version school_year insertion_starts_on insertion_days_lost gave_way_to merged_into",
    defaults=(None,),
)


def read(row: Any) -> Registration:
    """A row of the table, or a `ROW`."""
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
