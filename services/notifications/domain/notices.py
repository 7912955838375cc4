"""Where a notice and its deliveries stand, and what a carrier's answer makes of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.codes import Channel, DeliveryKind
from services.notifications.domain.channels import ON_PAPER


class State(StrEnum):
    """States of a notice, and of a delivery from `submitted` on (`facts.md` 2)."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    SENDING = "sending"  # inside only: its intent is covered and the act is under way
    AVAILABLE = "available"
    NOTIFIED = "notified"
    NOTIFICATION_FAILED = "notificationFailed"
    OPENED = "opened"
    REMINDED = "reminded"
    RELAYED = "relayed"
    DELIVERED = "delivered"
    READ = "read"
    UNKNOWN = "unknown"
    FAILED = "failed"
    PRINTED = "printed"
    POSTED = "posted"
    PRESENTED = "presented"
    RETURNED = "returned"
    PAPER_FALLBACK = "paperFallback"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class Answer(StrEnum):
    """What a carrier reports about a delivery (`facts.md` 1)."""

    PRINTED = "printed"
    POSTED = "posted"
    PRESENTED = "presented"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"
    OPENED = "opened"  # after a strong login; of the portal
    READ = "read"  # a reader's program says so (MDN); anyone can forge it, so it corroborates and gives nothing
    RELAYED = "relayed"  # entered a place that reports no further; not delivery (RFC 3464, 2.3.3)
    DELAYED = "delayed"


_Steps = Mapping[State, frozenset[Answer]]

# Forward only; an answer that comes late or again changes nothing.
_LETTER: Final[_Steps] = {
    State.RELAYED: frozenset({Answer.PRINTED, Answer.POSTED, Answer.PRESENTED, Answer.DELIVERED, Answer.RETURNED, Answer.FAILED}),
    State.PRINTED: frozenset({Answer.POSTED, Answer.PRESENTED, Answer.DELIVERED, Answer.RETURNED, Answer.FAILED}),
    State.POSTED: frozenset({Answer.PRESENTED, Answer.DELIVERED, Answer.RETURNED, Answer.FAILED}),
    State.PRESENTED: frozenset({Answer.DELIVERED, Answer.RETURNED}),
    State.DELIVERED: frozenset({Answer.RETURNED}),
}
# A mail that was accepted can still bounce hours later (RFC 5321, 6.1); one that nobody knows about can be settled by its report.
_MAIL: Final[_Steps] = {
    State.RELAYED: frozenset({Answer.DELIVERED, Answer.FAILED}),
    State.UNKNOWN: frozenset({Answer.RELAYED, Answer.DELIVERED, Answer.FAILED}),
    State.DELIVERED: frozenset({Answer.READ, Answer.FAILED}),
    State.READ: frozenset({Answer.FAILED}),
}
_SMS: Final[_Steps] = {
    State.RELAYED: frozenset({Answer.DELIVERED, Answer.FAILED}),
    State.UNKNOWN: frozenset({Answer.DELIVERED, Answer.FAILED}),
}
_MAILBOX: Final[_Steps] = {State.AVAILABLE: frozenset({Answer.OPENED})}
STEPS: Final[Mapping[Channel, _Steps]] = {
    Channel.PAPER: _LETTER,
    Channel.REGISTERED_POST: _LETTER,
    Channel.EMAIL: _MAIL,
    Channel.SMS: _SMS,
    Channel.PORTAL: _MAILBOX,
    Channel.EBOX: _MAILBOX,
    Channel.EBOX_REGISTERED: _MAILBOX,
}
# An answer in these states came before its carrier told us that it took the delivery: it is kept, and applied then.
EARLY: Final = frozenset({State.SUBMITTED, State.SENDING})
_PAPER_TRACK: Final = frozenset({State.PAPER_FALLBACK, State.PRINTED, State.POSTED, State.PRESENTED, State.RETURNED})
_ABOUT: Final[Mapping[DeliveryKind, Mapping[State, State]]] = {
    DeliveryKind.NOTIFICATION: {
        State.RELAYED: State.NOTIFIED,
        State.DELIVERED: State.NOTIFIED,
        State.FAILED: State.NOTIFICATION_FAILED,
    },
    DeliveryKind.REMINDER: {State.RELAYED: State.REMINDED, State.DELIVERED: State.REMINDED},
}


def follows(channel: Channel, state: State, answer: Answer, *, proven: bool) -> bool:
    """Whether the answer moves a delivery on; posting counts only with its proof."""
    return answer in STEPS[channel].get(state, frozenset()) and (proven or answer is not Answer.POSTED)


def stands(notice: State, channel: Channel, kind: DeliveryKind, delivery: State) -> State:
    """Where the notice stands once one of its deliveries has moved.

    Only what carries the content moves it, or announces content that is available and not yet opened; a digital carrier says nothing
    more about a notice that went on to paper.
    """
    if kind is DeliveryKind.CONTENT:
        on_paper = channel in ON_PAPER
        return delivery if on_paper or notice not in _PAPER_TRACK or delivery is State.OPENED else notice
    if notice in (State.AVAILABLE, State.NOTIFIED, State.NOTIFICATION_FAILED, State.REMINDED):
        return _ABOUT.get(kind, {}).get(delivery, notice)
    return notice
