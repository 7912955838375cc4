"""Where a notice and its deliveries stand, and what a carrier's answer makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from contracts.codes import Channel, EffectBasis


class State(StrEnum):
    """States of a notice, and of a delivery from `submitted` on (`facts.md` 2)."""

    SUBMITTED = "submitted"
    REFUSED = "refused"
    SENDING = "sending"  # inside only: its intent is covered and the act is under way
    RELAYED = "relayed"
    PRINTED = "printed"
    POSTED = "posted"
    PRESENTED = "presented"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class Answer(StrEnum):
    """What a carrier reports about a letter (`facts.md` 1)."""

    PRINTED = "printed"
    POSTED = "posted"
    PRESENTED = "presented"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"


# Forward only; an answer that comes late or again changes nothing.
_NEXT: Final[Mapping[State, frozenset[Answer]]] = {
    State.RELAYED: frozenset(Answer),
    State.PRINTED: frozenset(Answer) - {Answer.PRINTED},
    State.POSTED: frozenset({Answer.PRESENTED, Answer.DELIVERED, Answer.RETURNED, Answer.FAILED}),
    State.PRESENTED: frozenset({Answer.DELIVERED, Answer.RETURNED}),
    State.DELIVERED: frozenset({Answer.RETURNED}),
}


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a notice has effect, by which row, and from which day."""

    basis: EffectBasis
    rule_id: str
    effective_on: date


def follows(state: State, answer: Answer, *, proven: bool) -> bool:
    """Whether the answer moves a delivery on; posting counts only with its proof."""
    return answer in _NEXT.get(state, frozenset()) and (proven or answer is not Answer.POSTED)


def effect_of(channel: Channel, answer: Answer, on: date) -> Basis | None:
    """The effect that an answer gives: ordinary post the day after posting, registered post on the day it is presented."""
    if channel is Channel.PAPER and answer is Answer.POSTED:
        return Basis(EffectBasis.DAY_AFTER_POSTING, "effect.dayAfterPosting", on + timedelta(days=1))
    if channel is Channel.REGISTERED_POST and answer is Answer.PRESENTED:
        return Basis(EffectBasis.REGISTERED_PRESENTATION, "effect.registeredPresentation", on)
    return None


def revokes(channel: Channel, answer: Answer) -> bool:
    """Whether the answer takes an effect away; registered mail presented and not collected keeps it (`decisions.md` 5)."""
    return answer in (Answer.RETURNED, Answer.FAILED) and channel is not Channel.REGISTERED_POST
