"""Whatever is known of a person: nothing digital without a consent that holds, and nothing ever goes back from paper."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Channel, ContactKind, Means
from services.notifications.domain.channels import MEANS, choose_again
from services.notifications.domain.plans import Limits, Wish, announced_to, plan, situation
from services.notifications.domain.reach import (
    AddressOrigin,
    ChangedBy,
    Consent,
    ContactPoint,
    DigitalSkills,
    Preference,
    Reach,
    Recipient,
)

_START = datetime(2026, 1, 1, tzinfo=UTC)
_PAPER = (Channel.PAPER, Channel.REGISTERED_POST)
_IDS = [UUID(int=number) for number in range(1, 5)]
_moments = st.integers(0, 40).map(lambda days: _START + timedelta(days=days))
_consents = st.builds(
    Consent,
    consent_id=st.uuids(),
    means=st.sampled_from(Means),
    contact_point_id=st.sampled_from([None, *_IDS]),
    procedures=st.sets(st.sampled_from(["registration", "sanction"])).map(frozenset),
    given_at=_moments,
    effective=st.booleans(),
    withdrawn_at=st.none() | _moments,
)


@st.composite
def _points(draw: st.DrawFn) -> tuple[ContactPoint, ...]:
    ids = draw(st.lists(st.sampled_from(_IDS), unique=True))
    return tuple(
        ContactPoint(
            contact_point_id=point_id,
            kind=draw(st.sampled_from(ContactKind)),
            origin=draw(st.sampled_from(AddressOrigin)),
            changed_by=draw(st.sampled_from(ChangedBy)),
            confirmed_at=draw(st.none() | _moments),
            suspended_for=draw(st.sampled_from([(), ("shared",)])),
            replaced=draw(st.booleans()),
        )
        for point_id in ids
    )


_recipients = st.builds(
    Recipient,
    portal_activated=st.booleans(),
    last_login_at=st.none() | _moments,
    ebox_active=st.booleans(),
    preference=st.none() | st.sampled_from(Preference),
    represented=st.booleans(),
    digital_skills=st.sampled_from(DigitalSkills),
)
_reaches = st.builds(Reach, st.lists(_consents, max_size=4).map(tuple), _points(), _recipients)
_wishes = st.builds(Wish, st.sampled_from(["registration", "sanction"]), st.booleans(), st.booleans())
_limits = st.booleans().map(lambda configured: Limits(ebox_configured=configured))


@given(_reaches, _wishes, _moments, _limits)
def test_nothing_digital_without_a_consent_that_holds_at_that_instant(reach: Reach, wish: Wish, at: datetime, limits: Limits) -> None:
    found = plan(reach, wish, at, limits)
    if found.choice.channel in _PAPER:
        assert (found.consent, found.contact_point) == (None, None)
        return
    rests_on = found.consent
    assert rests_on is not None
    assert rests_on in reach.consents
    assert rests_on.means is MEANS[found.choice.channel]
    assert rests_on.effective
    assert wish.procedure in rests_on.procedures
    assert rests_on.given_at <= at
    assert rests_on.withdrawn_at is None or rests_on.withdrawn_at > at
    assert not reach.recipient.represented
    assert reach.recipient.preference is not Preference.POST
    assert reach.recipient.digital_skills is not DigitalSkills.INSUFFICIENT


@given(_reaches, _wishes, _moments, _limits)
def test_an_e_mail_carries_only_low_impact_to_the_address_that_was_consented_to(
    reach: Reach, wish: Wish, at: datetime, limits: Limits
) -> None:
    found = plan(reach, wish, at, limits)
    assert (found.contact_point is not None) == (found.choice.channel is Channel.EMAIL)
    if found.contact_point is not None and found.consent is not None:
        assert not wish.high_impact
        assert found.contact_point.contact_point_id == found.consent.contact_point_id
        assert found.contact_point.bears_effect(at)


@given(_reaches, _reaches, _wishes, _moments, _limits)
def test_after_submission_nothing_moves_but_from_digital_to_paper(
    first: Reach, later: Reach, wish: Wish, at: datetime, limits: Limits
) -> None:
    chosen = plan(first, wish, at, limits)
    only = chosen.contact_point.contact_point_id if chosen.contact_point else None
    afterwards = at + timedelta(days=1)
    again = choose_again(chosen.choice, situation(later, wish, afterwards, limits, only))
    if chosen.choice.channel in _PAPER:
        assert again == chosen.choice
    else:
        assert again == chosen.choice or again.channel in _PAPER
        if again == chosen.choice:
            assert any(consent.means is MEANS[again.channel] and consent.holds(wish.procedure, afterwards) for consent in later.consents)
    if later == first and chosen.consent is not None and chosen.consent.withdrawn_at == afterwards and len(later.consents) == 1:
        assert again.channel in _PAPER


@given(_reaches, _wishes, _moments, st.integers(0, 10), _limits)
def test_a_consent_taken_back_is_never_used_from_then_on(reach: Reach, wish: Wish, at: datetime, days: int, limits: Limits) -> None:
    taken_back = {consent.consent_id for consent in reach.consents if consent.withdrawn_at is not None and consent.withdrawn_at <= at}
    found = plan(reach, wish, at + timedelta(days=days), limits)
    assert found.consent is None or found.consent.consent_id not in taken_back


@given(_reaches, _moments, _limits)
def test_nothing_at_all_goes_to_an_address_that_is_unconfirmed_suspended_or_only_a_feed_s(
    reach: Reach, at: datetime, limits: Limits
) -> None:
    found = plan(reach, Wish("registration"), at, limits)
    told = [*announced_to(reach, at, limits), *(point for point in (found.courtesy, found.contact_point) if point is not None)]
    for point in told:
        assert point.confirmed_at is not None
        assert point.confirmed_at <= at
        assert not point.suspended_for
        assert not point.replaced
        assert point.origin in (AddressOrigin.PERSON, AddressOrigin.VDAB)
        assert point.kind is not ContactKind.POSTAL
    assert found.courtesy is None or found.courtesy.origin is AddressOrigin.PERSON
