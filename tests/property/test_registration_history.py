"""A look back shows only what was known then, and what is known later changes no earlier look."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.history import Version, as_of

START = date(2026, 10, 1)
DAYS = st.integers(0, 60).map(lambda days: START + timedelta(days=days))


def history(days: list[tuple[date, int]]) -> list[Version]:
    at = datetime(2026, 10, 1, tzinfo=UTC)
    made = []
    for number, (valid_from, hours) in enumerate(days, start=1):
        at += timedelta(hours=hours)
        made.append(Version(number, valid_from, at))
    return made


HISTORIES = st.lists(st.tuples(DAYS, st.integers(1, 400)), min_size=1, max_size=8).map(history)


@given(HISTORIES)
def test_without_a_question_the_last_decision_counts(versions: list[Version]) -> None:
    assert as_of(versions, None, None) == versions[-1]


@given(HISTORIES, DAYS, st.integers(0, 3000))
def test_what_comes_later_changes_no_look_at_what_was_known(versions: list[Version], valid_on: date, hours: int) -> None:
    until = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=hours)
    known = [one for one in versions if one.known_at < until]
    found = as_of(versions, valid_on, until)
    assert found == as_of(known, valid_on, None) == as_of(reversed(versions), valid_on, until)
    if found is not None:
        assert found.valid_from <= valid_on
        assert all(one.version <= found.version or one.valid_from > valid_on for one in known)
