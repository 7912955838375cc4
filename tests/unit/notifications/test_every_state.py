"""Every state, answer and channel of a notice beside every other: what moves, what stands, and what has effect on which day."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Channel, DeliveryKind, EffectBasis
from services.notifications.domain.channels import ON_PAPER
from services.notifications.domain.effects import REVOCATIONS, effect_of, fallback_of, revoked_by
from services.notifications.domain.legal_fields import Appeal, LegalFields, missing
from services.notifications.domain.notices import STEPS, Answer, State, follows, stands
from services.notifications.domain.patience import PAPER_COPY, REMINDER, SILENCE, SMS_QUIET, awake, working_day_after
from services.notifications.domain.terms import Period
from services.notifications.usecases.calendar import Calendar

BRUSSELS = ZoneInfo("Europe/Brussels")
CONTENT, ANNOUNCED, REMINDED = DeliveryKind.CONTENT, DeliveryKind.NOTIFICATION, DeliveryKind.REMINDER
EMAIL = {"relayed": "delivered failed", "unknown": "relayed delivered failed", "delivered": "read failed", "read": "failed"}
SMS = {"relayed": "delivered failed", "unknown": "delivered failed"}
BOX = {"available": "opened"}
MOVES = {Channel.EMAIL: EMAIL, Channel.SMS: SMS, Channel.PORTAL: BOX, Channel.EBOX: BOX, Channel.EBOX_REGISTERED: BOX}


@pytest.mark.parametrize("channel", MOVES)
def test_a_digital_delivery_moves_on_these_answers_and_on_no_other(channel: Channel) -> None:
    for state, answer in product(State, Answer):
        moves = answer.value in MOVES[channel].get(state.value, "").split()
        assert follows(channel, state, answer, proven=False) is moves, (state, answer)


@pytest.mark.parametrize("channel", sorted(ON_PAPER))
def test_a_letter_goes_forward_may_come_back_and_can_no_longer_fail_once_presented(channel: Channel) -> None:
    order = [Answer.PRINTED, Answer.POSTED, Answer.PRESENTED, Answer.DELIVERED, Answer.RETURNED]
    for step, state in enumerate([State.RELAYED, State.PRINTED, State.POSTED, State.PRESENTED, State.DELIVERED]):
        moves = {answer for answer in Answer if follows(channel, state, answer, proven=True)}
        failed = {Answer.FAILED} if step <= order.index(Answer.PRESENTED) else set()
        assert moves == set(order[step:]) | failed, state


def test_an_answer_that_moves_a_delivery_names_the_state_it_moves_to() -> None:
    for steps in STEPS.values():
        for answers in steps.values():
            assert {answer.value for answer in answers} <= {state.value for state in State}


ANNOUNCING = {
    (ANNOUNCED, State.RELAYED): State.NOTIFIED,
    (ANNOUNCED, State.DELIVERED): State.NOTIFIED,
    (ANNOUNCED, State.FAILED): State.NOTIFICATION_FAILED,
    (REMINDED, State.RELAYED): State.REMINDED,
    (REMINDED, State.DELIVERED): State.REMINDED,
}


def test_an_announcement_moves_only_content_that_is_available_and_not_yet_opened() -> None:
    waiting = (State.AVAILABLE, State.NOTIFIED, State.NOTIFICATION_FAILED, State.REMINDED)
    for notice, kind, delivery in product(State, (ANNOUNCED, REMINDED), State):
        expected = ANNOUNCING.get((kind, delivery), notice) if notice in waiting else notice
        assert stands(notice, Channel.SMS, kind, delivery) is expected, (notice, kind, delivery)


def test_content_moves_its_notice_but_what_went_on_to_paper_only_a_letter_or_a_reader_moves() -> None:
    on_paper = {State.PAPER_FALLBACK, State.PRINTED, State.POSTED, State.PRESENTED, State.RETURNED}
    for notice, channel, delivery in product(State, Channel, State):
        moved = channel in ON_PAPER or notice not in on_paper or delivery is State.OPENED
        assert stands(notice, channel, CONTENT, delivery) is (delivery if moved else notice), (notice, channel, delivery)


EFFECTIVE = {
    (Channel.PAPER, State.POSTED): (EffectBasis.DAY_AFTER_POSTING, 1),
    (Channel.REGISTERED_POST, State.PRESENTED): (EffectBasis.REGISTERED_PRESENTATION, 0),
    (Channel.EMAIL, State.DELIVERED): (EffectBasis.EMAIL_ACCEPTED, 0),
    (Channel.PORTAL, State.AVAILABLE): (EffectBasis.PORTAL_AVAILABLE, 0),
}


@pytest.mark.parametrize("on", [date(2026, 12, 31), date(2028, 2, 28), date(2028, 2, 29), date(2026, 3, 29), date(2026, 10, 25)])
def test_these_four_states_have_effect_on_their_day_and_no_other_state_has(on: date) -> None:
    for channel, state in product(Channel, State):
        found, expected = effect_of(channel, CONTENT, state, on), EFFECTIVE.get((channel, state))
        assert (found is None) is (expected is None), (channel, state)
        if found is not None and expected is not None:
            assert (found.basis, found.effective_on) == (expected[0], on + timedelta(days=expected[1]))


def test_what_takes_an_effect_away_is_of_the_channel_that_gave_it_and_can_still_happen() -> None:
    gave = {basis: channel for (channel, _), (basis, _) in EFFECTIVE.items()}
    taken = {(row.channel, row.state): row.basis for row in REVOCATIONS}
    for channel, state in product(Channel, State):
        assert revoked_by(channel, CONTENT, state) == taken.get((channel, state))
    assert all(gave[basis] is channel for (channel, _), basis in taken.items())
    reached = {(channel, answer.value) for channel, steps in STEPS.items() for answers in steps.values() for answer in answers}
    assert {(channel, state.value) for channel, state in taken} <= reached


def test_only_mail_and_portal_fall_back_on_paper_and_a_letter_never_on_itself() -> None:
    falls = {(Channel.EMAIL, State.FAILED), (Channel.EMAIL, State.UNKNOWN), (Channel.PORTAL, State.FAILED)}
    assert {(one, two) for one, two in product(Channel, State) if fallback_of(one, CONTENT, two) is not None} == falls


NEEDED = {"missingInformant": "informant", "missingReason": "reason", "missingDossierNumber": "dossier_number"}


@given(st.sets(st.sampled_from(["body", "body_kind", "term", "manner"])), st.sets(st.sampled_from(sorted(NEEDED.values()))), st.booleans())
def test_exactly_what_is_missing_is_refused_by_its_name_and_empty_is_as_missing(appeal: set[str], others: set[str], empty: bool) -> None:
    nothing = "" if empty else None
    fields = LegalFields(
        **{name: nothing if name in others else "x" for name in NEEDED.values()},
        notice_date=date(2026, 6, 22),
        privacy_block="p",
        appeal=Appeal(**{name: nothing if name in appeal else "x" for name in ("body", "body_kind", "term", "manner")}),
    )
    names = {
        "body": "missingAppealBody",
        "body_kind": "missingAppealBodyKind",
        "term": "missingAppealTerm",
        "manner": "missingAppealManner",
    }
    assert set(missing(fields)) == {names[one] for one in appeal} | {code for code, name in NEEDED.items() if name in others}
    assert fields.appeal.complete is (not appeal)


def local(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BRUSSELS)


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 12, 31), date(2028, 2, 28)])
def test_an_sms_of_nine_in_the_evening_leaves_at_eight_the_next_morning_by_the_clock_on_the_wall(day: date) -> None:
    morning = local(day + timedelta(days=1), 8)
    assert awake(local(day, 20, 59, 59), SMS_QUIET, BRUSSELS) == local(day, 20, 59, 59)
    for at in (local(day, 21), local(day, 23, 59, 59), local(day + timedelta(days=1), 0), local(day + timedelta(days=1), 7, 59, 59)):
        assert awake(at.astimezone(UTC), SMS_QUIET, BRUSSELS).astimezone(UTC) == morning.astimezone(UTC)
    assert awake(morning, SMS_QUIET, BRUSSELS) == morning


@pytest.mark.parametrize(
    ("day", "reminder", "copy"),
    [
        (date(2026, 6, 22), date(2026, 6, 29), date(2026, 7, 6)),
        (date(2026, 7, 17), date(2026, 7, 27), date(2026, 8, 3)),  # over the national holiday, a Tuesday
        (date(2026, 12, 22), date(2026, 12, 30), date(2027, 1, 7)),  # over Christmas Day and New Year's Day, both Fridays
        (date(2026, 5, 8), date(2026, 5, 18), date(2026, 5, 26)),  # over Ascension Day and Whit Monday
        (date(2028, 2, 25), date(2028, 3, 3), date(2028, 3, 10)),  # over 29 February
    ],
)
def test_who_does_not_open_is_reminded_after_five_working_days_and_gets_paper_after_ten(day: date, reminder: date, copy: date) -> None:
    holidays = Calendar().around(day)
    assert working_day_after(day, REMINDER, holidays) == reminder
    assert working_day_after(day, PAPER_COPY, holidays) == copy


def test_silence_lasts_three_days_for_an_sms_and_one_for_a_mail_and_only_the_sms_has_failed_then() -> None:
    waits = {key: (row.lasts, row.fails) for key, row in SILENCE.items()}
    assert waits == {
        (Channel.EMAIL, State.UNKNOWN): (timedelta(days=1), False),
        (Channel.SMS, State.RELAYED): (timedelta(days=3), True),
        (Channel.SMS, State.UNKNOWN): (timedelta(days=3), True),
    }


@given(st.integers(0, 999), st.integers(0, 9999))
def test_a_period_is_read_as_it_is_written(months: int, days: int) -> None:
    text = "P" + (f"{months}M" if months else "") + (f"{days}D" if days else "")
    if text != "P":
        assert Period.parse(text) == Period(months, days)
