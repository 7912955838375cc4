"""Birthdays and months, reckoned by the calendar."""

from calendar import monthrange
from datetime import date


def birthday(born: date, years: int) -> date:
    """The day on which someone turns `years`; born on 29 February, that is 1 March in other years (`decisions.md` 1)."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def months_later(day: date, months: int) -> date:
    """The same day number so many months on, clipped to the month's end (`decisions.md` 4)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
