"""When the insertion period (beroepsinschakelingstijd) of a school leaver begins, and what waiting for the registration cost of it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class InsertionRow:
    """Who ended school in these months and is registered before that day begins the period on the other; everybody else when registered."""

    id: str
    months: frozenset[int]
    before: tuple[int, int]  # month and day; on the day itself is too late
    begins: tuple[int, int]
    source: str


INSERTION = InsertionRow(
    "insertionStart", frozenset({6, 7}), (8, 10), (8, 1), "vdab.be/beroepsinschakelingstijd: before 10 August, from 1 August"
)


@dataclass(frozen=True, slots=True)
class Insertion:
    """The first day of the period, and the days that an earlier registration would have gained."""

    starts_on: date
    days_lost: int


def insertion(left_on: date, registered_on: date, row: InsertionRow = INSERTION) -> Insertion:
    """The insertion period of someone who left school on the one day and was registered as of the other."""
    if left_on.month not in row.months:
        return Insertion(registered_on, 0)
    begins = date(left_on.year, *row.begins)
    if registered_on < date(left_on.year, *row.before):
        return Insertion(begins, 0)
    return Insertion(registered_on, (registered_on - begins).days)
