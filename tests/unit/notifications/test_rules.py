"""Channel rows, legal fields, and what a carrier's answer means."""

from datetime import date
from itertools import product

import pytest

from contracts.codes import Channel
from services.notifications.domain.channels import RULES, Choice, Situation, choose
from services.notifications.domain.legal_fields import Appeal, LegalFields, missing
from services.notifications.domain.notices import Answer, State, effect_of, follows, revokes

COMPLETE = LegalFields(
    informant="i",
    reason="r",
    notice_date=date(2026, 6, 22),
    dossier_number="d",
    appeal=Appeal("body", "court", "P3M", "manner"),
    privacy_block="p",
)


@pytest.mark.parametrize(
    ("situation", "choice"),
    [
        (Situation(), Choice(Channel.PAPER, "channel.noConsent")),
        (Situation(registered_by_law=True), Choice(Channel.REGISTERED_POST, "channel.registeredByLaw")),
        (Situation(consented=frozenset({Channel.EMAIL}), needs_paper=True), Choice(Channel.PAPER, "channel.needsPaper")),
        (Situation(consented=frozenset({Channel.PORTAL})), Choice(Channel.PAPER, "channel.otherwise")),
    ],
)
def test_the_first_row_that_applies_chooses_the_channel(situation: Situation, choice: Choice) -> None:
    assert choose(situation) == choice


def test_no_consent_is_paper_whatever_else() -> None:
    assert choose(Situation(needs_paper=True)).channel is Channel.PAPER


def test_every_channel_row_names_its_source() -> None:
    assert all(rule.source for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_complete_notice_misses_nothing() -> None:
    assert missing(COMPLETE) == ()


def test_an_empty_notice_misses_every_field_by_name() -> None:
    assert missing(LegalFields()) == (
        "missingInformant", "missingReason", "missingNoticeDate", "missingDossierNumber", "missingAppealBody", "missingAppealBodyKind",
        "missingAppealTerm", "missingAppealManner", "missingPrivacyBlock",
    )  # fmt: skip


@pytest.mark.parametrize("answer", Answer)
def test_nothing_moves_a_delivery_that_never_left(answer: Answer) -> None:
    for state in (State.SUBMITTED, State.SENDING, State.WITHDRAWN, State.FAILED, State.RETURNED):
        assert not follows(state, answer, proven=True)


def test_a_delivery_never_goes_back() -> None:
    order = [State.RELAYED, State.PRINTED, State.POSTED, State.PRESENTED, State.DELIVERED, State.RETURNED]
    for state, answer in product(order, Answer):
        if answer is not Answer.FAILED and follows(state, answer, proven=True):
            assert order.index(State(answer)) > order.index(state)


@pytest.mark.parametrize("state", [State.RELAYED, State.PRINTED])
def test_posting_counts_only_with_proof(state: State) -> None:
    assert follows(state, Answer.POSTED, proven=True)
    assert not follows(state, Answer.POSTED, proven=False)


def test_ordinary_post_has_effect_the_day_after_posting_and_loses_it_when_it_comes_back() -> None:
    basis = effect_of(Channel.PAPER, Answer.POSTED, date(2026, 12, 31))
    assert basis is not None
    assert basis.effective_on == date(2027, 1, 1)
    assert effect_of(Channel.PAPER, Answer.DELIVERED, date(2026, 12, 31)) is None
    assert revokes(Channel.PAPER, Answer.RETURNED)


def test_registered_post_has_effect_when_presented_and_keeps_it_uncollected() -> None:
    basis = effect_of(Channel.REGISTERED_POST, Answer.PRESENTED, date(2026, 12, 31))
    assert basis is not None
    assert basis.effective_on == date(2026, 12, 31)
    assert effect_of(Channel.REGISTERED_POST, Answer.POSTED, date(2026, 12, 31)) is None
    assert not revokes(Channel.REGISTERED_POST, Answer.RETURNED)
