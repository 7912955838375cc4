"""Takes in employments: someone who works is not registered as a jobseeker without a person looking."""

from collections.abc import Mapping, Sequence

from chassis.intake import outcomes
from chassis.intake.kinds import Taken
from chassis.uow import UnitOfWork
from services.registration.store import registers
from services.registration.usecases.bodies import EmploymentBody
from services.registration.usecases.decide import decide_people


async def take_employments(uow: UnitOfWork, records: Sequence[Taken[EmploymentBody]]) -> None:
    """Keep each employment, and decide anew for those who are not decided for good."""
    await registers.keep_employments(uow, [_row(record, record.body) for record in records if record.body is not None])
    await registers.drop_employments(uow, [_key(record) for record in records if record.body is None])
    await outcomes.record(uow, [record.outcome("accepted" if record.earlier or record.body else "waiting") for record in records])
    people = (person for record in records for person in (record.person_id, record.previous_person_id))
    await decide_people(uow, [person for person in people if person is not None])


def _key(record: Taken[EmploymentBody]) -> Mapping[str, object]:
    return {"organisation": record.organisation, "reference": record.reference}


def _row(record: Taken[EmploymentBody], body: EmploymentBody) -> Mapping[str, object]:
    return {
        **_key(record),
        "person_id": str(record.person_id),
        "starts_on": body.starts_on.isoformat(),
        "ends_on": body.ends_on.isoformat() if body.ends_on else None,
        "kind": body.kind,
        "work_fraction": str(body.work_fraction),
    }
