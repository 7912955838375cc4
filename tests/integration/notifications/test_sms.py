"""Messages by SMS: receipts that overtake the answer, answers that get lost, silence, quiet hours, and never a letter's content."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from contracts.codes import ContactKind
from contracts.notification import ContactPointSuspended
from devkit.simulators.orders import Held, Receipt, SmsOrder
from devkit.simulators.portal import Portal
from devkit.simulators.sms import SmsGateway
from services.notifications.carriers import PORTAL, SMS
from services.notifications.channels.port import Outcome, Parcel
from services.notifications.channels.portal import PortalCarrier
from services.notifications.channels.sms import SmsCarrier
from services.notifications.main import dispatcher
from services.notifications.usecases.book import NoticeBook
from tests.integration.notifications.carriers import (
    MOBILE,
    becomes,
    carrying,
    gives_address,
    has_portal,
    leaves_of,
    passes,
    shown,
    state_of,
    tells,
)
from tests.integration.notifications.office import Office


@asynccontextmanager
async def _carriers(office: Office, gateway: SmsGateway) -> AsyncIterator[None]:
    texts, portal = office.parts.get(NoticeBook).announcements, Portal()
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(portal.app())) as to_portal,
        _sending(office, gateway) as carrier,
        carrying(office, (PORTAL, PortalCarrier("http://portal.test", "", texts, to_portal)), (SMS, carrier)),
    ):
        yield


@asynccontextmanager
async def _sending(office: Office, gateway: SmsGateway) -> AsyncIterator[SmsCarrier]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gateway.app())) as http:
        yield SmsCarrier("http://sms.test", "", office.parts.get(NoticeBook).announcements, http)


async def _announced(office: Office, person: int = 0) -> None:
    await has_portal(office, person)
    await gives_address(office, MOBILE, ContactKind.MOBILE, person)
    await office.hears(await office.registered(person))


async def test_scenario_8_a_receipt_before_the_answer_is_kept_and_applied(office: Office) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state="delivered", reports=True, before_answer=True))

    async def tell(held: Held[Receipt]) -> None:
        assert (await tells(office, **held.content))["moved"] == 0  # too early to move anything
        assert await state_of(office, "sms") == "sending"

    gateway.tell = tell
    await _announced(office)
    async with _carriers(office, gateway):
        await becomes(office, "sms", "delivered")
    names = [event for event, channel, _ in await leaves_of(office) if channel == "sms"]
    assert names == ["DispatchIntended", "ConsignmentNotification", "NotificationDelivered"]


async def test_an_answer_that_got_lost_is_asked_for_and_the_message_is_one(office: Office) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state="delivered", loses_answer=True))
    await _announced(office)
    async with _carriers(office, gateway):
        await becomes(office, "sms", "delivered")
    assert len(gateway.messages) == 1


async def test_m26_a_crash_between_act_and_outcome_gives_one_message(office: Office) -> None:
    gateway, texts = SmsGateway(), office.parts.get(NoticeBook).announcements
    await _announced(office)
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(Portal().app())) as to_portal,
        carrying(office, (PORTAL, PortalCarrier("http://portal.test", "", texts, to_portal))),
    ):
        await becomes(office, "sms", "submitted")
        await office.signed()
    async with _sending(office, gateway) as carrier:
        with pytest.raises(InterruptedError):
            await dispatcher(office.parts, SMS, _Dying(carrier)).round()
        assert await state_of(office, "sms") == "sending"
        assert await dispatcher(office.parts, SMS, carrier).round() == 1
    assert await state_of(office, "sms") == "delivered"
    assert len(gateway.messages) == 1
    assert list(gateway.requests.values()) == [2]


class _Dying:
    """Hands over, and then the process dies before anyone hears of it."""

    def __init__(self, carrier: SmsCarrier) -> None:
        self._carrier = carrier
        self.channels, self.repeatable, self.at_most = carrier.channels, carrier.repeatable, carrier.at_most

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        await self._carrier.hand_over(parcels)
        raise InterruptedError


async def test_silence_for_72_hours_counts_as_failed_and_paper_follows(office: Office) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state="unknown"))
    await _announced(office)
    async with _carriers(office, gateway):
        await becomes(office, "sms", "relayed")
        await passes(office, timedelta(hours=71))
        assert await state_of(office, "sms") == "relayed"
        await passes(office, timedelta(hours=1))
        assert await state_of(office, "sms") == "failed"
        await becomes(office, "paper", "relayed")


@pytest.mark.parametrize(("hour", "leaves"), [(20, True), (21, False), (3, False), (8, True)])
async def test_nothing_leaves_in_the_quiet_hours(office: Office, hour: int, leaves: bool) -> None:
    gateway = SmsGateway()
    local = datetime(2026, 6, 23, hour - 2 if hour >= 2 else 22, 0, tzinfo=UTC)  # summer time
    await passes(office, local - office.clock.now())
    await _announced(office)
    async with _carriers(office, gateway):
        await becomes(office, "portal", "available")
        await office.settled()
        assert len(gateway.messages) == (1 if leaves else 0)
        if not leaves:
            await passes(office, timedelta(hours=11))
            await becomes(office, "sms", "delivered")
    assert len(gateway.messages) == 1


async def test_two_undelivered_messages_suspend_a_number(office: Office) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state="undeliverable"))
    await has_portal(office)
    point = await gives_address(office, MOBILE, ContactKind.MOBILE)
    async with _carriers(office, gateway):
        for _ in range(2):
            await office.hears(await office.registered())
            await becomes(office, "sms", "failed")
            await office.settled()
    (suspended,) = [event for event in await office.announced() if isinstance(event, ContactPointSuspended)]
    assert (suspended.contact_point_id, suspended.reasons) == (point, ("undeliverable",))


async def test_a_message_says_nothing_about_its_reader(office: Office) -> None:
    gateway = SmsGateway()
    await _announced(office)
    async with _carriers(office, gateway):
        await becomes(office, "sms", "delivered")
    (message,) = gateway.messages.values()
    assert message.text == office.parts.get(NoticeBook).announcements.notification
    assert (await shown(office))["state"] == "notified"
