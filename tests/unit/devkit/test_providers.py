"""The simulated providers do what they were told, once per delivery id, whatever is sent again."""

import base64
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from typing import get_args

import pytest
from fastapi import HTTPException
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from devkit.simulators.mail_reports import delivery_report, read_report
from devkit.simulators.orders import EVERYONE, DsnAction, OrderBook, PortalOrder, SmsOrder, SmsState
from devkit.simulators.portal import Message as PortalMessage
from devkit.simulators.portal import Portal
from devkit.simulators.sms import Message, SmsGateway

LATER = datetime(2026, 3, 2, tzinfo=UTC)
STATES = get_args(SmsState)


def sms(text: str = "Dag", delivery_id: str = "delivery-1") -> Message:
    return Message(delivery_id=delivery_id, to="+32470123456", text=text, notice_id="n-1", contact_point_id="c-1")


def page(content: bytes = b"<p>Dag</p>") -> PortalMessage:
    return PortalMessage(recipient="06641000507", notice_id="n-1", subject="Dag", content=base64.b64encode(content).decode())


ABOUT = st.sampled_from(["c-1", "c-2", "n-1", EVERYONE])


@given(st.lists(st.tuples(ABOUT, st.integers()), max_size=8), st.lists(st.none() | ABOUT, max_size=3))
def test_the_last_order_about_the_most_particular_counts(orders: list[tuple[str, int]], asked: list[str | None]) -> None:
    book: OrderBook[int | str] = OrderBook("otherwise")
    for about, order in orders:
        book.put(order, about)
    latest: dict[str | None, int] = dict(orders)

    expected = next((latest[one] for one in [*asked, EVERYONE] if one in latest), "otherwise")
    assert book.of(*asked) == expected


@given(st.lists(st.sampled_from(["delivery-1", "delivery-2"]), min_size=1, max_size=8))
def test_a_message_is_taken_once_per_delivery_id_and_every_request_is_counted(ids: list[str]) -> None:
    gateway = SmsGateway()
    statuses = [gateway.take(sms(delivery_id=one))[0] for one in ids]

    assert statuses == [200 if one in ids[:at] else 202 for at, one in enumerate(ids)]
    assert set(gateway.messages) == set(ids)
    assert gateway.requests.total() == len(ids)


@pytest.mark.parametrize("state", STATES)
async def test_a_gateway_that_reports_tells_a_state_in_a_receipt_and_not_before(state: SmsState) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state, reports=True, held_until=LATER), "c-1")

    _, report = gateway.take(sms())
    await gateway.announce(sms())

    assert report.state == "accepted"
    told = [(one.content["event"], one.content.get("reason"), one.not_before) for one in gateway.receipts]
    final = {"delivered": ("delivered", None), "expired": ("failed", "expired"), "undeliverable": ("failed", "undeliverable")}
    final["rejected"] = ("failed", "rejected")
    assert told == ([(*final[state], LATER)] if state in final else [])


@pytest.mark.parametrize("state", STATES)
async def test_a_gateway_that_does_not_report_tells_a_state_when_asked(state: SmsState) -> None:
    gateway = SmsGateway()
    gateway.orders.put(SmsOrder(state), "n-1")

    _, report = gateway.take(sms())
    await gateway.announce(sms())

    assert (report.state, gateway.report(sms()).state) == (state, state)
    assert gateway.receipts == []


def test_a_refused_message_is_not_kept_and_a_lost_answer_hides_one_that_is() -> None:
    refusing, losing = SmsGateway(), SmsGateway()
    refusing.orders.put(SmsOrder(status=503))
    losing.orders.put(SmsOrder(loses_answer=True))

    for gateway, status in ((refusing, 503), (losing, 504)):
        with pytest.raises(HTTPException) as refused:
            gateway.take(sms())
        assert refused.value.status_code == status
    assert refusing.messages == {}
    assert set(losing.messages) == {"delivery-1"}
    losing.orders.put(SmsOrder())
    assert losing.take(sms())[0] == 200


@pytest.mark.parametrize(
    "changes", [{"to": "0470123456"}, {"text": ""}, {"text": "x" * 919}, {"delivery_id": "short"}, {"delivery_id": "a b c d e f"}]
)
def test_a_message_that_no_gateway_would_take_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Message.model_validate(sms().model_dump() | changes)


def test_the_portal_keeps_a_message_once_and_refuses_another_under_its_id() -> None:
    portal = Portal()

    assert (portal.put("d-1", page()), portal.put("d-1", page())) == (201, 200)
    with pytest.raises(HTTPException) as refused:
        portal.put("d-1", page(b"<p>Anders</p>"))
    assert refused.value.status_code == 409
    assert portal.messages["d-1"].page == b"<p>Dag</p>"


@pytest.mark.parametrize("status", [404, 503])
def test_a_message_is_new_to_a_portal_that_refused_it_before(status: int) -> None:
    portal = Portal()
    portal.orders.put(PortalOrder(status=status), "n-1")
    with pytest.raises(HTTPException):
        portal.put("d-1", page())
    assert portal.messages == {}

    portal.orders.put(PortalOrder(), "n-1")
    assert portal.put("d-1", page()) == 201
    assert portal.requests["d-1"] == 2


@pytest.mark.parametrize(("opens", "told"), [(None, 0), ("weak", 0), ("strong", 1)])
def test_only_a_strong_login_opens_a_message(opens: str | None, told: int) -> None:
    portal = Portal()
    portal.put("d-1", page())
    portal.orders.put(PortalOrder(opens=opens, held_until=LATER))  # type: ignore[arg-type] # one of its literals
    portal.opened("d-1")

    assert [(one.content, one.not_before) for one in portal.receipts] == [({"deliveryId": "d-1", "event": "opened"}, LATER)] * told


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hub@hub.invalid", "inwoner@example.invalid", "Uw inschrijving"
    message["Message-ID"] = "<m-1@hub.invalid>"
    message.set_content("Dag")
    return message


@pytest.mark.parametrize("action", get_args(DsnAction))
@pytest.mark.parametrize("envelope", [None, "env-1"])
def test_a_delivery_report_is_what_rfc_3464_says(action: DsnAction, envelope: str | None) -> None:
    report = message_from_bytes(delivery_report("bounce@hub.invalid", "inwoner@example.invalid", mail(), action, None, envelope))
    _, human, machine, *_, headers = report.walk()

    assert (report.get_content_type(), report.get_param("report-type")) == ("multipart/report", "delivery-status")
    assert human.get_content_type() == "text/plain"
    said = machine.as_string()
    assert f"Action: {action}" in said
    assert {"delivered": "2.", "relayed": "2.", "failed": "5.", "delayed": "4."}[action] in said.partition("Status: ")[2][:2]
    assert ("Original-Envelope-Id: env-1" in said) is (envelope is not None)
    assert "<m-1@hub.invalid>" in headers.as_string()


def test_a_read_report_names_the_message_and_no_report_repeats_its_subject_or_text() -> None:
    read = read_report("bounce@hub.invalid", "inwoner@example.invalid", mail())
    failed = delivery_report("bounce@hub.invalid", "inwoner@example.invalid", mail(), "failed", "5.2.2", None)

    assert b"Original-Message-ID: <m-1@hub.invalid>" in read
    assert b"Status: 5.2.2" in failed
    assert not any(b"Uw inschrijving" in report for report in (read, failed))
