"""The Belgian calendar of working days, handed to the domain as values."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import holidays


class Calendar:
    """The ten statutory holidays, and the days an installation adds."""

    def __init__(self, extra: Sequence[date] = ()) -> None:
        self._extra = frozenset(extra)

    def around(self, day: date) -> frozenset[date]:
        """The holidays of that year and of the three after it: no term here ends later, four months for who was not informed included."""
        return _holidays(day.year, self._extra)


@lru_cache(maxsize=64)
def _holidays(year: int, extra: frozenset[date]) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=range(year, year + 4))) | extra
