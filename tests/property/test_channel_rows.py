"""In every one of the situations there are: the lawful channel, and nothing that speaks for paper ever makes a notice digital."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Channel, Means
from services.notifications.domain.channels import MEANS, ON_PAPER, ROWS, RULES, Choice, Situation, choose, choose_again
from services.notifications.domain.reach import Authentication, Consent, Reach, shortcomings

FLAGS = [field.name for field in fields(Situation) if field.name != "consented"]
DIGITAL = (Means.PORTAL, Means.EBOX, Means.EMAIL)
CONSENTS = [frozenset(some) for size in range(4) for some in combinations(DIGITAL, size)]
EVERY = [
    Situation(consented=consented, **dict(zip(FLAGS, values, strict=True)))
    for values in product((False, True), repeat=len(FLAGS))
    for consented in CONSENTS
]
FOR_PAPER = ("insufficient_skills", "represented", "prefers_post")
# What a row needs besides a consent: nothing stands in a mailbox that nobody looks into.
ROADS = {Channel.PORTAL: ("portal_active",), Channel.EBOX: ("ebox_active", "ebox_configured"), Channel.EMAIL: ("email_fit",)}


def test_every_situation_has_a_lawful_channel_and_every_row_decides_some() -> None:
    decided = {choose(situation).rule_id for situation in EVERY}
    assert decided == set(ROWS) - {"channel.otherwise"}  # that row is for who consented to text messages alone


def test_nothing_is_digital_without_a_consent_for_that_means_and_a_road_that_is_open() -> None:
    for situation in EVERY:
        channel = choose(situation).channel
        if channel in ON_PAPER:
            continue
        assert MEANS[channel] in situation.consented, situation
        road = Channel.EBOX if channel is Channel.EBOX_REGISTERED else channel
        assert all(getattr(situation, need) for need in ROADS[road]), situation
        assert not any(getattr(situation, name) for name in FOR_PAPER), situation


def test_what_the_law_wants_registered_is_and_nothing_else() -> None:
    registered = (Channel.REGISTERED_POST, Channel.EBOX_REGISTERED)
    for situation in EVERY:
        assert (choose(situation).channel in registered) is situation.registered_by_law, situation


def test_nothing_stands_in_the_portal_of_whom_no_address_can_be_told_of_it() -> None:
    assert not any(situation.all_suspended and choose(situation).channel is Channel.PORTAL for situation in EVERY)


def test_what_weighs_heavily_never_goes_by_e_mail() -> None:
    assert not any(situation.high_impact and choose(situation).channel is Channel.EMAIL for situation in EVERY)


@pytest.mark.parametrize("name", [*FOR_PAPER, "high_impact", "all_suspended"])
def test_what_speaks_for_paper_makes_nothing_digital_that_was_not(name: str) -> None:
    for situation in EVERY:
        if choose(situation).channel in ON_PAPER:
            assert choose(replace(situation, **{name: True})).channel in ON_PAPER, situation  # type: ignore[arg-type]


def test_a_consent_that_is_taken_back_makes_nothing_digital_that_was_not_and_nothing_by_that_means() -> None:
    for situation in EVERY:
        for means in situation.consented:
            left = choose(replace(situation, consented=situation.consented - {means})).channel
            assert left in ON_PAPER or (MEANS[left] is not means and choose(situation).channel not in ON_PAPER), situation


def test_each_road_that_opens_keeps_what_was_digital_digital() -> None:
    for situation in EVERY:
        if choose(situation).channel not in ON_PAPER:
            for name in ("portal_active", "ebox_active", "ebox_configured", "email_fit"):
                assert choose(replace(situation, **{name: True})).channel not in ON_PAPER, situation  # type: ignore[arg-type]


@pytest.mark.parametrize("channel", sorted({rule.channel for rule in RULES}))
def test_just_before_it_leaves_a_notice_stays_on_its_channel_or_goes_on_paper_and_a_second_look_changes_nothing(channel: Channel) -> None:
    row = next(rule for rule in RULES if rule.channel is channel)
    chosen, by_law = Choice(channel, row.id), channel in (Channel.REGISTERED_POST, Channel.EBOX_REGISTERED)
    for situation in EVERY:
        if situation.registered_by_law is not by_law:
            continue  # what the law wants of a notice does not change on its way
        again = choose_again(chosen, situation)
        assert again == chosen or (again.channel in ON_PAPER and channel not in ON_PAPER), situation
        assert choose_again(again, situation) == again


NOW = datetime(2026, 6, 22, 9, tzinfo=UTC)
MOMENTS = st.integers(-5, 5).map(lambda hours: NOW + timedelta(hours=hours))
POINTS = [UUID(int=number) for number in (1, 2)]


def consent(point: UUID | None, *, effective: bool, withdrawn_at: datetime | None) -> Consent:
    """A consent for e-mail at an address."""
    return Consent(
        consent_id=UUID(int=9),
        means=Means.EMAIL,
        contact_point_id=point,
        procedures=frozenset({"registration"}),
        given_at=NOW - timedelta(days=9),
        effective=effective,
        withdrawn_at=withdrawn_at,
    )


GIVEN = st.lists(
    st.builds(consent, st.sampled_from([None, *POINTS]), effective=st.booleans(), withdrawn_at=st.none() | MOMENTS), max_size=5
)


@given(GIVEN, st.sampled_from(POINTS))
def test_an_address_is_closed_once_its_consent_was_taken_back_until_one_is_given_that_holds(some: list[Consent], point: UUID) -> None:
    about = [one for one in some if one.contact_point_id == point]
    taken_back = any(one.withdrawn_at is not None and one.withdrawn_at <= NOW for one in about)
    holds = any(one.effective and one.withdrawn_at is None for one in about)
    assert (point in Reach(tuple(some)).withdrawn_for(NOW)) is (taken_back and not holds)
    assert Reach(tuple(reversed(some))).withdrawn_for(NOW) == Reach(tuple(some)).withdrawn_for(NOW)
    anew = consent(point, effective=True, withdrawn_at=None)
    assert point not in Reach((*some, anew)).withdrawn_for(NOW)


@pytest.mark.parametrize("proof", [None, "", "sha256:1"])
@pytest.mark.parametrize("text", [None, "", "2026.1"])
@pytest.mark.parametrize("shown", Authentication)
@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_each_formality_that_a_consent_lacks_is_named_and_no_other(
    proof: str | None, text: str | None, shown: Authentication, minutes: int
) -> None:
    found = shortcomings(proof=proof, text_version=text, authentication=shown, given_at=NOW + timedelta(minutes=minutes), at=NOW)
    lacks = {
        "missingProof": not proof,
        "missingText": not text,
        "weakAuthentication": shown in (Authentication.TELEPHONE, Authentication.NONE),
        "givenInFuture": minutes > 0,
    }
    assert found == tuple(code for code, so in lacks.items() if so)
