"""Takes in what the agencies report: contracts, terminations, participants; and decides for the people concerned."""

from collections.abc import Mapping, Sequence

from chassis.ids import uuid7
from chassis.intake import outcomes
from chassis.intake.kinds import Taken
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId, Ssin
from contracts.people import PersonFacts
from contracts.sealed import Sealed
from services.integration_feed.store import contracts
from services.integration_feed.usecases.bodies import ContractBody, ParticipantBody, TerminationBody
from services.integration_feed.usecases.decide import decide_newcomers
from vault.client import Vault
from vault.values import DataClass


async def take_contracts(uow: UnitOfWork, records: Sequence[Taken[ContractBody]]) -> None:
    """Keep each contract as its newest version says, with what it says of the person, and decide."""
    whole = [record for record in records if record.body is not None]
    await contracts.keep_contracts(uow, await _contract_rows(uow, whole))
    await contracts.drop_contracts(uow, [_key(record) for record in records if record.operation == "delete"])
    await contracts.terminate(uow, [_termination_row(record) for record in records if isinstance(record.amendment, TerminationBody)])
    # What a record corrects has not arrived yet: it waits, and is applied on arrival (`mechanics.md` 16).
    await outcomes.record(uow, [record.outcome("waiting") for record in records if record.body is None and not record.earlier])
    await _decide(uow, records)


async def take_participants(uow: UnitOfWork, records: Sequence[Taken[ParticipantBody]]) -> None:
    """Keep what the agency says of each person, and decide."""
    await contracts.keep_participants(uow, [_participant_row(record, record.body) for record in records if record.body is not None])
    await contracts.drop_participants(uow, [_key(record) for record in records if record.body is None])
    await outcomes.record(uow, [record.outcome("accepted" if record.body or record.earlier else "waiting") for record in records])
    await _decide(uow, records)


async def _decide(uow: UnitOfWork, records: Sequence[Taken[ContractBody]] | Sequence[Taken[ParticipantBody]]) -> None:
    people = [person for record in records for person in (record.person_id, record.previous_person_id) if person is not None]
    reported = {record.person_id for record in records if record.person_id is not None and record.body is not None}
    await decide_newcomers(uow, people, reported=reported)


async def _contract_rows(uow: UnitOfWork, records: Sequence[Taken[ContractBody]]) -> list[Mapping[str, object]]:
    named = [(record.person_id, record) for record in records if record.person_id is not None]
    boxes = await uow.resource(Vault).seal([(person, DataClass.DOSSIER, _identity(record.whole)) for person, record in named])
    return [_contract_row(person, record, box) for (person, record), box in zip(named, boxes, strict=True)]


def _identity(body: ContractBody) -> PersonFacts:
    return PersonFacts(ssin=Ssin(body.ssin), family_name=body.family_name, given_name=body.given_name, birth_date=body.birth_date)


def _key(record: Taken[ContractBody] | Taken[ParticipantBody]) -> Mapping[str, object]:
    return {"organisation": record.organisation, "reference": record.reference, "source_version": record.source_version}


def _contract_row(person: PersonId, record: Taken[ContractBody], box: Sealed[PersonFacts]) -> Mapping[str, object]:
    return {
        **_key(record),
        "contract_id": str(uuid7()),
        "person_id": str(person),
        "agency": record.whole.agency,
        "signed_on": _day(record.whole.signature_day),
        "identity": box.wire,
    }


def _termination_row(record: Taken[ContractBody]) -> Mapping[str, object]:
    assert isinstance(record.amendment, TerminationBody)
    return {**_key(record), "kind": record.amendment.kind, "ended_on": record.amendment.on.isoformat()}


def _participant_row(record: Taken[ParticipantBody], body: ParticipantBody) -> Mapping[str, object]:
    return {
        **_key(record),
        "person_id": str(record.person_id),
        "agency": body.agency,
        "status": body.status,
        "status_since": _day(body.status_since),
        "vdab_component": body.vdab_component,
        "contact_language": body.contact_language,
        "titles": [title.model_dump(mode="json", by_alias=True, exclude_none=True) for title in body.titles],
        "study": body.full_time_study.model_dump(mode="json", by_alias=True, exclude_none=True) if body.full_time_study else None,
    }


def _day(day: object) -> str | None:
    return str(day) if day is not None else None
