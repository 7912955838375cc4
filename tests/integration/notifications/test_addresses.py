"""Where letters go: a notice waits for an address, leaves when one comes, and never leaves for the dead or the departed."""

import pytest

from contracts.codes import PersonChangeKind
from contracts.notification import NoticeWithdrawn
from contracts.people import Address
from contracts.registration import RegistrationContested, RegistrationRegistered, RegistrationWithdrawn
from services.notifications.main import dispatcher
from tests.integration.notifications.office import Office

NEW_HOME = Address(street="Korenmarkt", number="7", post_code="9000", municipality="Gent")
_TASKS = "SELECT kind FROM notice_task WHERE closed_at IS NULL"


async def _settled(office: Office) -> None:
    async with office.at_work():
        await office.settled()


async def test_without_an_address_a_notice_stays_submitted_with_a_task_and_no_effect(office: Office) -> None:
    await office.hears(await office.registered(0, office.facts(0, address=None)))
    await _settled(office)
    assert office.letters() == []
    assert await office.rows("SELECT state, effective_on, appeal_started FROM notice") == [("submitted", None, None)]
    assert await office.rows(_TASKS) == [("contactDataOutdated",)]


async def test_an_address_that_comes_lets_the_letter_go(office: Office) -> None:
    await office.hears(await office.registered(0, office.facts(0, address=None)))
    await _settled(office)
    await office.hears(await office.moved(0, NEW_HOME))
    await _settled(office)
    assert len(office.letters()) == 1
    assert await office.rows(_TASKS) == []
    await office.hears(await office.moved(0, NEW_HOME, version=2))
    await _settled(office)
    assert len(office.letters()) == 1


async def test_a_reminder_goes_to_the_address_the_register_gave_before(office: Office) -> None:
    await office.hears(await office.moved(0, NEW_HOME))
    await office.hears(await office.reminder(0))
    await _settled(office)
    assert len(office.letters()) == 1
    assert await office.rows("SELECT purpose, legal_effect_intended FROM notice") == [("obligationReminder30", False)]


async def test_two_reminders_are_two_notices(office: Office) -> None:
    first = await office.reminder(0)
    await office.hears(await office.moved(0, NEW_HOME))
    await office.hears(first, first.model_copy(update={"purpose": "obligationReminder45"}))
    await _settled(office)
    assert len(office.letters()) == 2


async def test_an_older_version_of_a_person_changes_no_address(office: Office) -> None:
    await office.hears(await office.moved(0, NEW_HOME, version=5))
    kept = await office.rows("SELECT box FROM postal_address")
    await office.hears(office.changed(0, PersonChangeKind.ABROAD, 4))
    assert await office.rows("SELECT box FROM postal_address") == kept


@pytest.mark.parametrize("kind", [PersonChangeKind.ABROAD, PersonChangeKind.STRUCK_OFF])
async def test_who_left_is_no_longer_told(office: Office, kind: PersonChangeKind) -> None:
    await office.hears(await office.registered(0))
    await office.hears(office.changed(0, kind, 1))
    await _settled(office)
    assert office.letters() == []
    assert await office.rows("SELECT state, reasons FROM notice") == [("withdrawn", [kind.value])]


async def test_who_lost_their_residence_waits_for_a_new_one(office: Office) -> None:
    await office.hears(await office.moved(0, NEW_HOME))
    await office.hears(office.changed(0, PersonChangeKind.RESIDENCE_LOST, 2), await office.reminder(0))
    assert await office.rows(_TASKS) == [("contactDataOutdated",)]
    await office.hears(await office.moved(0, NEW_HOME, version=3))
    await _settled(office)
    assert len(office.letters()) == 1


async def test_nothing_is_sent_to_the_dead(office: Office) -> None:
    await office.hears(await office.registered(0), await office.registered(1))
    await office.hears(office.died(0))
    await _settled(office)
    assert len(office.letters()) == 1
    (withdrawn,) = [event for event in await office.announced() if isinstance(event, NoticeWithdrawn)]
    assert (withdrawn.person_id, withdrawn.reasons) == (office.people[0], ("deceased",))


async def test_a_letter_under_way_is_not_withdrawn(office: Office) -> None:
    await office.hears(await office.registered(0))
    async with office.sequencing():
        await office.signed()
    assert await dispatcher(office.parts).round() == 1
    await office.hears(office.died(0))
    assert await office.rows("SELECT state FROM notice") == [("relayed",)]


@pytest.mark.parametrize("event", [RegistrationWithdrawn, RegistrationContested])
async def test_what_is_not_so_any_more_is_not_said(office: Office, event: type[RegistrationWithdrawn | RegistrationContested]) -> None:
    registered = await office.registered(0)
    other = await office.registered(0)
    await office.hears(registered, other)
    said = {name: getattr(registered, name) for name in event.model_fields if name in RegistrationRegistered.model_fields}
    await office.hears(event.model_validate(said | {"version": 2, "objection_id": registered.case_id}))
    await _settled(office)
    assert await office.rows("SELECT state FROM notice WHERE about_id = :id", {"id": registered.registration_id}) == [("withdrawn",)]
    assert await office.rows("SELECT state FROM notice WHERE about_id = :id", {"id": other.registration_id}) == [("relayed",)]
