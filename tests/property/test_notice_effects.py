"""Effects, revocations and ways to paper, whatever carriers answer and in whatever order."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Channel, DeliveryKind
from services.notifications.domain.effects import EFFECTS, FALLBACKS, REVOCATIONS, effect_of, fallback_of, revoked_by
from services.notifications.domain.notices import Answer, State, follows, stands
from services.notifications.domain.patience import PAPER_COPY, REMINDER, SMS_QUIET, awake, working_day_after
from services.notifications.domain.terms import is_working_day

BRUSSELS = ZoneInfo("Europe/Brussels")
_ANSWERS = st.lists(st.sampled_from(Answer), max_size=12)
_CHANNELS = st.sampled_from(Channel)
_KINDS = st.sampled_from(DeliveryKind)


def _walk(channel: Channel, start: State, answers: list[Answer]) -> list[State]:
    seen = [start]
    for answer in answers:
        if follows(channel, seen[-1], answer, proven=True):
            seen.append(State(answer.value))
    return seen


@given(_CHANNELS, st.sampled_from([State.RELAYED, State.UNKNOWN, State.DELIVERED, State.AVAILABLE]), _ANSWERS)
def test_answers_move_a_delivery_forward_only_so_it_never_stands_twice_in_one_state(
    channel: Channel, start: State, answers: list[Answer]
) -> None:
    seen = _walk(channel, start, answers)
    assert len(seen) == len(set(seen))


@given(_CHANNELS, _ANSWERS)
def test_an_answer_that_comes_twice_is_as_if_it_came_once(channel: Channel, answers: list[Answer]) -> None:
    twice = [answer for answer in answers for _ in range(2)]
    assert _walk(channel, State.RELAYED, twice) == _walk(channel, State.RELAYED, answers)


@given(_CHANNELS, _KINDS.filter(lambda kind: kind is not DeliveryKind.CONTENT), st.sampled_from(State))
def test_only_what_carries_the_content_has_effect_loses_it_or_falls_back(channel: Channel, kind: DeliveryKind, state: State) -> None:
    day = date(2026, 6, 22)
    assert (effect_of(channel, kind, state, day), revoked_by(channel, kind, state), fallback_of(channel, kind, state)) == (None, None, None)


@given(st.sampled_from([State.RELAYED, State.UNKNOWN, State.READ, State.SUBMITTED]))
def test_a_mail_that_was_relayed_read_or_is_unknown_gives_no_effect(state: State) -> None:
    assert effect_of(Channel.EMAIL, DeliveryKind.CONTENT, state, date(2026, 6, 22)) is None


def test_an_sms_never_has_effect_and_every_row_names_its_source() -> None:
    rows = [(rule.channel, rule.source) for rule in EFFECTS]
    rows += [(rule.channel, rule.source) for rule in REVOCATIONS] + [(rule.channel, rule.source) for rule in FALLBACKS]
    assert all(channel is not Channel.SMS and source for channel, source in rows)


@given(st.sampled_from([State.PAPER_FALLBACK, State.PRINTED, State.POSTED, State.RETURNED]), st.sampled_from(State))
def test_a_digital_carrier_says_nothing_more_about_a_notice_on_paper(notice: State, delivery: State) -> None:
    after = stands(notice, Channel.EMAIL, DeliveryKind.CONTENT, delivery)
    assert after is (delivery if delivery is State.OPENED else notice)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - made aware below
def test_nothing_leaves_between_nine_in_the_evening_and_eight_also_where_the_clock_changes(naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    leaves = awake(at, SMS_QUIET, BRUSSELS)
    assert 8 <= leaves.astimezone(BRUSSELS).hour < 21
    assert timedelta() <= leaves - at <= timedelta(hours=12)
    assert awake(leaves, SMS_QUIET, BRUSSELS) == leaves


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sets(st.dates(date(2020, 1, 1), date(2035, 3, 1)), max_size=12))
def test_five_and_ten_working_days_end_on_working_days_in_that_order(day: date, holidays: set[date]) -> None:
    first, second = (working_day_after(day, row, holidays) for row in (REMINDER, PAPER_COPY))
    assert day < first < second
    assert is_working_day(first, holidays)
    counted = [day + timedelta(days=n) for n in range(1, (first - day).days + 1)]
    assert sum(is_working_day(one, holidays) for one in counted) == REMINDER.days
