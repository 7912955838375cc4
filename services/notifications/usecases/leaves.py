"""What the evidence log hears of a notice; personal data goes into salted commitments only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.codes import Channel, DeliveryKind
from contracts.identifiers import PersonId
from contracts.people import Address
from contracts.persons import PersonErased
from proof.canonical import Json
from proof.disclosures import Attachment
from services.notifications.channels.letter_text import address_lines
from services.notifications.channels.port import Fate, Outcome
from services.notifications.domain.channels import MAILBOXES
from services.notifications.domain.notices import Answer
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.vocabulary import EventName
from services.notifications.store.deliveries import Delivery
from services.notifications.usecases.book import Sender
from services.notifications.usecases.letters import LANGUAGE, MEDIA_TYPE
from services.notifications.usecases.orders import Order

_TAKEN: Final = frozenset({Fate.RELAYED, Fate.DELIVERED, Fate.AVAILABLE})
_CONTENT: Final = frozenset({DeliveryKind.CONTENT, DeliveryKind.COPY})
_ANSWERS: Final = {
    Answer.PRINTED: EventName.LETTER_PRINTED,
    Answer.POSTED: EventName.LETTER_POSTED,
    Answer.PRESENTED: EventName.DELIVERED_BY_CHANNEL,
    Answer.DELIVERED: EventName.DELIVERED_BY_CHANNEL,
    Answer.RETURNED: EventName.LETTER_RETURNED,
    Answer.FAILED: EventName.RELAY_TO_NON_ERDS_FAILURE,
    Answer.OPENED: EventName.CONTENT_HANDOVER,
    Answer.READ: EventName.WEAK_OPEN_SIGNAL,
    Answer.RELAYED: EventName.RELAY_TO_NON_ERDS,
    Answer.DELAYED: EventName.RELAY_TO_NON_ERDS,
}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a carrier: what, when by its own clock, why, its proof, and the answer as it came."""

    answer: Answer
    at: datetime
    reason: str | None = None
    proof: str | None = None
    raw: Attachment | None = None


def acceptance(order: Order, notice_id: UUID, sender: Sender, content: bytes, channel: Channel, policy: bytes) -> EvidenceEvent:
    """The text is frozen: its digest, who says it, to whom, about what, by which template."""
    return EvidenceEvent(
        person_id=order.person_id,
        notice_id=notice_id,
        name=EventName.SUBMISSION_ACCEPTANCE,
        channel=channel,
        fields=_parties(order, sender) | {"content": Attachment(content, MEDIA_TYPE).described()},
        policy=policy,
    )


def rejection(order: Order, notice_id: UUID, sender: Sender) -> EvidenceEvent:
    """It was asked for and refused; the leaf names the first reason, as short codes are all it takes."""
    return EvidenceEvent(
        person_id=order.person_id,
        notice_id=notice_id,
        name=EventName.SUBMISSION_REJECTION,
        fields=_parties(order, sender),
        outcome={"reason": order.refusals[0], "count": str(len(order.refusals))},
    )


def intent(
    person_id: PersonId,
    notice_id: UUID,
    event_id: UUID,
    channel: Channel,
    rule_id: str,
    target: Address | str,
    kind: DeliveryKind = DeliveryKind.CONTENT,
) -> EvidenceEvent:
    """A delivery is about to be attempted, on this channel by this rule, to this address (`mechanics.md` 25)."""
    where: Json = target if isinstance(target, str) else list(address_lines(target))
    return EvidenceEvent(
        person_id=person_id,
        notice_id=notice_id,
        name=EventName.DISPATCH_INTENDED,
        channel=channel,
        fields={"recipient": {"address": where}},
        outcome={"rule": rule_id} if kind is DeliveryKind.CONTENT else {"rule": rule_id, "kind": kind.value},
        event_id=event_id,
    )


def handed_over(one: Delivery, outcome: Outcome) -> EvidenceEvent:
    """What its carrier made of a delivery: the digest of what was handed over, the carrier's own words, and short codes in clear."""
    fields: dict[str, Json] = {}
    if outcome.sent is not None:
        fields["artefact"] = outcome.sent.described()
    if outcome.said:
        fields["answer"] = dict(outcome.said)
    codes = {"code": "handedOver"} if outcome.fate in _TAKEN else {}
    return EvidenceEvent(
        person_id=one.person_id,
        notice_id=one.notice_id,
        name=_handed(one, outcome.fate),
        channel=one.channel,
        fields=fields,
        outcome=codes | dict(outcome.codes) | ({"reason": outcome.reason} if outcome.reason else {}),
        answers=one.intent_event_id,
    )


def _handed(one: Delivery, fate: Fate) -> EventName:
    if fate is Fate.UNKNOWN:
        return EventName.DISPATCH_UNKNOWN
    if one.channel in MAILBOXES:
        return EventName.CONTENT_CONSIGNMENT if fate in _TAKEN else EventName.CONTENT_CONSIGNMENT_FAILURE
    if one.kind in _CONTENT:
        return EventName.RELAY_TO_NON_ERDS if fate in _TAKEN else EventName.RELAY_TO_NON_ERDS_FAILURE
    return EventName.CONSIGNMENT_NOTIFICATION if fate in _TAKEN else EventName.CONSIGNMENT_NOTIFICATION_FAILURE


def not_relayed(one: Delivery, reason: str) -> EvidenceEvent:
    """The attempt failed for good before anything left the house."""
    return handed_over(one, Outcome(delivery_id=one.delivery_id, fate=Fate.FAILED, reason=reason))


def answered(one: Delivery, said: Said) -> EvidenceEvent:
    """The carrier's own word; its proof is committed to, and the raw answer is kept sealed."""
    name = _ANSWERS[said.answer]
    if one.kind not in _CONTENT:
        name = {Answer.DELIVERED: EventName.NOTIFICATION_DELIVERED, Answer.FAILED: EventName.CONSIGNMENT_NOTIFICATION_FAILURE}.get(
            said.answer, name
        )
    return EvidenceEvent(
        person_id=one.person_id,
        notice_id=one.notice_id,
        name=name,
        channel=one.channel,
        fields={"artefact": said.proof} if said.proof and said.raw is None else {},
        files={"artefact": said.raw} if said.raw is not None else {},
        outcome={"event": said.answer.value} | ({"reason": said.reason} if said.reason else {}),
        answers=one.intent_event_id,
    )


def withdrawn(person_id: PersonId, notice_id: UUID, reason: str) -> EvidenceEvent:
    """It will not be sent."""
    return EvidenceEvent(person_id=person_id, notice_id=notice_id, name=EventName.SUBMISSION_WITHDRAWN, outcome={"reason": reason})


def erased(person_id: PersonId, notice_id: UUID, said: PersonErased) -> EvidenceEvent:
    """The keys to what was logged before were destroyed: it can be proven for ever, and shown no more."""
    outcome = {"ground": said.ground, "classes": ".".join(said.classes)}
    return EvidenceEvent(person_id=person_id, notice_id=notice_id, name=EventName.CONTENT_ERASED, outcome=outcome)


def _parties(order: Order, sender: Sender) -> dict[str, Json]:
    return {
        "sender": {"organisation": order.organisation, "name": sender.name, "unit": sender.unit},
        "recipient": {"personId": str(order.person_id), "ssin": order.person.ssin.value, "name": order.addressee},
        "subject": {
            "purpose": order.purpose.value,
            "period": order.period,
            "dossierNumber": order.legal.dossier_number,
            "template": order.template,
            "language": LANGUAGE,
        },
    }
