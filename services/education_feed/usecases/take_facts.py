"""Takes in what Education reports: enrolments, proofs, home educations; and decides about the leaves of the people concerned."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.intake import outcomes
from chassis.intake.kinds import FactBody, Taken
from chassis.uow import UnitOfWork
from services.education_feed.store import forgetting, school_facts
from services.education_feed.usecases.bodies import EnrolmentBody, RetractionBody
from services.education_feed.usecases.decide import decide_leaves

# Who a record is about is sealed and stays in the fact itself; everything else a decision may rest on.
_WHO = frozenset({"sourceVersion", "ssin", "familyName", "givenName", "birthDate"})


async def take_facts(uow: UnitOfWork, records: Sequence[Taken[Any]]) -> None:
    """Keep each record as its newest version says.

    A record that takes back what has not arrived yet waits, and is applied on arrival (`mechanics.md` 16): nothing is decided without it.
    """
    await school_facts.keep(uow, [_row(record) for record in records if record.body is not None])
    await school_facts.drop(uow, [_key(record) for record in records if record.operation == "delete"])
    retractions = [(record, _retraction(record, record.amendment)) for record in records if record.amendment is not None]
    await school_facts.retract(uow, [row for _, row in retractions])
    await school_facts.retract_early(uow, [row for record, row in retractions if not record.earlier])
    await forgetting.returned(uow, [record.person_id for record in records if record.person_id is not None and record.body is not None])


async def conclude(uow: UnitOfWork, records: Sequence[Taken[Any]]) -> None:
    """Decide about everybody named, once all that was said of them is kept; of a record that came twice its last word is answered."""
    people = [person for record in records for person in (record.person_id, record.previous_person_id) if person is not None]
    await decide_leaves(uow, people, said=list({record.record: record.outcome(*_first_answer(record)) for record in records}.values()))


def _first_answer(record: Taken[Any]) -> tuple[str, str | None]:
    """What is said of a record by itself; the decision about a leave may say more of a closed enrolment."""
    if record.body is not None:
        return outcomes.ACCEPTED, None
    if not record.earlier:
        return "waiting", None
    return "withdrawn", record.amendment.reason if isinstance(record.amendment, RetractionBody) else "deleted"


def _key(record: Taken[Any]) -> Mapping[str, object]:
    return {
        "organisation": record.organisation,
        "kind": record.record.kind,
        "reference": record.reference,
        "source_version": record.source_version,
        "received_at": record.received_at,
    }


def _row(record: Taken[Any]) -> Mapping[str, object]:
    return {**_key(record), "person_id": record.person_id, "said": _said(record.whole)}


def _said(body: FactBody) -> dict[str, Any]:
    said = {name: value for name, value in body.said.items() if name not in _WHO}
    return said | {"schoolYear": body.year} if isinstance(body, EnrolmentBody) else said


def _retraction(record: Taken[Any], amendment: FactBody) -> Mapping[str, object]:
    assert isinstance(amendment, RetractionBody)
    return {**_key(record), "retraction": amendment.reason}
