"""Objections and restrictions, how a person stands by them (rule S17), and what contested registrations were before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.registers import ObjectionKind, ObjectionOutcome
from contracts.sealed import Sealed
from services.registration.store.objection_tables import contested, objection
from services.registration.store.registrations import Registration

# What was rejected counts for nothing.
_COUNTING = text("""
    SELECT coalesce(merged_into, person_id) AS whose, outcome
    FROM objection WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND outcome IS DISTINCT FROM 'rejected'
""")
_BY_IDS = select(objection).where(objection.c.objection_id == any_(bindparam("ids", type_=ARRAY(SQL_UUID))))
_OVERDUE = text("""
    UPDATE objection SET overdue_since = t.since, version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:since AS timestamptz[])) AS t (id, since)
    WHERE objection_id = t.id AND outcome IS NULL
""")


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection as it stands; without an outcome it is pending."""

    objection_id: UUID
    person_id: PersonId  # the survivor
    kind: ObjectionKind
    registration_id: UUID | None
    received_on: date
    answer_due_on: date
    overdue_since: datetime | None = None
    outcome: ObjectionOutcome | None = None
    motive: Sealed[bytes] | None = None
    decided_by: str | None = None
    decided_on: date | None = None
    version: int = 1


async def standing(uow: UnitOfWork, people: Sequence[PersonId]) -> Mapping[PersonId, str]:
    """`pending` or `upheld` for each of these people who objects; whoever does not, or was rejected, is left out."""
    return outweighing((PersonId(row.whose), row.outcome) for row in await uow.all(_COUNTING, {"people": list(people)}))


def outweighing(counting: Iterable[tuple[PersonId, str | None]]) -> Mapping[PersonId, str]:
    """Of the outcomes that count, which one does: what was upheld outweighs what is pending."""
    found: dict[PersonId, str] = {}
    for person, outcome in counting:
        found[person] = "upheld" if ObjectionOutcome.UPHELD in (outcome, found.get(person)) else "pending"
    return found


async def by_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Objection]:
    """These objections as they stand."""
    return {row.objection_id: _read(row) for row in await uow.all(_BY_IDS, {"ids": list(ids)})}


async def receive(uow: UnitOfWork, received: Objection) -> None:
    """Keep a new objection."""
    await uow.execute(
        insert(objection),
        {
            "objection_id": received.objection_id,
            "person_id": received.person_id,
            "kind": received.kind,
            "registration_id": received.registration_id,
            "received_on": received.received_on,
            "answer_due_on": received.answer_due_on,
        },
    )


async def decide(uow: UnitOfWork, decided: Objection) -> None:
    """Keep what was decided."""
    await uow.execute(
        update(objection).where(objection.c.objection_id == decided.objection_id),
        {
            "outcome": decided.outcome,
            "motive": decided.motive.wire if decided.motive else None,
            "decided_by": decided.decided_by,
            "decided_on": decided.decided_on,
            "version": decided.version,
        },
    )


async def overdue(uow: UnitOfWork, since: Mapping[UUID, datetime]) -> None:
    """The answer to these should have been there by then; a decided one is not touched."""
    await uow.execute(_OVERDUE, {"ids": list(since), "since": list(since.values())})


async def contest(uow: UnitOfWork, before: Sequence[Registration]) -> None:
    """Remember what these registrations are before they are contested."""
    rows = [
        {
            "registration_id": item.registration_id,
            "state": item.state,
            "outcome": item.outcome,
            "rule": item.rule,
            "reasons": list(item.reasons),
        }
        for item in before
    ]
    if rows:
        await uow.execute(insert(contested), rows)


async def uncontest(uow: UnitOfWork, ids: Sequence[UUID]) -> Mapping[UUID, Row]:
    """What these registrations were before they were contested; that is forgotten with the asking."""
    statement = delete(contested).where(contested.c.registration_id == any_(bindparam("ids", type_=ARRAY(SQL_UUID)))).returning(contested)
    return {row.registration_id: row for row in await uow.all(statement, {"ids": list(ids)})}


def _read(row: Row) -> Objection:
    return Objection(
        objection_id=row.objection_id,
        person_id=PersonId(row.merged_into or row.person_id),
        kind=ObjectionKind(row.kind),
        registration_id=row.registration_id,
        received_on=row.received_on,
        answer_due_on=row.answer_due_on,
        overdue_since=row.overdue_since,
        outcome=ObjectionOutcome(row.outcome) if row.outcome else None,
        motive=Sealed.from_wire(row.motive) if row.motive else None,
        decided_by=row.decided_by,
        decided_on=row.decided_on,
        version=row.version,
    )
