"""Takes in the registrations that VDAB's own register already holds, so that nobody is registered twice."""

from collections.abc import Mapping, Sequence

from chassis.clock import local_date
from chassis.ids import uuid7
from chassis.intake import outcomes
from chassis.intake.kinds import Taken
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Category, Origin
from contracts.identifiers import PersonId
from contracts.registers import JobseekerEnded, JobseekerImported
from contracts.registry import Event
from services.registration.store import registers
from services.registration.usecases.bodies import JobseekerBody
from services.registration.usecases.decide import decide_people


async def take_jobseekers(uow: UnitOfWork, records: Sequence[Taken[JobseekerBody]]) -> None:
    """Keep each registration as VDAB tells it, tell the feeds, and link the cases that waited for it."""
    kept = await registers.keep_jobseekers(uow, [_row(record, record.body) for record in records if record.body is not None])
    gone = await registers.drop_jobseekers(uow, [_key(record) for record in records if record.body is None])
    uow.publish([*(_imported(row) for row in kept), *(_ended(row, uow) for row in gone)])
    await outcomes.record(uow, [record.outcome("accepted" if record.earlier or record.body else "waiting") for record in records])
    people = (person for record in records for person in (record.person_id, record.previous_person_id))
    await decide_people(uow, [person for person in people if person is not None], unlinked=_unlinked(records))


def _unlinked(records: Sequence[Taken[JobseekerBody]]) -> frozenset[PersonId]:
    """Whom VDAB takes a registration back from: it never was, or is somebody else's. One that ended is no such thing."""
    gone = [record.person_id for record in records if record.body is None] + [record.previous_person_id for record in records]
    return frozenset(person for person in gone if person is not None)


def _key(record: Taken[JobseekerBody]) -> Mapping[str, object]:
    return {"organisation": record.organisation, "reference": record.reference}


def _row(record: Taken[JobseekerBody], body: JobseekerBody) -> Mapping[str, object]:
    return {
        **_key(record),
        "jobseeker_id": str(uuid7()),
        "person_id": str(record.person_id),
        "category": body.category,
        "origin": body.origin,
        "starts_on": body.starts_on.isoformat(),
        "registered_at": body.registered_at.isoformat(),
        "ends_on": body.ends_on.isoformat() if body.ends_on else None,
    }


def _imported(row: Row) -> Event:
    return JobseekerImported(
        person_id=PersonId(row.whose),
        jobseeker_id=row.jobseeker_id,
        category=Category(row.category),
        origin=Origin(row.origin),
        starts_on=row.starts_on,
        registered_at=row.registered_at,
        ends_on=row.ends_on,
        version=row.version,
    )


def _ended(row: Row, uow: UnitOfWork) -> Event:
    return JobseekerEnded(
        person_id=PersonId(row.whose),
        jobseeker_id=row.jobseeker_id,
        ended_on=row.ends_on or local_date(uow.now),
        version=row.version,
    )
