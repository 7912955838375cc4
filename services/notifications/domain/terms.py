"""Terms that run from a notice: periods in calendar months and days, working days, the last day of an appeal."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from contracts.identifiers import months_later

_PERIOD = re.compile(r"P(?:(?P<months>[1-9][0-9]{0,2})M)?(?:(?P<days>[1-9][0-9]{0,3})D)?", re.ASCII)
_SATURDAY = 5

# Administrative decree of 7 December 2018, article II.21: an appeal body of the Flemish decree, when the notice does not name it.
UNINFORMED = "P4M"
# The last day printed in a notice leaves this much after effect and term (`decisions.md` 5).
PRINTED_MARGIN = timedelta(days=3)

DECREE_BODY, COURT = "decreeBody", "court"

# The longest term of appeal that a sender can give, in days of the longest months: the calendar of working days ends some time after it.
# No term in force is longer than six months, so this is room and no rule.
LONGEST_DAYS = 24 * 31


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time by the calendar, as `P3M` or `P14D` say it (ISO 8601)."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the ISO 8601 form.

        Raises:
            ValueError: it is not of months and days.
        """
        found = _PERIOD.fullmatch(text)
        if found is None or text == "P":
            raise ValueError("a period is written like P3M or P14D")
        return cls(int(found["months"] or 0), int(found["days"] or 0))

    @property
    def at_most_days(self) -> int:
        """How many days this can last, whatever months it falls in."""
        return self.months * 31 + self.days

    def after(self, day: date) -> date:
        """The last day of this period when `day` itself does not count: the same day number, clipped to the month's end."""
        return months_later(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class AppealTerm:
    """The term of appeal; not started while nobody has decided what the missing information means (`decisions.md` 5)."""

    started: bool
    from_on: date | None = None
    last_on: date | None = None


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday, not a holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def rolled(day: date, holidays: Collection[date]) -> date:
    """The day itself, or the next working day; only the end of a term rolls."""
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    return day


def appeal_term(effective_on: date, term: Period, body_kind: str, holidays: Collection[date], *, informed: bool = True) -> AppealTerm:
    """The term of appeal from the day the notice has effect; that day does not count.

    `informed` says whether the notice told body, term and manner (article II.21).
    """
    if informed:
        return AppealTerm(started=True, from_on=effective_on, last_on=rolled(term.after(effective_on), holidays))
    if body_kind == DECREE_BODY:
        from_on = Period.parse(UNINFORMED).after(effective_on)
        return AppealTerm(started=True, from_on=from_on, last_on=rolled(term.after(from_on), holidays))
    return AppealTerm(started=False)


def printed_last_day(notice_on: date, dispatch_days: int, term: Period, holidays: Collection[date]) -> date:
    """The last day a letter may print: no earlier than its expected effect, the term and three days.

    Expected effect is the day after posting, at most `dispatch_days` working days after the notice's date.
    """
    posted_on = notice_on
    for _ in range(dispatch_days):
        posted_on = rolled(posted_on + timedelta(days=1), holidays)
    last_on = appeal_term(posted_on + timedelta(days=1), term, COURT, holidays).last_on
    assert last_on is not None
    return rolled(last_on + PRINTED_MARGIN, holidays)
