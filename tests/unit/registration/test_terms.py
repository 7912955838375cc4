"""On which day a term ends, and what is told of it when."""

from datetime import date, datetime
from uuid import UUID

import pytest

from chassis.clock import local_midnight
from contracts.identifiers import PersonId
from services.registration.domain.terms import (
    TERM_RULES,
    KeptTerm,
    Phase,
    Situation,
    Standing,
    TermKind,
    moved,
    rules_on,
    said,
    told_due_on,
    told_overdue_on,
)

RULES = {rule.kind: rule for rule in TERM_RULES}


@pytest.mark.parametrize(
    ("kind", "anchor", "due_on"),
    [
        (TermKind.SCREENING, "2026-10-01", "2026-12-01"),
        (TermKind.SCREENING, "2025-12-31", "2026-02-28"),  # clipped to the month's end
        (TermKind.SCREENING, "2027-12-30", "2028-02-29"),  # of a leap year
        (TermKind.SCREENING, "2028-02-29", "2028-04-29"),
        (TermKind.SCREENING, "2026-12-25", "2027-02-25"),
        (TermKind.AGREEMENTS, "2026-11-30", "2027-02-28"),
        (TermKind.AGREEMENTS, "2027-11-29", "2028-02-29"),
        (TermKind.AGREEMENTS, "2026-08-15", "2026-11-15"),  # a Sunday: nothing rolls
        (TermKind.INFORMATION, "2026-01-31", "2026-02-28"),
        (TermKind.INFORMATION, "2026-12-31", "2027-01-31"),
    ],
)
def test_the_day_number_is_kept_and_clipped_to_the_end_of_the_month(kind: TermKind, anchor: str, due_on: str) -> None:
    assert RULES[kind].due_on(date.fromisoformat(anchor)) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("last_day", "due_at"),
    [
        ("2026-03-28", "2026-03-28T23:00:00+00:00"),  # clocks go forward on the 29th
        ("2026-03-29", "2026-03-29T22:00:00+00:00"),
        ("2026-10-24", "2026-10-24T22:00:00+00:00"),
        ("2026-10-25", "2026-10-25T23:00:00+00:00"),  # and back on the 25th
    ],
)
def test_a_term_lasts_until_the_next_local_midnight_also_when_clocks_change(last_day: str, due_at: str) -> None:
    day = date.fromisoformat(last_day)
    assert local_midnight(date.fromordinal(day.toordinal() + 1)) == datetime.fromisoformat(due_at)


def test_a_row_holds_for_anchors_from_its_first_day_on() -> None:
    kinds = [TermKind.SCREENING, TermKind.AGREEMENTS]
    first = RULES[TermKind.SCREENING].valid_from
    assert [rule.kind for rule in rules_on(first, kinds)] == kinds
    assert rules_on(date(2020, 1, 1), kinds) == ()


def kept(**more: object) -> KeptTerm:
    some = KeptTerm(
        UUID(int=1),
        UUID(int=2),
        PersonId(UUID(int=3)),
        "werkzoekende.screening",
        TermKind.SCREENING,
        date(2026, 10, 1),
        date(2026, 12, 1),
        date(2026, 10, 1),
        version=1,
    )
    return KeptTerm(**({name: getattr(some, name) for name in some.__dataclass_fields__} | more))


@pytest.mark.parametrize(
    ("began_on", "released_on", "due_told_on", "overdue_told_on"),
    [
        ("2026-10-01", None, "2026-12-01", "2026-12-02"),
        ("2026-11-17", None, "2026-12-01", "2026-12-02"),  # fourteen days left
        ("2026-11-18", None, "2026-12-01", "2026-12-02"),  # thirteen: the fortnight ends on the same day
        ("2026-11-20", None, "2026-12-01", "2026-12-04"),
        ("2026-12-20", None, None, "2027-01-03"),
        ("2026-10-01", "2026-11-30", "2026-12-01", "2026-12-02"),  # let go before the last day
        ("2026-10-01", "2026-12-01", "2026-12-01", "2026-12-02"),
        ("2026-10-01", "2026-12-02", None, "2026-12-16"),
    ],
)
def test_who_begins_late_or_was_held_past_the_last_day_has_a_fortnight(
    began_on: str, released_on: str | None, due_told_on: str | None, overdue_told_on: str
) -> None:
    term = kept(began_on=date.fromisoformat(began_on), released_on=date.fromisoformat(released_on) if released_on else None)
    assert told_due_on(term) == (date.fromisoformat(due_told_on) if due_told_on else None)
    assert told_overdue_on(term) == date.fromisoformat(overdue_told_on)


DAY = date(2026, 11, 2)
SCREENED, AGREED = Situation(Phase.RUNS, met_on=date(2026, 11, 1)), Situation(Phase.RUNS, needless="selfReliant")


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (Situation(Phase.RUNS), Standing.RUNNING),
        (Situation(Phase.PAUSES), Standing.PAUSED),
        (Situation(Phase.ENDS), Standing.CLOSED),
        (SCREENED, Standing.MET),
        (Situation(Phase.PAUSES, met_on=date(2026, 11, 1)), Standing.MET),
        (Situation(Phase.ENDS, met_on=date(2026, 11, 1)), Standing.MET),
        (AGREED, Standing.CLOSED),
    ],
)
def test_how_a_term_stands_depends_on_what_is_known_and_not_on_what_was(now: Situation, state: Standing) -> None:
    for before in Standing:
        if before is not Standing.OVERDUE:
            assert moved(kept(state=before), now, DAY).state is state


def test_each_move_is_told_in_one_word() -> None:
    running = kept()
    met = moved(running, SCREENED, DAY)
    assert [one.what for one in said(None, running, Phase.RUNS)] == ["opened"]
    assert [one.what for one in said(None, met, Phase.RUNS)] == ["opened", "met"]
    assert [one.what for one in said(running, met, Phase.RUNS)] == ["met"]
    assert said(met, moved(met, SCREENED, DAY), Phase.RUNS) == ()
    assert said(running, moved(running, Situation(Phase.PAUSES), DAY), Phase.PAUSES) == ()
    assert said(running, moved(running, Situation(Phase.ENDS), DAY), Phase.ENDS) == ()
    assert said(met, moved(met, Situation(Phase.RUNS), DAY), Phase.RUNS)[0].reasons == ("assessmentTakenBack",)
    closed = moved(running, AGREED, DAY)
    assert said(running, closed, Phase.RUNS)[0].reasons == ("selfReliant",)
    assert said(closed, moved(closed, Situation(Phase.RUNS), DAY), Phase.RUNS)[0].reasons == ("neededAfterAll",)


def test_nothing_moves_the_term_of_somebody_who_was_erased() -> None:
    assert moved(kept(final=True, state=Standing.MET), Situation(Phase.ENDS), DAY).state is Standing.MET
