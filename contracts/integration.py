"""What the integration feed announces: the obligation of a newcomer to register, from its opening to its end."""

from uuid import UUID

from contracts.codes import Duty, TermState
from contracts.fields import Code, Instant, LocalDate, RuleId, Version
from contracts.identifiers import PersonId
from contracts.people import FeedDecision, PersonFacts
from contracts.registry import INTEGRATION_FEED, Event, Part, Sensitivity
from contracts.sealed import Sealed

_TO_REGISTRATION = ("integrationToRegistration",)
_TO_NOTIFICATION = ("integrationToNotification",)


class Term(Part):
    """A term on the obligation: the last day to register, and the midnight that ends it."""

    rule_id: RuleId
    due_on: LocalDate
    due_at: Instant
    state: TermState = TermState.RUNNING


class Interval(Part):
    """A time during which something did not work; `until` is left out while it lasts."""

    since: Instant
    until: Instant | None = None


class StudyPeriod(Part):
    """Full-time study, both ends included; `ends_on` is left out while it is unknown."""

    starts_on: LocalDate
    ends_on: LocalDate | None = None


class _ObligationEvent(Event):
    """What every event about an obligation carries."""

    person_id: PersonId
    obligation_id: UUID
    contract_id: UUID  # the hub's own id of the contract, never the agency's reference
    agency: Code
    version: Version
    effective_on: LocalDate


class _ObligationState(_ObligationEvent):
    """The whole obligation after what happened."""

    anchor_on: LocalDate
    outcome: Code  # NewcomerOutcome
    rule_id: RuleId
    rule_set: str
    terms: tuple[Term, ...]
    duty: Duty | None = None
    flags: tuple[Code, ...] = ()  # Flag
    full_time_study: StudyPeriod | None = None
    person: Sealed[PersonFacts]
    decision: Sealed[FeedDecision]


class ObligationOpened(
    _ObligationState,
    type="obligations.notify.opened",
    service=INTEGRATION_FEED,
    flows=_TO_REGISTRATION,
    sensitivity=Sensitivity.SEALED,
):
    """A newcomer with a perspective on the labour market signed a contract, so a registration is due."""


class ObligationChanged(
    _ObligationState,
    type="obligations.notify.changed",
    service=INTEGRATION_FEED,
    flows=_TO_REGISTRATION,
    sensitivity=Sensitivity.SEALED,
):
    """The obligation stands, but not as it was announced: another date, duty, flag or outcome."""

    reasons: tuple[Code, ...]


class ReminderDue(
    _ObligationEvent,
    type="obligations.notify.reminderDue",
    service=INTEGRATION_FEED,
    flows=_TO_NOTIFICATION,
    sensitivity=Sensitivity.SEALED,
):
    """The person is still unregistered some time into the term and is to be reminded by a notice of its own purpose."""

    purpose: Code  # Purpose
    terms: tuple[Term, ...]
    person: Sealed[PersonFacts]


class ObligationMet(_ObligationEvent, type="obligations.notify.met", service=INTEGRATION_FEED, flows=_TO_REGISTRATION):
    """The person is registered; it stays met, whatever becomes of the registration."""

    met_on: LocalDate  # the registration's date, also when before the contract
    registration_id: UUID | None = None
    terms: tuple[Term, ...]


class ObligationOverdue(_ObligationEvent, type="obligations.notify.overdue", service=INTEGRATION_FEED, flows=_TO_REGISTRATION):
    """The statutory term passed without a registration; a fact for the agency's counsellor, never a sanction."""

    term: Term
    overdue_since: Instant
    notice_effective_on: LocalDate | None = None  # left out: the person was not notified with effect
    fault_intervals: tuple[Interval, ...] = ()


class ObligationClosed(_ObligationEvent, type="obligations.notify.closed", service=INTEGRATION_FEED, flows=_TO_REGISTRATION):
    """The obligation ended without a registration: contract stopped, exemption, death, departure."""

    outcome: Code  # NewcomerOutcome
    rule_id: RuleId
    reasons: tuple[Code, ...]
    overdue_withdrawn: bool = False
