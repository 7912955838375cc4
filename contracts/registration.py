"""What registration announces about registrations, and of the information letter to a school leaver who is held."""

from uuid import UUID

from contracts.codes import Category, Cause, Origin, RegistrationState
from contracts.fields import Code, Instant, LocalDate, RuleId, Version
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.registry import REGISTRATION, Event, Sensitivity
from contracts.sealed import Sealed

_TO_NOTIFICATION = "registrationToNotification"
_FEED_FLOW = {Cause.NEWCOMER: "registrationToIntegration", Cause.LEAVER: "registrationToEducation"}
_TO_FEEDS = tuple(_FEED_FLOW.values())


class _RegistrationEvent(Event):
    """What every event about a registration carries: the decision in short, and the state after it."""

    person_id: PersonId
    registration_id: UUID
    case_id: UUID  # the obligation or the leaver's case that it answers
    cause: Cause
    state: RegistrationState
    outcome: Code  # NewcomerOutcome or LeaverOutcome
    rule_id: RuleId
    rule_set: str
    reasons: tuple[Code, ...] = ()
    effective_on: LocalDate
    version: Version

    def needed_flows(self) -> tuple[str, ...]:
        """Of the two feeds, only the one that the case came from has a part in it."""
        return tuple(flow for flow in self.flows if flow not in _TO_FEEDS or flow == _FEED_FLOW[self.cause])


class RegistrationRegistered(
    _RegistrationEvent,
    type="registrations.notify.registered",
    service=REGISTRATION,
    flows=(_TO_NOTIFICATION, *_TO_FEEDS),
    sensitivity=Sensitivity.SEALED,
):
    """A person was registered by the hub and is to be told by letter."""

    category: Category
    period: str  # school year or case id: what the one confirmation is unique for
    flags: tuple[Code, ...] = ()  # Flag
    insertion_starts_on: LocalDate | None = None  # of a school leaver: the first day of the insertion period
    person: Sealed[PersonFacts]


class RegistrationLinked(_RegistrationEvent, type="registrations.notify.linked", service=REGISTRATION, flows=_TO_FEEDS):
    """The person was registered already, so nothing new was made; no notice follows."""

    category: Category
    registered_on: LocalDate
    origin: Origin


class RegistrationDeclined(_RegistrationEvent, type="registrations.notify.declined", service=REGISTRATION, flows=_TO_FEEDS):
    """There will be no registration from this case."""


class RegistrationHeld(_RegistrationEvent, type="registrations.notify.held", service=REGISTRATION, flows=_TO_FEEDS):
    """No registration yet: a source is awaited, a basis is missing (`pendingDossier`), or a person must look."""

    next_check_at: Instant | None = None


class RegistrationRevised(
    _RegistrationEvent,
    type="registrations.notify.revised",
    service=REGISTRATION,
    flows=(_TO_NOTIFICATION, *_TO_FEEDS),
):
    """Facts behind a registration changed, or two were merged; a person decides what becomes of it, nothing ends by itself."""


class RegistrationContested(
    _RegistrationEvent,
    type="registrations.notify.contested",
    service=REGISTRATION,
    flows=(_TO_NOTIFICATION, *_TO_FEEDS),
):
    """The person objected after the registration; terms towards them pause."""

    objection_id: UUID


class RegistrationWithdrawn(
    _RegistrationEvent,
    type="registrations.notify.withdrawn",
    service=REGISTRATION,
    flows=(_TO_NOTIFICATION, *_TO_FEEDS),
):
    """The registration never should have been, or gave way to an older one of the same person."""

    merged_into: UUID | None = None


class RegistrationEnded(
    _RegistrationEvent,
    type="registrations.notify.ended",
    service=REGISTRATION,
    flows=(_TO_NOTIFICATION, *_TO_FEEDS),
):
    """The registration ended on that day; it is never made again from the same case."""

    ended_on: LocalDate


class InformationLetterApproved(
    Event,
    type="informationLetters.notify.approved",
    service=REGISTRATION,
    flows=(_TO_NOTIFICATION,),
    sensitivity=Sensitivity.SEALED,
):
    """A school leaver who is held longer is to hear that VDAB has their data; a person approved the letter (GDPR, article 14)."""

    person_id: PersonId
    registration_id: UUID
    case_id: UUID
    period: str  # school year: what the one letter is unique for
    received_on: LocalDate  # when registration heard of the leave
    version: Version
    person: Sealed[PersonFacts]
