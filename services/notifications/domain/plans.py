"""How one notice goes to one person: its channel and address, and the announcements beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.codes import Channel, ContactKind, Means
from services.notifications.domain.channels import MEANS, ON_PAPER, ROWS, Choice, Situation, choose
from services.notifications.domain.reach import AddressOrigin, Consent, ContactPoint, DigitalSkills, Preference, Reach, Recipient
from services.notifications.domain.terms import Period

_BRUSSELS: Final = ZoneInfo("Europe/Brussels")  # of every legal date
_A_YEAR: Final = Period(months=12)
_DIGITAL: Final = frozenset({Means.PORTAL, Means.EBOX, Means.EMAIL})


@dataclass(frozen=True, slots=True)
class Limits:
    """The rule rows that choosing rests on; their sources are `domain.md` 7.7 and `decisions.md` 5."""

    consent_required: bool = True  # row consentRequired: by VDAB decree, chapter VI section 4
    active_within: Period = _A_YEAR  # since the last login; policy
    announced_at_most: int = 5  # addresses that are told that something waits; policy
    ebox_configured: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be told."""

    procedure: str
    high_impact: bool = False
    registered_by_law: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How it goes; `consent` is what a digital channel rests on, `courtesy` an address that hears that a letter is on its way."""

    choice: Choice
    consent: Consent | None = None
    contact_point: ContactPoint | None = None  # of e-mail
    courtesy: ContactPoint | None = None

    @property
    def task(self) -> str | None:
        """What someone must see to."""
        return ROWS[self.choice.rule_id].task


def plan(reach: Reach, wish: Wish, at: datetime, limits: Limits) -> Plan:
    """The lawful way at that instant."""
    return planned(choose(situation(reach, wish, at, limits)), reach, wish, at, limits)


def planned(choice: Choice, reach: Reach, wish: Wish, at: datetime, limits: Limits) -> Plan:
    """The consent and the addresses that belong to a choice."""
    if choice.channel in ON_PAPER:
        return Plan(choice, courtesy=_courtesy(reach, at))
    if choice.channel is not Channel.EMAIL:
        means = MEANS[choice.channel]
        return Plan(choice, consent=_newest(consent for consent in _holding(reach, wish, at) if consent.means is means))
    point = _email(reach, wish, at, limits)
    given = [consent for consent in _holding(reach, wish, at) if point is not None and consent.contact_point_id == point.contact_point_id]
    return Plan(choice, consent=_newest(given), contact_point=point)


def situation(reach: Reach, wish: Wish, at: datetime, limits: Limits, only: UUID | None = None) -> Situation:
    """What the rows look at; with `only`, no other e-mail address is considered."""
    known = reach.recipient
    announced = [point for point in reach.points if point.confirmed(at)]
    return Situation(
        registered_by_law=wish.registered_by_law,
        high_impact=wish.high_impact,
        consented=frozenset(consent.means for consent in _holding(reach, wish, at)) & _DIGITAL if limits.consent_required else _DIGITAL,
        insufficient_skills=known.digital_skills is DigitalSkills.INSUFFICIENT,
        represented=known.represented,
        prefers_post=known.preference is Preference.POST,
        portal_active=portal_active(known, at, limits),
        ebox_active=known.ebox_active,
        ebox_configured=limits.ebox_configured,
        email_fit=_email(reach, wish, at, limits, only) is not None,
        all_suspended=bool(announced) and not any(point.serves(at) for point in announced),
    )


def portal_active(known: Recipient, at: datetime, limits: Limits) -> bool:
    """Whether the account is one that somebody looks into; a login twelve months ago to the day is recent enough."""
    if not known.portal_activated or known.last_login_at is None or known.last_login_at > at:
        return False
    return limits.active_within.after(_date(known.last_login_at)) >= _date(at)


def announced_to(reach: Reach, at: datetime, limits: Limits) -> list[ContactPoint]:
    """The addresses that are told that something waits in the portal: confirmed and healthy, the newest first."""
    serving = [point for point in reach.points if point.serves(at)]
    return sorted(serving, key=_confirmed_at, reverse=True)[: limits.announced_at_most]


def _holding(reach: Reach, wish: Wish, at: datetime) -> list[Consent]:
    return [consent for consent in reach.consents if consent.holds(wish.procedure, at)]


def _email(reach: Reach, wish: Wish, at: datetime, limits: Limits, only: UUID | None = None) -> ContactPoint | None:
    """The e-mail address that a notice may go to: consent is per address (civil code, article 1.5)."""
    accepted = {consent.contact_point_id for consent in _holding(reach, wish, at) if consent.means is Means.EMAIL}
    fit = [
        point
        for point in reach.points
        if point.kind is ContactKind.EMAIL
        and point.bears_effect(at)
        and (point.contact_point_id in accepted or not limits.consent_required)
        and only in (None, point.contact_point_id)
    ]
    return max(fit, key=_confirmed_at, default=None)


def _courtesy(reach: Reach, at: datetime) -> ContactPoint | None:
    """At most one, and only where the person gave the address, did not ask for post and did not take a consent for it back."""
    if reach.recipient.preference is Preference.POST:
        return None
    closed = reach.withdrawn_for(at)
    given = [p for p in reach.points if p.serves(at) and p.origin is AddressOrigin.PERSON and p.contact_point_id not in closed]
    return max(given, key=lambda point: (point.kind is ContactKind.EMAIL, _confirmed_at(point)), default=None)


def _newest(consents: Iterable[Consent]) -> Consent | None:
    return max(consents, key=lambda consent: consent.given_at, default=None)


def _confirmed_at(point: ContactPoint) -> datetime:
    assert point.confirmed_at is not None
    return point.confirmed_at


def _date(moment: datetime) -> date:
    return moment.astimezone(_BRUSSELS).date()
