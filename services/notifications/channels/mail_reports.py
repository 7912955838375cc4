"""Reads what comes back to the bounce mailbox: delivery status notifications (RFC 3464) and disposition notifications (RFC 8098)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final
from uuid import UUID

from services.notifications.channels.mail_status import enhanced, reason_of
from services.notifications.domain.notices import Answer

# `expanded` went on to a list that reports no further, as `relayed` did to a host that does not.
_ACTIONS: Final = {
    "delivered": Answer.DELIVERED,
    "failed": Answer.FAILED,
    "delayed": Answer.DELAYED,
    "relayed": Answer.RELAYED,
    "expanded": Answer.RELAYED,
}
_VERP: Final = re.compile(r"bounces\+([0-9a-f]{32})@", re.ASCII | re.IGNORECASE)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_MAILBOXES: Final = ("To", "Delivered-To", "X-Original-To")
_MOST_PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says about one delivery."""

    delivery_id: UUID
    answer: Answer
    reason: str | None = None


def read(raw: bytes) -> Report | None:
    """The report in a mail; nothing when it is no report, or one about something else."""
    try:
        mail = message_from_bytes(raw)
    except RecursionError:  # nested beyond what any mail program makes; the parser goes down into it step by step
        return None
    parts = {part.get_content_type(): part for _, part in zip(range(_MOST_PARTS), mail.walk(), strict=False)}
    delivery_id = _named(mail, parts)
    if delivery_id is None:
        return None
    if (status := parts.get("message/delivery-status")) is not None:
        return _status(delivery_id, status)
    if (disposition := parts.get("message/disposition-notification")) is not None:
        return _disposition(delivery_id, disposition)
    return None


def _status(delivery_id: UUID, part: Message) -> Report | None:
    """Each of our messages has one recipient, so one block names an action."""
    for block in _blocks(part):
        answer = _ACTIONS.get(_text(block, "Action").lower())
        if answer is not None:
            code = enhanced(_text(block, "Status"))
            return Report(delivery_id, answer, reason_of(code) if answer is Answer.FAILED else None)
    return None


def _disposition(delivery_id: UUID, part: Message) -> Report | None:
    """Only `displayed` says that someone may have read it; anyone can write that, so it only corroborates."""
    displayed = any("displayed" in _text(block, "Disposition").lower() for block in _blocks(part))
    return Report(delivery_id, Answer.READ) if displayed else None


def _named(mail: Message, parts: dict[str, Message]) -> UUID | None:
    """The delivery, by its envelope id, by the message it returns, or by the mailbox it came back to."""
    blocks = [block for kind in ("message/delivery-status", "message/disposition-notification") for block in _blocks(parts.get(kind))]
    for block in blocks:
        for field in ("Original-Envelope-Id", "Original-Message-ID"):
            if (found := _UUID.search(_text(block, field))) is not None:
                return UUID(found.group())
    for field in _MAILBOXES:
        if (verp := _VERP.search(_text(mail, field))) is not None:
            return UUID(verp.group(1))
    for block in (*_blocks(parts.get("text/rfc822-headers")), *_blocks(parts.get("message/rfc822"))):
        if (found := _UUID.search(_text(block, "Message-ID"))) is not None:
            return UUID(found.group())
    return None


def _blocks(part: Message | None) -> Iterator[Message]:
    """The groups of fields in a part: messages where the parser made them, else headers in its text."""
    if part is None:
        return
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Message))
    else:
        decoded = part.get_payload(decode=True)
        for text in re.split(rb"\r?\n\r?\n", decoded if isinstance(decoded, bytes) else b""):
            yield message_from_bytes(text)


def _text(block: Message, field: str) -> str:
    return str(block.get(field, ""))
