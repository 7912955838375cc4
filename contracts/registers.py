"""What registration announces about the registers it keeps: existing jobseekers, sources, terms, objections."""

from enum import StrEnum
from uuid import UUID

from contracts.codes import Category, Origin, SourceState
from contracts.fields import Code, Instant, LocalDate, RuleId, Version
from contracts.identifiers import PersonId
from contracts.registry import REGISTRATION, Event

_TO_INTEGRATION = ("registrationToIntegration",)


class JobseekerImported(Event, type="jobseekers.notify.imported", service=REGISTRATION, flows=_TO_INTEGRATION):
    """VDAB's own register holds this registration; `registered_at` decides whether it came in time."""

    person_id: PersonId
    jobseeker_id: UUID
    category: Category
    origin: Origin
    starts_on: LocalDate
    registered_at: Instant
    ends_on: LocalDate | None = None
    registration_id: UUID | None = None  # stays empty: VDAB does not tell us which of the hub's registrations it carries on
    version: Version


class JobseekerEnded(Event, type="jobseekers.notify.ended", service=REGISTRATION, flows=_TO_INTEGRATION):
    """A registration in VDAB's own register ended."""

    person_id: PersonId
    jobseeker_id: UUID
    ended_on: LocalDate
    registration_id: UUID | None = None  # stays empty, as above
    version: Version


class SourceChanged(Event, type="sources.notify.changed", service=REGISTRATION, keyless=True):
    """The watermark of a source moved: an absence counts up to `complete_until`, and only while the source is available."""

    source: Code
    state: SourceState
    complete_until: LocalDate | None = None
    version: Version


class _TermEvent(Event):
    """What every event about a term carries."""

    person_id: PersonId
    term_id: UUID
    registration_id: UUID
    rule_id: RuleId
    anchor_on: LocalDate
    due_on: LocalDate
    due_at: Instant
    version: Version


class TermOpened(_TermEvent, type="terms.notify.opened", service=REGISTRATION):
    """A term began: screening, agreements, an answer that is due."""


class TermRevised(_TermEvent, type="terms.notify.revised", service=REGISTRATION):
    """The date moved, never to the person's detriment once it was notified."""

    reasons: tuple[Code, ...]


class TermDue(_TermEvent, type="terms.notify.due", service=REGISTRATION):
    """The last day of the term has begun."""


class TermOverdue(_TermEvent, type="terms.notify.overdue", service=REGISTRATION):
    """The term passed without what it was for."""


class TermMet(_TermEvent, type="terms.notify.met", service=REGISTRATION):
    """What the term was for has happened."""

    met_on: LocalDate


class ObjectionKind(StrEnum):
    """GDPR article 21 or 18."""

    OBJECTION = "objection"
    RESTRICTION = "restriction"


class ObjectionOutcome(StrEnum):
    """What a person decided about it."""

    UPHELD = "upheld"
    REJECTED = "rejected"


class ObjectionReceived(Event, type="objections.notify.received", service=REGISTRATION):
    """A person objects; until someone decides, nothing is sent and nothing is registered."""

    person_id: PersonId
    objection_id: UUID
    kind: ObjectionKind
    registration_id: UUID | None = None
    answer_due_on: LocalDate
    version: Version


class ObjectionDecided(Event, type="objections.notify.decided", service=REGISTRATION):
    """Someone decided about an objection; the person is told by a notice."""

    person_id: PersonId
    objection_id: UUID
    kind: ObjectionKind
    outcome: ObjectionOutcome
    registration_id: UUID | None = None
    decided_on: LocalDate
    version: Version
