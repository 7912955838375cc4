"""Letters that wait for an address: whatever the notice went through, it goes once when one comes, and never to where it came back from."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from chassis.ids import uuid7
from contracts.codes import Channel
from contracts.notification import NoticeFellBack
from contracts.people import Address
from contracts.registers import ObjectionDecided, ObjectionKind, ObjectionOutcome, ObjectionReceived
from devkit.simulators.smtp import MailServer, mail_server
from services.notifications.main import dispatcher
from tests.integration.notifications.carriers import MAILBOX, becomes, consents_to_mail, has_portal, mailing, passes, shown, tells
from tests.integration.notifications.office import HOME, Office
from tests.integration.notifications.reaching import Mailboxes

NEW_HOME = Address(street="Korenmarkt", number="7", post_code="9000", municipality="Gent")
_TASKS = "SELECT kind FROM notice_task WHERE closed_at IS NULL"
_TASKS_OF_CONFIRMATION = """
    SELECT kind FROM notice_task JOIN notice USING (notice_id) WHERE closed_at IS NULL AND purpose = 'registrationConfirmation'
"""


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


async def _bounced(office: Office, server: MailServer) -> None:
    """A mail that failed for good, to somebody of whom no postal address is known."""
    server.refuse(MAILBOX)
    await consents_to_mail(office)
    await office.hears(await office.registered(0, office.facts(0, address=None)))
    async with mailing(office, server.port):
        await becomes(office, "email", "failed")
    assert (await shown(office))["state"] == "failed"
    assert await office.rows(_TASKS) == [("contactDataOutdated",)]


async def _sent(office: Office) -> None:
    async with office.at_work():
        await office.settled()


async def _tried(office: Office) -> list[tuple[str, str, str]]:
    return [(one["channel"], one["kind"], one["state"]) for one in (await shown(office))["deliveries"]]


async def test_a_mail_that_failed_goes_on_paper_once_when_an_address_comes(office: Office, server: MailServer) -> None:
    await _bounced(office, server)
    await office.hears(await office.moved(0, HOME))
    await office.hears(await office.moved(0, NEW_HOME, version=2))
    await _sent(office)
    await office.hears(await office.moved(0, HOME, version=3))
    await _sent(office)
    assert await _tried(office) == [("email", "content", "failed"), ("paper", "content", "relayed")]
    assert await office.rows(_TASKS) == []
    assert len(office.letters()) == 1
    (event,) = [event for event in await office.announced() if isinstance(event, NoticeFellBack)]
    assert (event.channel, event.reasons) == ("paper", ("addressUnknown",))


async def test_a_mail_that_failed_is_not_sent_on_to_the_dead(office: Office, server: MailServer) -> None:
    await _bounced(office, server)
    await office.hears(office.died(0))
    await office.hears(await office.moved(0, HOME))
    await _sent(office)
    assert office.letters() == []
    assert await office.rows(_TASKS) == []


def _objects(office: Office) -> ObjectionReceived:
    on = office.clock.now().date()
    return ObjectionReceived(person_id=office.people[0], objection_id=uuid7(), kind=ObjectionKind.OBJECTION, answer_due_on=on, version=1)


def _decided(office: Office, received: ObjectionReceived, outcome: ObjectionOutcome) -> ObjectionDecided:
    on = office.clock.now().date()
    said = {"person_id": office.people[0], "objection_id": received.objection_id, "kind": received.kind, "outcome": outcome}
    return ObjectionDecided.model_validate(said | {"decided_on": on, "version": 2})


@pytest.mark.parametrize("outcome", list(ObjectionOutcome))
@pytest.mark.parametrize("address_known", [False, True])
async def test_a_mail_that_failed_waits_while_an_objection_is_undecided(
    office: Office, server: MailServer, outcome: ObjectionOutcome, *, address_known: bool
) -> None:
    objection = _objects(office)
    if address_known:
        await consents_to_mail(office)
        await office.hears(await office.registered(0), await office.moved(0, HOME))
        async with mailing(office, server.port):
            await becomes(office, "email", "delivered")
        await office.hears(objection)
        sent = (await shown(office))["deliveries"][0]["id"]
        await tells(office, deliveryId=sent, event="failed")
    else:
        await _bounced(office, server)
        await office.hears(objection)
        await office.hears(await office.moved(0, HOME))
    await _sent(office)
    assert office.letters() == []
    assert await office.rows(_TASKS) == [("objectionUndecided" if address_known else "contactDataOutdated",)]

    await office.hears(_decided(office, objection, outcome))
    await _sent(office)
    rejected = outcome is ObjectionOutcome.REJECTED
    assert await _letters_of(office) == ["objectionOutcome", *(["registrationConfirmation"] if rejected else [])]
    assert len(office.letters()) == (2 if rejected else 1)
    assert await office.rows(_TASKS_OF_CONFIRMATION) == []  # the answer has one of its own: the address for mail is suspended


async def _letters_of(office: Office) -> list[str]:
    rows = await office.rows(
        "SELECT purpose FROM delivery d JOIN notice USING (notice_id) WHERE d.channel = 'paper' AND d.state = 'relayed' ORDER BY 1"
    )
    return [str(purpose) for (purpose,) in rows]


async def test_a_mail_that_bounces_after_its_reader_died_goes_nowhere(office: Office, server: MailServer) -> None:
    await consents_to_mail(office)
    await office.hears(await office.registered(0), await office.moved(0, HOME))
    async with mailing(office, server.port):
        await becomes(office, "email", "delivered")
    await office.hears(office.died(0))
    sent = (await shown(office))["deliveries"][0]["id"]
    await tells(office, deliveryId=sent, event="failed")
    await _sent(office)
    assert await _tried(office) == [("email", "content", "failed")]
    assert office.letters() == []


async def test_a_letter_that_came_back_goes_to_the_next_address_and_not_to_the_same_one(office: Office) -> None:
    await office.hears(await office.registered(0))
    await _sent(office)
    (notice_id,) = await office.notice_ids()
    await tells(office, noticeId=str(notice_id), event="posted", proof="batch-1")
    await tells(office, noticeId=str(notice_id), event="returned", reason="moved")
    assert await office.rows(_TASKS) == [("contactDataOutdated",)]
    assert (await shown(office))["legalEffect"]["effective"] is False

    await office.hears(await office.moved(0, HOME))
    await _sent(office)
    assert len(office.letters()) == 1
    assert await office.rows(_TASKS) == [("contactDataOutdated",)]

    await office.hears(await office.moved(0, NEW_HOME, version=2))
    await _sent(office)
    assert await _tried(office) == [("paper", "content", "returned"), ("paper", "content", "relayed")]
    assert await office.rows(_TASKS) == []
    second = (await shown(office))["deliveries"][1]["id"]
    await tells(office, deliveryId=second, event="posted", proof="batch-2")
    effect = (await shown(office))["legalEffect"]
    assert (effect["effective"], effect["basis"]) == (True, "dayAfterPosting")


@pytest.mark.parametrize("opened", [False, True])
async def test_a_copy_that_waits_for_an_address_goes_unless_the_notice_was_opened(office: Office, *, opened: bool) -> None:
    await has_portal(office)
    await office.hears(await office.registered(0, office.facts(0, address=None)))
    post = Mailboxes(channels=frozenset({Channel.PAPER}))
    async with office.sequencing():
        await office.signed()
        assert await dispatcher(office.parts, "portalDispatcher", Mailboxes()).round() == 1
        await passes(office, timedelta(days=20))
        assert await office.rows(_TASKS) == [("contactDataOutdated",)]
        if opened:
            (notice_id,) = await office.notice_ids()
            await tells(office, noticeId=str(notice_id), event="opened")
        await office.hears(await office.moved(0, NEW_HOME))
        await office.signed()
        assert await dispatcher(office.parts, "dispatcher", post).round() == (0 if opened else 1)
    assert await office.rows(_TASKS) == []
    assert [(parcel.kind, parcel.target) for parcel in post.stood] == ([] if opened else [("copy", NEW_HOME)])
    assert (await shown(office))["legalEffect"]["basis"] == "portalAvailable"
