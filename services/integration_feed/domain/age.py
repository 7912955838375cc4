"""Ages by the calendar, for birth dates that may be incomplete."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Birth:
    """The first and the last day on which a person can have been born; equal when the birth date is known."""

    earliest: date
    latest: date

    def at_least(self, years: int, on: date) -> bool | None:
        """Whether the person is `years` old or older on that day; None when the completions of the date disagree."""
        oldest = birthday(self.earliest, years) <= on
        youngest = birthday(self.latest, years) <= on
        return oldest if oldest == youngest else None

    @property
    def complete(self) -> bool:
        """Whether the day of birth is known."""
        return self.earliest == self.latest


def birthday(born: date, years: int) -> date:
    """The day on which someone turns `years`; born on 29 February, that is 1 March in other years (`decisions.md` 1)."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)
