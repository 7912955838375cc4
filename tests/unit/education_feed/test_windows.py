"""Windows, freshness dates and the week after a withdrawn re-enrolment, with the days on which they turn."""

from datetime import UTC, date, datetime

import pytest

from chassis.clock import local_midnight
from services.education_feed.domain.facts import Closure
from services.education_feed.domain.windows import FRESHNESS_RULES, WINDOW_RULES, fresh_at, window_ends_at, withdrawn_until


@pytest.mark.parametrize(
    ("closed", "decided_at"),
    [
        (date(2026, 6, 30), datetime(2026, 7, 14, 22, tzinfo=UTC)),  # 00:00 of day 15, summer time
        (date(2026, 7, 1), datetime(2026, 9, 30, 22, tzinfo=UTC)),
        (date(2026, 8, 31), datetime(2026, 9, 30, 22, tzinfo=UTC)),
        (date(2026, 9, 1), datetime(2026, 9, 15, 22, tzinfo=UTC)),
        (date(2026, 2, 2), datetime(2026, 2, 16, 23, tzinfo=UTC)),
        (date(2026, 3, 14), datetime(2026, 3, 28, 23, tzinfo=UTC)),  # 29 March begins in winter time; the clocks change on that day
        (date(2026, 3, 15), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 10), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # 25 October begins in summer time
        (date(2026, 10, 11), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2028, 2, 14), datetime(2028, 2, 28, 23, tzinfo=UTC)),  # 29 February is day 15
        (date(2025, 12, 31), datetime(2026, 1, 14, 23, tzinfo=UTC)),
    ],
)
def test_the_window_ends_when_the_day_after_its_last_day_begins_in_brussels(closed: date, decided_at: datetime) -> None:
    assert window_ends_at(closed) == decided_at


@pytest.mark.parametrize(
    ("closed", "reason", "programme", "fresh"),
    [
        (date(2026, 5, 31), "E", 1, date(2026, 6, 15)),  # the window's end
        (date(2026, 6, 1), "E", 1, date(2026, 8, 15)),
        (date(2026, 6, 30), "X", 1, date(2026, 8, 15)),
        (date(2026, 7, 1), "E", 1, date(2026, 10, 1)),
        (date(2026, 8, 31), "X", 1, date(2026, 10, 1)),
        (date(2026, 9, 1), "E", 1, date(2026, 9, 16)),
        (date(2026, 8, 31), "X", 2, date(2026, 10, 31)),
        (date(2026, 8, 31), "x ", 5, date(2026, 10, 31)),
        (date(2026, 6, 30), "X", 5, date(2026, 10, 31)),
        (date(2026, 8, 31), "E", 2, date(2026, 10, 1)),  # left, not completed
        (date(2026, 1, 31), "X", 2, date(2026, 3, 31)),  # two months after a module that ended in the year
        (date(2026, 12, 31), "X", 5, date(2027, 2, 28)),
        (date(2026, 1, 31), "X", None, date(2026, 2, 15)),
        (date(2026, 2, 2), None, 2, date(2026, 2, 17)),
    ],
)
def test_missing_proofs_count_from_this_day_on(closed: date, reason: str | None, programme: int | None, fresh: date) -> None:
    assert fresh_at(Closure(closed, reason), programme) == local_midnight(fresh)


def test_after_a_withdrawn_re_enrolment_day_7_is_still_inside() -> None:
    received = datetime(2026, 10, 20, 9, tzinfo=UTC)
    assert withdrawn_until(received) == datetime(2026, 10, 27, 23, tzinfo=UTC)  # 28 October begins in winter time


def test_every_row_names_its_source_and_stands_once() -> None:
    sources = [*(rule.source for rule in WINDOW_RULES), *(rule.source for rule in FRESHNESS_RULES)]
    ids = [*(rule.id for rule in WINDOW_RULES), *(rule.id for rule in FRESHNESS_RULES)]
    assert all(sources)
    assert len(set(ids)) == len(ids)
