"""Legal effect as rows: what a delivery's state gives, what takes it away again, and where the notice then goes."""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.codes import Channel, DeliveryKind, EffectBasis
from services.notifications.domain.notices import State


@dataclass(frozen=True, slots=True)
class EffectRule:
    """A delivery of the content that reaches this state on this channel has effect, so many days later."""

    id: str
    channel: Channel
    state: State
    basis: EffectBasis
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class RevokingRule:
    """A delivery in this state takes away the effect that its channel gave."""

    id: str
    channel: Channel
    state: State
    basis: EffectBasis
    source: str


@dataclass(frozen=True, slots=True)
class FallbackRule:
    """What was to reach the person on this channel goes out on paper instead."""

    id: str
    channel: Channel
    state: State
    source: str


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a notice has effect, by which row, and from which day."""

    basis: EffectBasis
    rule_id: str
    effective_on: date


EFFECTS: tuple[EffectRule, ...] = (
    EffectRule("effect.dayAfterPosting", Channel.PAPER, State.POSTED, EffectBasis.DAY_AFTER_POSTING, 1, "vdab.be/rechtenenplichten/beroep"),
    EffectRule(
        "effect.registeredPresentation",
        Channel.REGISTERED_POST,
        State.PRESENTED,
        EffectBasis.REGISTERED_PRESENTATION,
        0,
        "act of 21 July 2016, WER book XII",
    ),
    # `delivered`: the host that our own look-up of the recipient's domain chose said 250, or a report said so; `relayed` is not enough.
    EffectRule("effect.emailAccepted", Channel.EMAIL, State.DELIVERED, EffectBasis.EMAIL_ACCEPTED, 0, "Civil Code, article 1.5"),
    EffectRule(
        "effect.portalAvailable", Channel.PORTAL, State.AVAILABLE, EffectBasis.PORTAL_AVAILABLE, 0, "VDAB decree, chapter VI section 4"
    ),
)
REVOCATIONS: tuple[RevokingRule, ...] = (
    RevokingRule("revoked.returned", Channel.PAPER, State.RETURNED, EffectBasis.DAY_AFTER_POSTING, "decisions 5"),
    RevokingRule("revoked.notPosted", Channel.PAPER, State.FAILED, EffectBasis.DAY_AFTER_POSTING, "decisions 5"),
    RevokingRule("revoked.bounced", Channel.EMAIL, State.FAILED, EffectBasis.EMAIL_ACCEPTED, "domain 7.6: a late bounce re-opens"),
)
FALLBACKS: tuple[FallbackRule, ...] = (
    FallbackRule("fallback.mailFailed", Channel.EMAIL, State.FAILED, "domain 7.6"),
    FallbackRule("fallback.mailUnknown", Channel.EMAIL, State.UNKNOWN, "decisions 5: 24 h"),  # once its patience has run out
    FallbackRule("fallback.portalFailed", Channel.PORTAL, State.FAILED, "domain 7.6"),
)
# Registered mail that was presented and not collected keeps its effect (`decisions.md` 5), so it has no row above.
ALL_NOTIFICATIONS_FAILED = FallbackRule("fallback.notificationsFailed", Channel.PORTAL, State.NOTIFICATION_FAILED, "decisions 5")
UNOPENED = FallbackRule("fallback.unopened", Channel.PORTAL, State.AVAILABLE, "domain 7.7 row 8: a copy, the first effect stands")


def effect_of(channel: Channel, kind: DeliveryKind, state: State, on: date) -> Basis | None:
    """The effect that a delivery's state gives; only what carries the content has any."""
    for rule in EFFECTS:
        if (rule.channel, rule.state) == (channel, state) and kind is DeliveryKind.CONTENT:
            return Basis(rule.basis, rule.id, on + timedelta(days=rule.days))
    return None


def revoked_by(channel: Channel, kind: DeliveryKind, state: State) -> EffectBasis | None:
    """The basis whose effect a delivery's state takes away; an effect that stands on another basis is not touched."""
    rows = (rule.basis for rule in REVOCATIONS if (rule.channel, rule.state) == (channel, state) and kind is DeliveryKind.CONTENT)
    return next(rows, None)


def fallback_of(channel: Channel, kind: DeliveryKind, state: State) -> FallbackRule | None:
    """The row by which the content goes out on paper now."""
    if kind is not DeliveryKind.CONTENT:
        return None
    return next((rule for rule in FALLBACKS if (rule.channel, rule.state) == (channel, state)), None)
