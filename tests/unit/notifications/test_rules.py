"""Legal fields, and what a carrier's answer means."""

from datetime import date
from itertools import product

import pytest

from contracts.codes import Channel, DeliveryKind, EffectBasis
from services.notifications.domain.effects import effect_of, revoked_by
from services.notifications.domain.legal_fields import Appeal, LegalFields, missing
from services.notifications.domain.notices import Answer, State, follows

COMPLETE = LegalFields(
    informant="i",
    reason="r",
    notice_date=date(2026, 6, 22),
    dossier_number="d",
    appeal=Appeal("body", "court", "P3M", "manner"),
    privacy_block="p",
)


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
        assert not follows(Channel.PAPER, state, answer, proven=True)


def test_a_delivery_never_goes_back() -> None:
    order = [State.RELAYED, State.PRINTED, State.POSTED, State.PRESENTED, State.DELIVERED, State.RETURNED]
    for state, answer in product(order, Answer):
        if answer is not Answer.FAILED and follows(Channel.PAPER, state, answer, proven=True):
            assert order.index(State(answer)) > order.index(state)


@pytest.mark.parametrize("state", [State.RELAYED, State.PRINTED])
def test_posting_counts_only_with_proof(state: State) -> None:
    assert follows(Channel.PAPER, state, Answer.POSTED, proven=True)
    assert not follows(Channel.PAPER, state, Answer.POSTED, proven=False)


def test_ordinary_post_has_effect_the_day_after_posting_and_loses_it_when_it_comes_back() -> None:
    basis = effect_of(Channel.PAPER, DeliveryKind.CONTENT, State.POSTED, date(2026, 12, 31))
    assert basis is not None
    assert basis.effective_on == date(2027, 1, 1)
    assert effect_of(Channel.PAPER, DeliveryKind.CONTENT, State.DELIVERED, date(2026, 12, 31)) is None
    assert revoked_by(Channel.PAPER, DeliveryKind.CONTENT, State.RETURNED) is EffectBasis.DAY_AFTER_POSTING


def test_registered_post_has_effect_when_presented_and_keeps_it_uncollected() -> None:
    basis = effect_of(Channel.REGISTERED_POST, DeliveryKind.CONTENT, State.PRESENTED, date(2026, 12, 31))
    assert basis is not None
    assert basis.effective_on == date(2026, 12, 31)
    assert effect_of(Channel.REGISTERED_POST, DeliveryKind.CONTENT, State.POSTED, date(2026, 12, 31)) is None
    assert revoked_by(Channel.REGISTERED_POST, DeliveryKind.CONTENT, State.RETURNED) is None
