"""Notices by e-mail over real SMTP: what a 250 is worth, what is tried again, what is unknown, and what came back hours later."""

import base64
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from hashlib import sha256

import pytest

from contracts.notification import (
    ContactPointSuspended,
    EffectEstablished,
    EffectRevoked,
    NoticeDelivered,
    NoticeDispatched,
    NoticeFellBack,
)
from devkit.simulators.orders import MailOrder
from devkit.simulators.smtp import MailServer, mail_server
from services.notifications.carriers import MAIL
from services.notifications.channels.port import Outcome, Parcel
from services.notifications.main import dispatcher
from tests.integration.notifications.carriers import (
    MAILBOX,
    becomes,
    consents_to_mail,
    effects,
    leaves_of,
    mail_carrier,
    mailing,
    passes,
    shown,
    state_of,
)
from tests.integration.notifications.office import Office

_DOOR = "/notification/v1/inboundMails"


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


async def _comes_back(office: Office, raw: bytes, key: str = "inbound-mail-1") -> str:
    async with office.calling("printhouse") as host:
        answer = await host.post(_DOOR, json={"message": base64.b64encode(raw).decode()}, headers={"Idempotency-Key": key})
        return str(answer.raise_for_status().json()["verdict"])


async def test_a_250_of_the_recipients_own_host_gives_effect_and_starts_the_term(office: Office, server: MailServer) -> None:
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "delivered")
    seen = await shown(office)
    assert (seen["state"], seen["channel"]) == ("delivered", "email")
    assert (seen["legalEffect"]["basis"], seen["legalEffect"]["effective"]) == ("emailAccepted", True)
    assert seen["appealTerm"]["from"] == "2026-06-22"
    assert office.letters() == []
    announced = await office.announced()
    assert [type(event) for event in announced][-3:] == [NoticeDispatched, NoticeDelivered, EffectEstablished]


async def test_a_mail_carries_the_frozen_letter_byte_for_byte_and_no_name_in_its_headers(office: Office, server: MailServer) -> None:
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "delivered")
    (mail,) = server.mails
    [(delivery, digest)] = await office.rows("SELECT delivery_id, content_digest FROM delivery JOIN notice USING (notice_id)")
    assert mail.recipients == (MAILBOX,)
    assert mail.sender == f"bounces+{delivery.hex}@hub.test"
    assert mail.envelope_id == str(delivery)
    message = mail.message
    assert str(message["Message-ID"]) == f"<{delivery}@hub.test>"
    plain, html = message.iter_parts()
    assert sha256(html.get_payload(decode=True)).digest() == digest  # type: ignore[arg-type]
    assert "Żofia Đorđević" in plain.get_content()
    head = mail.content.partition(b"\r\n\r\n")[0]
    assert b"ofia" not in head.replace(MAILBOX.encode(), b"")
    assert str(message["Subject"]) == "Bericht van VDAB"


async def test_a_250_of_a_smart_host_gives_nothing_until_a_report_says_delivered(office: Office, server: MailServer) -> None:
    server.orders.put(MailOrder(dsn="delivered"))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port, own=False):
        await becomes(office, "email", "relayed")
        seen = await shown(office)
        assert (seen["state"], seen["legalEffect"]) == ("relayed", {"effective": False})
        assert await _comes_back(office, server.reports[0].content) == "applied"
    assert (await shown(office))["legalEffect"]["basis"] == "emailAccepted"


async def test_what_is_greylisted_is_tried_again_and_arrives_once(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_RETRY_FIRST_S", "0.05")
    server.orders.put(MailOrder(reply="451 4.7.1 greylisted", times=2))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "delivered")
    assert len(server.mails) == 1
    assert list(server.attempts.values()) == [3]
    failures = [leaf for leaf in await leaves_of(office) if leaf[0] == "RelayToNonERDSFailure"]
    assert [outcome["reply"] for _, _, outcome in failures] == ["451", "451"]


async def test_retries_end_after_72_hours_and_paper_follows(office: Office, server: MailServer) -> None:
    server.orders.put(MailOrder(reply="451 4.3.0 try later"))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        while not server.attempts:
            await office.signed()
        await becomes(office, "email", "submitted")
        await office.settled()
        await passes(office, timedelta(hours=71))
        assert await state_of(office, "paper") == "none"
        await passes(office, timedelta(hours=1))
        assert await state_of(office, "email") == "failed"
        await becomes(office, "paper", "relayed")
    assert len(office.letters()) == 1
    assert [type(event) for event in await effects(office)] == [NoticeFellBack]


async def test_a_mailbox_that_does_not_exist_suspends_the_address_and_sends_paper(office: Office, server: MailServer) -> None:
    point = await consents_to_mail(office)
    server.refuse(MAILBOX)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "paper", "relayed")
    assert await state_of(office, "email") == "failed"
    (suspended,) = [event for event in await office.announced() if isinstance(event, ContactPointSuspended)]
    assert (suspended.contact_point_id, suspended.reasons) == (point, ("hardBounce",))
    assert len(await office.notice_ids()) == 1  # another delivery, not another notice
    assert (await shown(office))["state"] == "relayed"


async def test_scenario_7_a_bounce_hours_later_takes_the_effect_away_sends_paper_and_starts_a_new_term(
    office: Office, server: MailServer
) -> None:
    server.orders.put(MailOrder(dsn="failed", dsn_status="5.1.1"))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "delivered")
        await passes(office, timedelta(hours=3))
        assert await _comes_back(office, server.reports[0].content) == "applied"
        await becomes(office, "paper", "relayed")
        seen = await shown(office)
        assert (seen["legalEffect"]["effective"], "appealTerm" in seen) == (False, False)
        [(letter,)] = await office.rows("SELECT delivery_id FROM delivery WHERE channel = 'paper'")
        async with office.calling("printhouse") as house:
            posted = {"deliveryId": str(letter), "event": "posted", "at": office.clock.now().isoformat(), "proof": "post:1"}
            await house.post("/notification/v1/deliveryReceipts", json=posted, headers={"Idempotency-Key": "posted-letter-1"})
    established, revoked, fell_back, again = await effects(office)
    assert isinstance(established, EffectEstablished)
    assert isinstance(revoked, EffectRevoked)
    assert (revoked.basis, revoked.reasons) == ("emailAccepted", ("failed", "addressUnknown"))
    assert isinstance(fell_back, NoticeFellBack)
    assert isinstance(again, EffectEstablished)
    assert (again.basis, str(again.appeal_from)) == ("dayAfterPosting", "2026-06-23")
    assert len(server.mails) == 1


async def test_a_bounce_that_comes_again_is_taken_once(office: Office, server: MailServer) -> None:
    server.orders.put(MailOrder(dsn="failed"))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "delivered")
        raw = server.reports[0].content
        assert [await _comes_back(office, raw, f"inbound-mail-{n}") for n in range(2)] == ["applied", "duplicate"]
        assert await _comes_back(office, raw + b"\r\n", "inbound-mail-3") == "kept"
        await becomes(office, "paper", "relayed")
    assert len(office.letters()) == 1


async def test_a_read_receipt_corroborates_and_gives_nothing(office: Office, server: MailServer) -> None:
    server.orders.put(MailOrder(mdn=True))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port, own=False):
        await becomes(office, "email", "relayed")
        assert await _comes_back(office, server.reports[0].content) == "kept"
    assert (await shown(office))["legalEffect"] == {"effective": False}
    assert [leaf[0] for leaf in await leaves_of(office)][-1] == "WeakOpenSignal"


_REPORT = b'Content-Type: multipart/report; boundary="x"\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n'
_STRANGER = b"Original-Envelope-Id: 01a201cb-084d-7392-8aea-9f5adf3594b8\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--x--"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe not a mail",
        b"Subject: afwezig\r\n\r\nIk ben met vakantie.",
        _REPORT + b"Action: failed\r\n\r\n--x--",
        _REPORT + _STRANGER,
    ],
)
async def test_mail_that_is_no_report_of_ours_is_kept_apart(office: Office, raw: bytes) -> None:
    assert await _comes_back(office, raw) == "quarantined"
    [(box,)] = await office.rows("SELECT box FROM inbound_mail")
    assert raw == b"" or raw not in bytes(box)


async def test_m26_unknown_is_a_state_an_answer_that_was_lost_is_never_sent_again(office: Office, server: MailServer) -> None:
    server.orders.put(MailOrder(drops=True))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "unknown")
        assert (await shown(office))["legalEffect"] == {"effective": False}
        await passes(office, timedelta(hours=23))
        assert await state_of(office, "paper") == "none"
        await passes(office, timedelta(hours=1))
        await becomes(office, "paper", "relayed")
    assert list(server.attempts.values()) == [1]  # counted where it arrived
    assert len(office.letters()) == 1
    assert ("DispatchUnknown", "email", {"hop": "recipientMx", "reason": "answerLost"}) in await leaves_of(office)


async def test_m26_a_report_settles_what_was_unknown(office: Office, server: MailServer) -> None:
    server.orders.put(MailOrder(drops=True, dsn="delivered"))
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with mailing(office, server.port):
        await becomes(office, "email", "unknown")
        assert await _comes_back(office, server.reports[0].content) == "applied"
        await passes(office, timedelta(days=2))
    assert (await shown(office))["legalEffect"]["basis"] == "emailAccepted"
    assert office.letters() == []


async def test_m26_a_process_killed_between_act_and_outcome_leaves_a_mail_unknown(office: Office, server: MailServer) -> None:
    class Dies(Exception):
        """The process, in the worst moment."""

    carrier = mail_carrier(office, server.port)
    hand_over = carrier.hand_over

    async def dying(parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        await hand_over(parcels)
        raise Dies

    carrier.hand_over = dying  # type: ignore[method-assign]
    await consents_to_mail(office)
    await office.hears(await office.registered())
    async with office.sequencing():
        await office.signed()
    with pytest.raises(Dies):
        await dispatcher(office.parts, MAIL, carrier).round()
    assert await state_of(office, "email") == "sending"
    async with mailing(office, server.port):
        await becomes(office, "email", "unknown")
        await passes(office, timedelta(hours=24))
        await becomes(office, "paper", "relayed")
    assert len(server.mails) == 1
    assert len(office.letters()) == 1
