"""The table of channels, row by row, and what is looked at for it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from contracts.codes import Channel, ContactKind, Means, Reason
from services.notifications.domain.channels import MEANS, OUTDATED, ROWS, RULES, Choice, Situation, choose, choose_again, reason_of
from services.notifications.domain.plans import Limits, Plan, Wish, announced_to, plan, portal_active
from services.notifications.domain.reach import (
    AddressOrigin,
    Authentication,
    ChangedBy,
    Consent,
    ContactPoint,
    DigitalSkills,
    Preference,
    Reach,
    Recipient,
    shortcomings,
)

NOW = datetime(2026, 6, 22, 9, tzinfo=UTC)
BEFORE = datetime(2026, 6, 1, 9, tzinfo=UTC)
PROCEDURE = "automaticRegistration"
WISH = Wish(PROCEDURE)
LIMITS = Limits()
DIGITAL = frozenset({Means.PORTAL, Means.EBOX, Means.EMAIL})
READY = Situation(consented=DIGITAL, portal_active=True, ebox_active=True, ebox_configured=True, email_fit=True)
ACTIVE = Recipient(portal_activated=True, last_login_at=BEFORE)


def consent(means: Means = Means.PORTAL, point: UUID | None = None, **changed: object) -> Consent:
    given = Consent(
        consent_id=uuid4(),
        means=means,
        contact_point_id=point,
        procedures=frozenset({PROCEDURE}),
        given_at=BEFORE,
        effective=True,
    )
    return replace(given, **changed)  # type: ignore[arg-type]


def point(kind: ContactKind = ContactKind.EMAIL, **changed: object) -> ContactPoint:
    known = ContactPoint(
        contact_point_id=uuid4(), kind=kind, origin=AddressOrigin.PERSON, changed_by=ChangedBy.AUTHENTICATED, confirmed_at=BEFORE
    )
    return replace(known, **changed)  # type: ignore[arg-type]


ONLY_EMAIL = replace(READY, consented=frozenset({Means.EMAIL}))
ONLY_EBOX = replace(READY, consented=frozenset({Means.EBOX}))


@pytest.mark.parametrize(
    ("situation", "channel", "rule"),
    [
        (replace(READY, registered_by_law=True), Channel.EBOX_REGISTERED, "registeredEBox"),
        (replace(READY, registered_by_law=True, ebox_configured=False), Channel.REGISTERED_POST, "registeredByLaw"),
        (replace(READY, registered_by_law=True, insufficient_skills=True), Channel.REGISTERED_POST, "registeredByLaw"),
        (Situation(registered_by_law=True), Channel.REGISTERED_POST, "registeredByLaw"),
        (Situation(), Channel.PAPER, "noConsent"),
        (replace(READY, consented=frozenset()), Channel.PAPER, "noConsent"),
        (replace(READY, insufficient_skills=True), Channel.PAPER, "insufficientSkills"),
        (replace(READY, represented=True), Channel.PAPER, "represented"),
        (replace(READY, prefers_post=True), Channel.PAPER, "prefersPost"),
        (READY, Channel.PORTAL, "portal"),
        (replace(READY, high_impact=True), Channel.PORTAL, "portal"),
        (replace(READY, portal_active=False), Channel.EBOX, "eBox"),
        (ONLY_EBOX, Channel.EBOX, "eBox"),
        (replace(READY, all_suspended=True), Channel.EBOX, "eBox"),
        (ONLY_EMAIL, Channel.EMAIL, "email"),
        (replace(ONLY_EMAIL, high_impact=True), Channel.PAPER, "emailHighImpact"),
        (replace(ONLY_EMAIL, email_fit=False, all_suspended=True), Channel.PAPER, "addressSuspended"),
        (replace(READY, all_suspended=True, email_fit=False, ebox_configured=False), Channel.PAPER, "addressSuspended"),
        (replace(READY, portal_active=False, ebox_configured=False, email_fit=False), Channel.PAPER, "accountInactive"),
        (replace(ONLY_EBOX, ebox_configured=False), Channel.PAPER, "accountInactive"),
        (replace(ONLY_EMAIL, email_fit=False), Channel.PAPER, "addressUnfit"),
        (Situation(consented=frozenset({Means.SMS})), Channel.PAPER, "otherwise"),
    ],
)
def test_the_first_row_that_applies_chooses_the_channel(situation: Situation, channel: Channel, rule: str) -> None:
    assert choose(situation) == Choice(channel, f"channel.{rule}")


def test_the_table_above_reaches_every_row() -> None:
    [mark] = test_the_first_row_that_applies_chooses_the_channel.pytestmark  # type: ignore[attr-defined]
    assert {f"channel.{rule}" for _, _, rule in mark.args[1]} == set(ROWS)


def test_every_row_names_its_source_and_only_suspended_addresses_ask_for_a_person() -> None:
    assert all(rule.source for rule in RULES)
    assert len(ROWS) == len(RULES)
    assert [rule.id for rule in RULES if rule.task == OUTDATED] == ["channel.addressSuspended"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"consented": frozenset({Means.EMAIL})}, "channel.noConsent"),
        ({"represented": True}, "channel.represented"),
        ({"portal_active": False}, "channel.accountInactive"),
        ({"all_suspended": True}, "channel.addressSuspended"),
    ],
)
def test_what_may_no_longer_stand_in_the_portal_goes_on_paper_even_where_e_mail_would_do(changed: dict[str, object], rule: str) -> None:
    chosen = Choice(Channel.PORTAL, "channel.portal")
    assert choose_again(chosen, READY) == chosen
    assert choose_again(chosen, replace(READY, **changed)) == Choice(Channel.PAPER, rule)  # type: ignore[arg-type]


def test_paper_stays_paper_whatever_was_consented_to_since() -> None:
    for chosen in (Choice(Channel.PAPER, "channel.noConsent"), Choice(Channel.REGISTERED_POST, "channel.registeredByLaw")):
        assert choose_again(chosen, READY) == chosen


def test_every_digital_channel_hangs_on_a_means_and_every_paper_row_has_a_reason() -> None:
    assert set(MEANS) == {rule.channel for rule in RULES} - {Channel.PAPER, Channel.REGISTERED_POST}
    assert reason_of("channel.noConsent") is Reason.CONSENT_WITHDRAWN
    assert {reason_of(rule.id) for rule in RULES if rule.channel is Channel.PAPER} <= set(Reason)


@pytest.mark.parametrize(
    ("changed", "reasons"),
    [
        ({}, ()),
        ({"proof": None}, ("missingProof",)),
        ({"text_version": ""}, ("missingText",)),
        ({"authentication": Authentication.TELEPHONE}, ("weakAuthentication",)),
        ({"authentication": Authentication.NONE, "proof": None}, ("missingProof", "weakAuthentication")),
        ({"given_at": datetime(2026, 6, 22, 9, 1, tzinfo=UTC)}, ("givenInFuture",)),
    ],
)
def test_a_consent_has_effect_only_with_proof_text_and_a_strong_login(changed: dict[str, object], reasons: tuple[str, ...]) -> None:
    said: dict[str, object] = {"proof": "sha256:1", "text_version": "2026.1", "authentication": Authentication.EID, "given_at": BEFORE}
    assert shortcomings(**(said | changed), at=NOW) == reasons  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, True),
        ({"effective": False}, False),
        ({"procedures": frozenset({"sanction"})}, False),
        ({"given_at": datetime(2026, 6, 22, 9, 0, 1, tzinfo=UTC)}, False),
        ({"withdrawn_at": NOW}, False),
        ({"withdrawn_at": datetime(2026, 6, 22, 9, 0, 1, tzinfo=UTC)}, True),
    ],
)
def test_a_consent_is_for_a_procedure_and_for_as_long_as_it_was_not_taken_back(changed: dict[str, object], holds: bool) -> None:
    known = Reach((consent(**changed),), recipient=ACTIVE)  # type: ignore[arg-type]
    assert (plan(known, WISH, NOW, LIMITS).choice.channel is Channel.PORTAL) is holds


@pytest.mark.parametrize(
    ("changed", "fit"),
    [
        ({}, True),
        ({"confirmed_at": None}, False),
        ({"confirmed_at": datetime(2026, 6, 23, tzinfo=UTC)}, False),
        ({"origin": AddressOrigin.EDUCATION}, False),
        ({"origin": AddressOrigin.INTEGRATION}, False),
        ({"origin": AddressOrigin.VDAB, "changed_by": ChangedBy.STAFF}, True),
        ({"changed_by": ChangedBy.TELEPHONE}, False),
        ({"suspended_for": ("shared",)}, False),
        ({"replaced": True}, False),
        ({"kind": ContactKind.MOBILE}, False),
    ],
)
def test_an_e_mail_address_carries_a_notice_only_when_it_is_beyond_doubt(changed: dict[str, object], fit: bool) -> None:
    address = point(**changed)  # type: ignore[arg-type]
    found = plan(Reach((consent(Means.EMAIL, address.contact_point_id),), (address,)), WISH, NOW, LIMITS)
    assert (found.choice.channel, found.contact_point) == ((Channel.EMAIL, address) if fit else (Channel.PAPER, None))


def test_consent_is_per_address() -> None:
    accepted, other = point(), point(confirmed_at=NOW)
    found = plan(Reach((consent(Means.EMAIL, accepted.contact_point_id),), (accepted, other)), WISH, NOW, LIMITS)
    assert found.contact_point == accepted
    assert plan(Reach((consent(Means.EMAIL, uuid4()),), (other,)), WISH, NOW, LIMITS).choice.rule_id == "channel.addressUnfit"


@pytest.mark.parametrize(
    ("last_login", "active"),
    [("2025-06-22T09:00:00Z", True), ("2025-06-21T22:00:00Z", True), ("2025-06-21T21:59:59Z", False), ("2026-06-23T09:00:00Z", False)],
)
def test_an_account_is_active_for_twelve_months_after_a_login_by_the_brussels_calendar(last_login: str, active: bool) -> None:
    assert portal_active(Recipient(portal_activated=True, last_login_at=datetime.fromisoformat(last_login)), NOW, LIMITS) is active
    assert not portal_active(Recipient(last_login_at=datetime.fromisoformat(last_login)), NOW, LIMITS)


def test_high_impact_goes_on_paper_with_a_courtesy_to_the_consented_address() -> None:
    address = point()
    found = plan(Reach((consent(Means.EMAIL, address.contact_point_id),), (address,)), replace(WISH, high_impact=True), NOW, LIMITS)
    assert (found.choice, found.courtesy, found.contact_point) == (Choice(Channel.PAPER, "channel.emailHighImpact"), address, None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, True),
        ({"origin": AddressOrigin.VDAB}, False),
        ({"origin": AddressOrigin.EDUCATION}, False),
        ({"confirmed_at": None}, False),
        ({"suspended_for": ("shared",)}, False),
    ],
)
def test_a_letter_is_told_of_only_where_the_person_gave_the_address(changed: dict[str, object], told: bool) -> None:
    assert (plan(Reach(points=(point(**changed),)), WISH, NOW, LIMITS).courtesy is not None) is told  # type: ignore[arg-type]


def test_nobody_is_told_of_a_letter_who_asked_for_post_or_took_the_consent_for_that_address_back() -> None:
    address = point()
    assert plan(Reach((), (address,), Recipient(preference=Preference.POST)), WISH, NOW, LIMITS).courtesy is None
    back = consent(Means.EMAIL, address.contact_point_id, withdrawn_at=NOW)
    assert plan(Reach((back,), (address,)), WISH, NOW, LIMITS).courtesy is None
    assert plan(Reach((back, consent(Means.EMAIL, address.contact_point_id, given_at=NOW)), (address,)), WISH, NOW, LIMITS).contact_point


def test_a_courtesy_goes_by_e_mail_rather_than_by_sms() -> None:
    mail, mobile = point(), point(ContactKind.MOBILE, confirmed_at=NOW)
    assert plan(Reach(points=(mail, mobile)), WISH, NOW, LIMITS).courtesy == mail
    assert plan(Reach(points=(mobile,)), WISH, NOW, LIMITS).courtesy == mobile


def test_the_portal_is_announced_at_every_confirmed_address_up_to_the_limit() -> None:
    known = tuple(point(kind) for kind in (ContactKind.EMAIL, ContactKind.MOBILE) * 4)
    assert len(announced_to(Reach(points=known), NOW, LIMITS)) == LIMITS.announced_at_most
    unfit = (point(confirmed_at=None), point(suspended_for=("hardBounce",)), point(replaced=True), point(ContactKind.POSTAL))
    assert announced_to(Reach(points=(*unfit, known[0])), NOW, LIMITS) == [known[0]]


def test_the_portal_without_any_address_is_a_road_and_with_suspended_ones_only_it_is_none() -> None:
    given = (consent(),)
    assert plan(Reach(given, (), ACTIVE), WISH, NOW, LIMITS).choice.channel is Channel.PORTAL
    found = plan(Reach(given, (point(suspended_for=("hardBounce",)),), ACTIVE), WISH, NOW, LIMITS)
    assert (found.choice.rule_id, found.task) == ("channel.addressSuspended", OUTDATED)


def test_skills_a_representative_and_a_wish_for_post_each_mean_paper() -> None:
    given = (consent(),)
    for recipient in (
        replace(ACTIVE, digital_skills=DigitalSkills.INSUFFICIENT),
        replace(ACTIVE, represented=True),
        replace(ACTIVE, preference=Preference.POST),
    ):
        assert plan(Reach(given, (), recipient), WISH, NOW, LIMITS).choice.channel is Channel.PAPER
    unknown = replace(ACTIVE, digital_skills=DigitalSkills.UNKNOWN)
    assert plan(Reach(given, (), unknown), WISH, NOW, LIMITS) == Plan(Choice(Channel.PORTAL, "channel.portal"), consent=given[0])


def test_ebox_is_not_configured_yet() -> None:
    found = plan(Reach((consent(Means.EBOX),), (), Recipient(ebox_active=True)), WISH, NOW, LIMITS)
    assert found.choice.channel is Channel.PAPER
    assert plan(Reach((consent(Means.EBOX),), (), Recipient(ebox_active=True)), WISH, NOW, replace(LIMITS, ebox_configured=True)).consent


def test_where_the_law_asks_for_no_consent_the_rest_of_the_table_stands() -> None:
    free = replace(LIMITS, consent_required=False)
    assert plan(Reach(recipient=ACTIVE), WISH, NOW, free).choice.channel is Channel.PORTAL
    assert plan(Reach(), WISH, NOW, free).choice.channel is Channel.PAPER
    assert plan(Reach((), (point(),)), WISH, NOW, free).choice.channel is Channel.EMAIL
