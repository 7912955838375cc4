"""Mail that came back: what a report says, about which delivery, and that nothing a stranger writes is more than a mail to look at."""

from base64 import b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Channel
from services.notifications.channels.mail_reports import Report, read
from services.notifications.channels.mail_status import enhanced, reason_of, refused
from services.notifications.channels.port import Fate
from services.notifications.domain.notices import STEPS, Answer, State

OURS = UUID("01a201cb-084d-7392-8aea-9f5adf3594b8")
OTHER = UUID("01a201cb-084d-7392-8aea-9f5adf3594b9")
_STATUS, _READ, _HEADERS = "message/delivery-status", "message/disposition-notification", "text/rfc822-headers"


def mail(*parts: tuple[str, str], to: str = "postmaster@hub.test", encoding: str = "") -> bytes:
    """A report of these parts, each with its text."""
    lines = ["From: <>", f"To: {to}", "Content-Type: multipart/report; boundary=next", ""]
    for kind, text in parts:
        transfer = [f"Content-Transfer-Encoding: {encoding}"] if encoding else []
        lines += ["--next", f"Content-Type: {kind}", *transfer, "", text]
    return "\r\n".join([*lines, "--next--", ""]).encode("utf-8", "surrogateescape")


def status(*, about: UUID | None = OURS, **fields: str) -> str:
    """Both groups of a delivery status: of the message, then of its recipient (RFC 3464, 2)."""
    message = ["Reporting-MTA: dns; mx.test", *([f"Original-Envelope-Id: {about}"] if about else [])]
    recipient = ["Final-Recipient: rfc822; iemand@inwoner.invalid", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*message, "", *recipient])


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("delivered", Answer.DELIVERED),
        ("failed", Answer.FAILED),
        ("delayed", Answer.DELAYED),
        ("relayed", Answer.RELAYED),
        ("expanded", Answer.RELAYED),
        ("FAILED", Answer.FAILED),
        ("Delivered", Answer.DELIVERED),
    ],
)
def test_each_action_of_the_standard_is_one_answer_however_it_is_spelt(action: str, answer: Answer) -> None:
    report = read(mail((_STATUS, status(Action=action, Status="2.0.0"))))
    assert report is not None
    assert (report.delivery_id, report.answer) == (OURS, answer)
    assert (report.reason is None) is (answer is not Answer.FAILED)


@pytest.mark.parametrize("action", ["", "expired", "deliver", "failed delivered", "gelukt"])
def test_an_action_that_the_standard_does_not_know_says_nothing(action: str) -> None:
    assert read(mail((_STATUS, status(Action=action, Status="5.1.1")))) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("5.1.1", "addressUnknown"),
        ("5.1.10", "addressUnknown"),
        ("5.2.1", "addressUnknown"),
        ("5.2.2", "mailboxFull"),
        ("5.7.1", "refusedByPolicy"),
        ("5.7.26", "refusedByPolicy"),
        ("5.4.7", "rejected"),
        ("5.10.1", "rejected"),  # subject 10 is not subject 1
        ("4.2.2", "rejected"),
        ("nonsense", "rejected"),
    ],
)
def test_why_a_mail_failed_is_read_from_its_enhanced_code(code: str, reason: str) -> None:
    assert read(mail((_STATUS, status(Action="failed", Status=code)))) == Report(OURS, Answer.FAILED, reason)


def test_a_code_may_stand_in_a_sentence_and_longer_numbers_are_none() -> None:
    assert enhanced("550 5.1.1 <a@b>: no such user") == "5.1.1"
    assert [enhanced(text) for text in ("15.1.1", "5.1.1234", "5.1", "6.1.1", "3.0.0", "", "\u0665.1.1")] == [None] * 7


@pytest.mark.parametrize(
    ("code", "text", "fate"),
    [
        (550, "5.1.1 no such user", (Fate.FAILED, "addressUnknown")),
        (550, "no such user", (Fate.FAILED, "addressUnknown")),
        (552, "full", (Fate.FAILED, "mailboxFull")),
        (554, "5.7.1 spam", (Fate.FAILED, "refusedByPolicy")),
        (554, "no", (Fate.FAILED, "rejected")),
        (500, "what?", (Fate.FAILED, "rejected")),
        (499, "5.1.1 a temporary code with a permanent text", (Fate.DEFERRED, "deferred")),
        (451, "4.7.1 greylisted", (Fate.DEFERRED, "deferred")),
        (421, "closing", (Fate.DEFERRED, "deferred")),
    ],
)
def test_a_refusal_is_for_good_from_500_on_and_the_reply_says_why(code: int, text: str, fate: tuple[Fate, str]) -> None:
    assert refused(code, text) == fate


def test_a_refusal_without_any_code_has_still_a_reason() -> None:
    assert reason_of(None) == reason_of(None, 599) == reason_of("") == "rejected"


def _about(raw: bytes) -> UUID | None:
    report = read(raw)
    return report.delivery_id if report is not None else None


def test_each_way_to_name_our_delivery_is_understood_and_the_surest_one_counts() -> None:
    failed = status(about=None, Action="failed", Status="5.1.1")
    back = f"bounces+{OTHER.hex}@hub.test"
    returned = (_HEADERS, f"Subject: Uw inschrijving\r\nMessage-ID: <{OURS}@hub.test>")
    whole = ("message/rfc822", f"Message-ID: <{OURS}@hub.test>\r\n\r\nBeste")
    named: dict[str, bytes] = {
        "envelope": mail((_STATUS, status(Action="failed"))),
        "returned headers": mail((_STATUS, failed), returned),
        "returned mail": mail((_STATUS, failed), whole),
        "mailbox": mail((_STATUS, failed), to=f"bounces+{OURS.hex}@hub.test"),
        "mailbox in capitals": mail((_STATUS, failed), to=f"<BOUNCES+{OURS.hex.upper()}@HUB.TEST>"),
        "envelope before mailbox": mail((_STATUS, status(Action="failed")), to=back),
    }
    assert {how: _about(raw) for how, raw in named.items()} == dict.fromkeys(named, OURS)
    assert read(mail((_STATUS, failed), returned, to=back)) == Report(OTHER, Answer.FAILED, "addressUnknown")


@pytest.mark.parametrize(
    "to", ["postmaster@hub.test", f"bounces+{OURS.hex[:-1]}@hub.test", f"bounces+{OURS}@hub.test", f"bounces{OURS.hex}@hub.test", ""]
)
def test_a_report_that_names_no_delivery_is_none(to: str) -> None:
    assert read(mail((_STATUS, status(about=None, Action="failed", Status="5.1.1")), to=to)) is None


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "base64", "quoted-printable"])
def test_returned_headers_are_found_however_they_are_encoded(encoding: str) -> None:
    headers = f"Message-ID: <{OURS}@hub.test>"
    text = b64encode(headers.encode()).decode() if encoding == "base64" else headers
    raw = mail((_HEADERS, text), encoding=encoding)
    raw = raw.replace(b"--next--", b"--next\r\nContent-Type: message/delivery-status\r\n\r\nX: y\r\n\r\nAction: delivered\r\n--next--")
    assert read(raw) == Report(OURS, Answer.DELIVERED)


@pytest.mark.parametrize(
    ("disposition", "answer"),
    [
        ("manual-action/MDN-sent-manually; displayed", Answer.READ),
        ("automatic-action/MDN-sent-automatically; DISPLAYED", Answer.READ),
        ("automatic-action/MDN-sent-automatically; deleted", None),
        ("automatic-action/MDN-sent-automatically; dispatched", None),
        ("", None),
    ],
)
def test_only_displayed_says_that_somebody_may_have_read_it(disposition: str, answer: Answer | None) -> None:
    report = read(mail((_READ, f"Original-Message-ID: <{OURS}@hub.test>\r\nDisposition: {disposition}")))
    assert (report and report.answer) == answer


def test_nothing_that_a_mail_can_say_counts_as_opened_or_posted() -> None:
    """Those two need a strong login and a proof of posting; a mail is anyone's word."""
    words = {word: read(mail((_STATUS, status(Action=word)))) for word in Answer}
    assert {word for word, report in words.items() if report} == {Answer.DELIVERED, Answer.FAILED, Answer.DELAYED, Answer.RELAYED}
    assert all(Answer.OPENED not in answers for answers in STEPS[Channel.EMAIL].values())
    assert State.POSTED not in STEPS[Channel.EMAIL]


def test_a_delivery_status_counts_before_a_receipt_in_the_same_mail() -> None:
    read_it = (_READ, f"Original-Message-ID: <{OURS}@hub.test>\r\nDisposition: x; displayed")
    for parts in ([read_it, (_STATUS, status(Action="failed"))], [(_STATUS, status(Action="failed")), read_it]):
        report = read(mail(*parts))
        assert report is not None
        assert report.answer is Answer.FAILED


def _nested(kind: str, depth: int) -> bytes:
    """A mail inside a mail inside a mail."""
    if kind == "mails":
        return b"Content-Type: message/rfc822\r\n\r\n" * depth
    return b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (step, step) for step in range(depth))


@pytest.mark.parametrize("kind", ["mails", "parts"])
@pytest.mark.parametrize("depth", [10, 1_000, 10_000])
def test_a_mail_nested_beyond_every_measure_is_no_report(kind: str, depth: int) -> None:
    """Anyone can send one to the bounce mailbox: it must end as a mail to look at, not as a fault that the mail host tries again."""
    assert read(f"To: bounces+{OURS.hex}@hub.test\r\n".encode() + _nested(kind, depth)) is None


def test_ten_thousand_parts_are_not_all_looked_at() -> None:
    many = [("text/plain", "x")] * 10_000
    assert read(mail(*many, (_STATUS, status(Action="failed")))) is None
    assert read(mail((_STATUS, status(Action="failed")), *many)) is not None


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_reading_fail(raw: bytes) -> None:
    assert read(raw) is None


_REPORTS = [
    mail((_STATUS, status(Action="failed", Status="5.1.1"))),
    mail((_READ, f"Original-Message-ID: <{OURS}@hub.test>\r\nDisposition: x; displayed")),
    mail((_STATUS, status(about=None, Action="delivered")), to=f"bounces+{OURS.hex}@hub.test"),
]


@given(st.sampled_from(_REPORTS), st.integers(0), st.binary(max_size=12), st.integers(0, 40))
def test_a_report_with_anything_written_over_it_is_a_report_about_one_delivery_or_none(raw: bytes, at: int, other: bytes, cut: int) -> None:
    at %= len(raw)
    report = read(raw[:at] + other + raw[at + cut :])
    assert report is None or (report.reason is None) is (report.answer is not Answer.FAILED)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60), st.sampled_from(["failed", "5.1.1", str(OURS)]))
def test_a_field_of_any_words_never_makes_reading_fail(text: str, instead_of: str) -> None:
    said = status(Action="failed", Status="5.1.1")
    report = read(mail((_STATUS, said.replace(instead_of, text))))
    assert report is None or report.answer in Answer
