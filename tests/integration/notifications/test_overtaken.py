"""What stops a registration passes what is parked: whatever it stops stays unsaid also when it is read afterwards."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import uuid7
from contracts.codes import Cause, RegistrationState
from contracts.registers import ObjectionDecided, ObjectionKind, ObjectionOutcome, ObjectionReceived
from contracts.registration import InformationLetterApproved, RegistrationContested, RegistrationRegistered, RegistrationWithdrawn
from tests.integration.notifications.office import HOME, Office


def _stop(told: RegistrationRegistered, kind: type[RegistrationWithdrawn | RegistrationContested], version: int, **more: Any) -> Any:
    """The event that stops this registration."""
    said = told.model_dump(include={"person_id", "registration_id", "case_id", "cause", "rule_id", "rule_set", "effective_on"})
    contests = kind is RegistrationContested
    said |= {"state": RegistrationState.CONTESTED if contests else RegistrationState.WITHDRAWN, "outcome": "suppressed", "version": version}
    return kind.model_validate(said | ({"objection_id": uuid7()} if contests else {}) | more)


async def _stands(office: Office) -> list[tuple[str, list[str]]]:
    """Each notice once everything was sent: its state and why."""
    async with office.at_work():
        await office.settled()
    return [(row[0], row[1]) for row in await office.rows("SELECT state, reasons FROM notice ORDER BY submitted_at, notice_id")]


@pytest.mark.parametrize(("kind", "reason"), [(RegistrationWithdrawn, "withdrawnBySource"), (RegistrationContested, "objection")])
async def test_a_registration_that_is_read_after_its_stop_is_not_told(
    office: Office, kind: type[RegistrationWithdrawn | RegistrationContested], reason: str
) -> None:
    late, other = await office.registered(0), await office.registered(0)
    await office.hears(_stop(late, kind, 2))
    await office.hears(late, other)  # only the one that was stopped
    assert await _stands(office) == [("withdrawn", [reason]), ("relayed", [])]
    assert len(office.letters()) == 1


async def test_a_registration_that_gave_way_is_not_told_afterwards_either(office: Office) -> None:
    late = await office.registered(0)
    await office.hears(_stop(late, RegistrationWithdrawn, 2, merged_into=uuid7()))
    await office.hears(late)
    assert await _stands(office) == [("withdrawn", ["merged"])]


async def test_what_is_registered_again_after_an_objection_is_told_also_when_the_stop_came_first(office: Office) -> None:
    """Registered, contested, rejected and so registered again: the person gets one letter, whatever is read again."""
    for person, order in enumerate([(0, 1, 2), (1, 0, 2), (1, 0, 1, 2), (0, 1, 2, 0)]):
        first = await office.registered(person)
        story = [first, _stop(first, RegistrationContested, 2), first.model_copy(update={"version": 3})]
        for place in order:
            await office.hears(story[place])
    assert sorted(await _stands(office)) == [("relayed", [])] * 4 + [("withdrawn", ["objection"])] * 4
    assert len(office.letters()) == 4


async def test_a_stop_that_is_heard_twice_or_of_an_older_version_stops_no_more(office: Office) -> None:
    told = await office.registered(0, version=3)
    for version in (2, 2, 1):
        await office.hears(_stop(told, RegistrationContested, version))
    await office.hears(told)
    assert await _stands(office) == [("relayed", [])]


async def test_a_stop_under_an_absorbed_number_stops_what_is_read_under_the_survivor(office: Office) -> None:
    late = await office.registered(1)
    await office.hears(_stop(late, RegistrationWithdrawn, 2))
    survivor = await office.merges()
    await office.hears(late.model_copy(update={"person_id": survivor}))
    assert await _stands(office) == [("withdrawn", ["withdrawnBySource"])]


async def test_an_information_letter_about_a_leave_that_was_withdrawn_is_not_sent(office: Office) -> None:
    told = await office.registered(0, cause=Cause.LEAVER)
    await office.hears(_stop(told, RegistrationWithdrawn, 4))
    await office.hears(*[await _letter(office, told.registration_id, version) for version in (3, 5)])
    assert await _stands(office) == [("withdrawn", ["withdrawnBySource"]), ("relayed", [])]


def _objects(office: Office) -> ObjectionReceived:
    return ObjectionReceived(
        person_id=office.people[0], objection_id=uuid7(), kind=ObjectionKind.OBJECTION, answer_due_on=date(2026, 7, 22), version=1
    )


async def test_a_reminder_that_is_read_after_an_objection_is_not_sent_while_nobody_decided(office: Office) -> None:
    await office.hears(await office.moved(0, HOME), await office.moved(1, HOME))
    await office.hears(_objects(office))
    await office.hears(await office.reminder(0), await office.reminder(1), await _letter(office, uuid7(), 3))
    assert sorted(await _stands(office)) == [("relayed", []), ("withdrawn", ["objection"]), ("withdrawn", ["objection"])]
    assert len(office.letters()) == 1


async def test_after_the_decision_reminders_go_again(office: Office) -> None:
    received = _objects(office)
    said = received.model_dump(include={"person_id", "objection_id", "kind"})
    said |= {"outcome": ObjectionOutcome.REJECTED, "decided_on": date(2026, 6, 22), "version": 2}
    await office.hears(await office.moved(0, HOME))
    await office.hears(received, ObjectionDecided.model_validate(said))
    await office.hears(await office.reminder(0))
    assert ("relayed", []) in await _stands(office)


async def _letter(office: Office, registration: UUID, version: int) -> InformationLetterApproved:
    return InformationLetterApproved(
        person_id=office.people[0],
        registration_id=registration,
        case_id=uuid7(),
        period=f"202{version}-202{version + 1}",
        received_on=office.clock.now().date(),
        version=version,
        person=await office.sealed(0, office.facts(0)),
    )
