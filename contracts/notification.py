"""What notifications announces about notices and their legal effect, consents, contact points and the evidence log.

These events name no flow: they go back inside VDAB to those who asked for the notice, under the flow that brought the request.
"""

from enum import StrEnum
from uuid import UUID

from contracts.fields import Code, Instant, LocalDate, RuleId, Version
from contracts.identifiers import PersonId
from contracts.registry import NOTIFICATION, Event


class _NoticeEvent(Event):
    """What every event about a notice carries."""

    person_id: PersonId
    notice_id: UUID
    purpose: Code  # Purpose
    period: str
    about_id: UUID | None = None  # the obligation, registration or objection that it tells of
    version: Version


class _DeliveryEvent(_NoticeEvent):
    """What every event about one attempt on one channel carries."""

    delivery_id: UUID
    channel: Code  # Channel
    kind: Code = "content"  # DeliveryKind
    at: Instant


class NoticeSubmitted(_NoticeEvent, type="notices.notify.submitted", service=NOTIFICATION):
    """The text is frozen and its acceptance is in the evidence log."""

    content_digest: str  # SHA-256, hexadecimal
    template: str
    language: Code
    channel: Code  # Channel; provisional; the final one is chosen at dispatch
    submitted_at: Instant


class NoticeRefused(_NoticeEvent, type="notices.notify.refused", service=NOTIFICATION):
    """A notice was asked for that cannot have the effect it is meant to have."""

    reasons: tuple[Code, ...]


class NoticeMadeAvailable(_DeliveryEvent, type="notices.notify.madeAvailable", service=NOTIFICATION):
    """It stands in the recipient's authenticated mailbox."""


class NoticeDispatched(_DeliveryEvent, type="notices.notify.dispatched", service=NOTIFICATION):
    """It was handed to the carrier: posted, or accepted by the provider."""


class NoticeDelivered(_DeliveryEvent, type="notices.notify.delivered", service=NOTIFICATION):
    """The carrier says that it arrived."""


class NoticeOpened(_DeliveryEvent, type="notices.notify.opened", service=NOTIFICATION):
    """The recipient opened it after a strong login."""


class NoticeFailed(_DeliveryEvent, type="notices.notify.failed", service=NOTIFICATION):
    """The attempt failed for good; another channel may follow."""

    reasons: tuple[Code, ...]


class NoticeFellBack(_DeliveryEvent, type="notices.notify.fellBack", service=NOTIFICATION):
    """It goes out on paper because the digital road led nowhere; another delivery of the same notice."""

    reasons: tuple[Code, ...]


class NoticeWithdrawn(_NoticeEvent, type="notices.notify.withdrawn", service=NOTIFICATION):
    """It will not be sent; possible until it is made available or dispatched."""

    reasons: tuple[Code, ...]
    withdrawn_at: Instant


class NoticeReplaced(_NoticeEvent, type="notices.notify.replaced", service=NOTIFICATION):
    """A new notice took its place; part of the language, not announced yet."""

    replaced_by: UUID


class AppealTerm(StrEnum):
    """Whether the term of appeal runs."""

    STARTED = "started"
    NOT_STARTED = "notStarted"  # appeal information is missing and the body is a court: someone decides


class _EffectEvent(_NoticeEvent):
    """What every event about legal effect carries."""

    basis: Code  # EffectBasis
    rule_id: RuleId
    effective_on: LocalDate


class EffectEstablished(_EffectEvent, type="effects.notify.established", service=NOTIFICATION):
    """The notice has legal effect from that day on."""

    effective_at: Instant
    appeal_term: AppealTerm | None = None
    appeal_from: LocalDate | None = None
    appeal_last_day: LocalDate | None = None


class EffectRevoked(_EffectEvent, type="effects.notify.revoked", service=NOTIFICATION):
    """What gave the effect turned out not to have happened; paper and a new term follow."""

    reasons: tuple[Code, ...]
    revoked_at: Instant


class ConsentGiven(Event, type="consents.notify.given", service=NOTIFICATION):
    """A person consented to a means for these procedures; `effective` only with proof, text and a strong means of identification."""

    person_id: PersonId
    consent_id: UUID
    means: Code
    procedures: tuple[Code, ...]
    effective: bool
    given_at: Instant
    version: Version


class ConsentWithdrawn(Event, type="consents.notify.withdrawn", service=NOTIFICATION):
    """A person took a consent back; notices already made available keep their effect."""

    person_id: PersonId
    consent_id: UUID
    withdrawn_at: Instant
    version: Version


class ContactPointConfirmed(Event, type="contactPoints.notify.confirmed", service=NOTIFICATION):
    """The person confirmed an address; the address itself stays in notifications."""

    person_id: PersonId
    contact_point_id: UUID
    kind: Code
    confirmed_at: Instant
    version: Version


class ContactPointSuspended(Event, type="contactPoints.notify.suspended", service=NOTIFICATION):
    """An address no longer serves: it bounced, or another person has it too."""

    person_id: PersonId
    contact_point_id: UUID
    kind: Code
    reasons: tuple[Code, ...]
    suspended_at: Instant
    version: Version


class CheckpointSigned(Event, type="checkpoints.notify.signed", service=NOTIFICATION, keyless=True):
    """The evidence log vouches for its first `size` leaves; the note is public (C2SP tlog-checkpoint), this event not announced yet."""

    origin: str
    size: int
    root: str  # base64, as in the note
    note: str
    signed_at: Instant
