"""Notices in the portal's mailbox: available, announced, opened, or not opened and followed by a reminder and a copy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx
import pytest

from chassis.clock import BRUSSELS
from contracts.codes import ContactKind
from contracts.notification import EffectEstablished, EffectRevoked, NoticeFellBack, NoticeMadeAvailable, NoticeOpened
from devkit.simulators.orders import PortalOrder, SmsOrder
from devkit.simulators.portal import Portal
from devkit.simulators.sms import SmsGateway
from services.notifications.carriers import PORTAL, SMS
from services.notifications.channels.portal import PortalCarrier
from services.notifications.channels.sms import SmsCarrier
from services.notifications.usecases.book import NoticeBook
from tests.integration.notifications.carriers import (
    MOBILE,
    becomes,
    carrying,
    effects,
    gives_address,
    has_portal,
    leaves_of,
    passes,
    shown,
    state_of,
    tells,
)
from tests.integration.notifications.office import Office, until


@asynccontextmanager
async def _carriers(office: Office, portal: Portal, gateway: SmsGateway) -> AsyncIterator[None]:
    texts = office.parts.get(NoticeBook).announcements
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(portal.app())) as to_portal,
        httpx.AsyncClient(transport=httpx.ASGITransport(gateway.app())) as to_gateway,
        carrying(
            office,
            (PORTAL, PortalCarrier("http://portal.test", "", texts, to_portal)),
            (SMS, SmsCarrier("http://sms.test", "", texts, to_gateway)),
        ),
    ):
        yield


async def _delivery(office: Office, channel: str) -> str:
    rows = await office.rows("SELECT delivery_id FROM delivery WHERE channel = :channel", {"channel": channel})
    return str(rows[0][0])


async def test_availability_gives_effect_and_is_announced_without_content(office: Office) -> None:
    portal, gateway = Portal(), SmsGateway()
    await has_portal(office)
    await gives_address(office, MOBILE, ContactKind.MOBILE)
    await office.hears(await office.registered())
    async with _carriers(office, portal, gateway):
        await becomes(office, "sms", "delivered")
    seen = await shown(office)
    assert (seen["state"], seen["legalEffect"]["basis"]) == ("notified", "portalAvailable")
    (message,) = portal.messages.values()
    assert b"automatisch" in message.page.lower() or b"VDAB" in message.page
    (text,) = [sent.text for sent in gateway.messages.values()]
    assert "http" not in text
    assert "ofia" not in text
    events = [event for event, _, _ in await leaves_of(office)]
    assert events[1:4] == ["DispatchIntended", "ContentConsignment", "DispatchIntended"]
    assert "ConsignmentNotification" in events
    assert any(isinstance(event, NoticeMadeAvailable) for event in await office.announced())


async def test_who_opens_it_is_neither_reminded_nor_sent_a_copy(office: Office) -> None:
    portal = Portal()
    await has_portal(office)
    await office.hears(await office.registered())
    async with _carriers(office, portal, SmsGateway()):
        await becomes(office, "portal", "available")
        assert (await tells(office, deliveryId=await _delivery(office, "portal"), event="opened"))["moved"] == 1
        await passes(office, timedelta(days=40))
        await office.settled()
    assert (await shown(office))["state"] == "opened"
    assert office.letters() == []
    assert sum(isinstance(event, NoticeOpened) for event in await office.announced()) == 1


async def test_unopened_after_five_working_days_a_reminder_after_ten_a_copy_and_the_first_effect_stands(office: Office) -> None:
    gateway = SmsGateway()
    await has_portal(office)
    await gives_address(office, MOBILE, ContactKind.MOBILE)
    await office.hears(await office.registered())  # Monday 22 June 2026
    async with _carriers(office, Portal(), gateway):
        await becomes(office, "sms", "delivered")
        start = office.clock.now()
        await passes(office, datetime(2026, 6, 29, 23, 59, tzinfo=BRUSSELS) - start)
        assert len(gateway.messages) == 1
        await passes(office, timedelta(hours=12))
        await until(lambda: _count(gateway, 2))
        await becomes(office, "sms", "delivered")
        await passes(office, datetime(2026, 7, 6, 23, 59, tzinfo=BRUSSELS) - office.clock.now())
        assert await state_of(office, "paper") == "none"
        await passes(office, timedelta(minutes=2))
        await becomes(office, "paper", "relayed")
        await tells(office, deliveryId=await _delivery(office, "paper"), event="posted", proof="post:1")
    first, copy = await effects(office)
    assert isinstance(first, EffectEstablished)
    assert isinstance(copy, NoticeFellBack)
    assert copy.kind == "copy"
    assert (await shown(office))["legalEffect"]["basis"] == "portalAvailable"


async def _count(gateway: SmsGateway, wanted: int) -> bool:
    return len(gateway.messages) == wanted


async def test_an_outage_is_waited_for_and_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_RETRY_FIRST_S", "0.05")
    portal = Portal()
    portal.orders.put(PortalOrder(status=503))
    await has_portal(office)
    await office.hears(await office.registered())
    async with _carriers(office, portal, SmsGateway()):

        async def tried() -> bool:
            return sum(portal.requests.values()) > 1

        await until(tried)
        portal.orders.put(PortalOrder())
        await becomes(office, "portal", "available")
    (fault,) = (await shown(office))["systemFaults"]
    assert fault["channel"] == "portal"
    assert fault["to"] >= fault["from"]
    assert len(portal.messages) == 1


async def test_every_announcement_failing_takes_the_effect_away_and_sends_paper(office: Office) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state="undeliverable"))
    await has_portal(office)
    await gives_address(office, MOBILE, ContactKind.MOBILE)
    await office.hears(await office.registered())
    async with _carriers(office, Portal(), gateway):
        await becomes(office, "paper", "relayed")
    established, revoked, fell_back = await effects(office)
    assert isinstance(established, EffectEstablished)
    assert isinstance(revoked, EffectRevoked)
    assert isinstance(fell_back, NoticeFellBack)
    assert revoked.reasons == ("notificationsFailed",)
