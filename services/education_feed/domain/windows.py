"""How long a deregistration waits: for a new enrolment, for proofs to arrive, and once more when a new enrolment is withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.identifiers import months_later
from services.education_feed.domain.days import begins, day_of
from services.education_feed.domain.facts import Closure


@dataclass(frozen=True, slots=True)
class WindowRule:
    """A row: for which closures, and the last day that is still inside; the decision is due when the day after it begins."""

    id: str
    applies: Callable[[date], bool]
    last_day: Callable[[date], date]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class FreshnessRule:
    """A row: for which closures and programmes, and the day from which a missing proof means that there is none."""

    id: str
    applies: Callable[[Closure, int | None], bool]
    fresh_on: Callable[[date], date]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None


def _in_june(day: date) -> bool:
    return day.month == 6  # noqa: PLR2004 - June


def _in_summer(day: date) -> bool:
    return day.month in (7, 8)  # between two school years: 1 July up to and including 31 August


def _completed_track(closure: Closure, programme: int | None) -> bool:
    """A part-time vocational track (2) or an apprenticeship (5) that ran its course: reason X, normal end of school year or module."""
    return programme in (2, 5) and (closure.reason or "").strip().upper() == "X"


WINDOW_RULES: tuple[WindowRule, ...] = (
    WindowRule(
        "schoolverlater.venster.schooljaar",
        _in_summer,
        lambda closed: date(closed.year, 9, 30),
        "decisions 3: enrolments of a new school year settle in September; proposal",
    ),
    WindowRule(
        "schoolverlater.venster.tussentijds",
        lambda _: True,
        lambda closed: closed + timedelta(days=14),
        "agodi.be, Discimus: a school enrols within 7 calendar days; 7 more; proposal",
    ),
)

FRESHNESS_RULES: tuple[FreshnessRule, ...] = (
    FreshnessRule(
        "schoolverlater.led_vers.traject",
        lambda closure, programme: _completed_track(closure, programme) and (_in_june(closure.ends_on) or _in_summer(closure.ends_on)),
        lambda closed: date(closed.year, 10, 31),
        "vlaanderen.be, beroepskwalificerende trajecten: proofs are registered within two months of the school year's end",
    ),
    FreshnessRule(
        "schoolverlater.led_vers.traject.tussentijds",
        _completed_track,
        lambda closed: months_later(closed, 2),
        "vlaanderen.be, beroepskwalificerende trajecten: proofs are registered within two months of completion",
    ),
    FreshnessRule(
        "schoolverlater.led_vers.zomer",
        lambda closure, _: _in_summer(closure.ends_on),
        lambda closed: date(closed.year, 10, 1),
        "decisions 3: proofs of the second session; proposal",
    ),
    FreshnessRule(
        "schoolverlater.led_vers.juni",
        lambda closure, _: _in_june(closure.ends_on),
        lambda closed: date(closed.year, 8, 15),
        "decisions 3: proofs of 30 June reach the database in July; proposal",
    ),
)

# A school has 7 calendar days to enrol (agodi.be, Discimus); so long the next one gets when an enrolment is withdrawn after the window.
REENROLMENT_DAYS = timedelta(days=7)


def window_ends_at(closed: date, rules: tuple[WindowRule, ...] = WINDOW_RULES) -> datetime:
    """The instant at which the window after a closure of that day is over; day 0 is the closure's, the last row applies to all."""
    row = next(rule for rule in rules if rule.applies(closed) and _valid(rule, closed))
    return begins(row.last_day(closed) + timedelta(days=1))


def fresh_at(closure: Closure, programme: int | None, rules: tuple[FreshnessRule, ...] = FRESHNESS_RULES) -> datetime:
    """The instant from which the absence of a proof counts: never before the window ends, which is what it is where no row applies."""
    ends_at = window_ends_at(closure.ends_on)
    row = next((rule for rule in rules if rule.applies(closure, programme) and _valid(rule, closure.ends_on)), None)
    return max(ends_at, begins(row.fresh_on(closure.ends_on))) if row is not None else ends_at


def withdrawn_until(received_at: datetime) -> datetime:
    """Until when a withdrawn re-enrolment waits for another: the day of receipt is day 0, day 7 is still inside."""
    return begins(day_of(received_at) + REENROLMENT_DAYS + timedelta(days=1))


def _valid(rule: WindowRule | FreshnessRule, on: date) -> bool:
    return (rule.valid_from is None or rule.valid_from <= on) and (rule.valid_to is None or on <= rule.valid_to)
