"""What the evidence log hears of a notice; personal data goes into salted commitments only."""

from uuid import UUID

from contracts.codes import Channel, DeliveryKind
from contracts.identifiers import PersonId
from contracts.people import Address
from proof.canonical import Json
from proof.disclosures import Attachment
from services.notifications.evidence import vocabulary
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.vocabulary import EventName
from services.notifications.usecases.book import Sender
from services.notifications.usecases.letters import LANGUAGE, MEDIA_TYPE
from services.notifications.usecases.orders import Order


def acceptance(order: Order, notice_id: UUID, sender: Sender, content: bytes, channel: Channel, policy: bytes) -> EvidenceEvent:
    """The text is frozen: its digest, who says it, to whom, about what, by which template."""
    return EvidenceEvent(
        person_id=order.person_id,
        notice_id=notice_id,
        name=EventName.SUBMISSION_ACCEPTANCE,
        channel=vocabulary.Channel(channel),
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
        channel=vocabulary.Channel(channel),
        fields={"recipient": {"address": where}},
        outcome={"rule": rule_id} if kind is DeliveryKind.CONTENT else {"rule": rule_id, "kind": kind.value},
        event_id=event_id,
    )


def relayed(person_id: PersonId, notice_id: UUID, intent_id: UUID, channel: Channel, pdf: bytes) -> EvidenceEvent:
    """The letter was handed to the print house; `artefact` is the digest of the PDF."""
    return EvidenceEvent(
        person_id=person_id,
        notice_id=notice_id,
        name=EventName.RELAY_TO_NON_ERDS,
        channel=vocabulary.Channel(channel),
        fields={"artefact": Attachment(pdf, "application/pdf").described()},
        outcome={"code": "handedOver"},
        answers=intent_id,
    )


def not_relayed(person_id: PersonId, notice_id: UUID, intent_id: UUID, channel: Channel, reason: str) -> EvidenceEvent:
    """The attempt failed for good before anything left the house."""
    return EvidenceEvent(
        person_id=person_id,
        notice_id=notice_id,
        name=EventName.RELAY_TO_NON_ERDS_FAILURE,
        channel=vocabulary.Channel(channel),
        outcome={"reason": reason},
        answers=intent_id,
    )


def withdrawn(person_id: PersonId, notice_id: UUID, reason: str) -> EvidenceEvent:
    """It will not be sent."""
    return EvidenceEvent(person_id=person_id, notice_id=notice_id, name=EventName.SUBMISSION_WITHDRAWN, outcome={"reason": reason})


def address_lines(address: Address) -> tuple[str, ...]:
    """An address as it stands on an envelope."""
    street = " ".join(filter(None, (address.street, address.number, f"bus {address.box}" if address.box else None)))
    lines = (street, f"{address.post_code} {address.municipality}")
    return lines if address.country == "BE" else (*lines, address.country)


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
