"""Takes in assessments: what a counsellor says of a jobseeker ends a term, or says that nobody needs to keep it."""

from collections.abc import Mapping, Sequence

from chassis.clock import local_date, local_midnight
from chassis.intake import outcomes
from chassis.intake.kinds import Taken
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from services.registration.store import assessments
from services.registration.usecases.bodies import AssessmentBody
from services.registration.usecases.terms import ASSESSED, settle_people


async def take_assessments(uow: UnitOfWork, records: Sequence[Taken[AssessmentBody]]) -> None:
    """Keep each assessment, and let the terms of its people stand as it asks; it may come before the registration or long after."""
    await assessments.keep(uow, [_row(record, record.body) for record in records if record.body is not None])
    await assessments.drop(uow, [_key(record) for record in records if record.body is None])
    await outcomes.record(uow, [record.outcome("accepted" if record.earlier or record.body else "waiting") for record in records])
    _look_then(uow, records)
    people = (person for record in records for person in (record.person_id, record.previous_person_id))
    await settle_people(uow, [person for person in people if person is not None])


def _look_then(uow: UnitOfWork, records: Sequence[Taken[AssessmentBody]]) -> None:
    """What is said of a day to come counts from that day on."""
    today = local_date(uow.now)
    uow.schedule(
        Timer(ASSESSED, f"{record.organisation}:{record.reference}", record.person_id, local_midnight(record.body.on))
        for record in records
        if record.person_id is not None and record.body is not None and record.body.on > today
    )


def _key(record: Taken[AssessmentBody]) -> Mapping[str, object]:
    return {"organisation": record.organisation, "reference": record.reference}


def _row(record: Taken[AssessmentBody], body: AssessmentBody) -> Mapping[str, object]:
    return {
        **_key(record),
        "person_id": str(record.person_id),
        "kind": body.kind,
        "assessed_on": body.on.isoformat(),
        "self_reliant": body.self_reliant,
        "benefit_entitled": body.benefit_entitled,
    }
