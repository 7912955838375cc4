"""Until when someone must go to school, and from when someone may be registered, also when the day of birth is not wholly known."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.identifiers import IncompleteDate, birthday
from services.education_feed.domain.days import begins, day_of


@dataclass(frozen=True, slots=True)
class AgeRule:
    """A row: the age that counts, the last day of the school year on which it may be reached (None: the birthday itself), its source."""

    id: str
    years: int
    school_year_ends: tuple[int, int] | None
    source: str

    def reached_on(self, born: date) -> date:
        """The day from which it is so: the birthday, or the end of the school year where that comes first in the year."""
        turns = birthday(born, self.years)
        return turns if self.school_year_ends is None else min(turns, date(turns.year, *self.school_year_ends))


# A secondary diploma ends it earlier: row S11a, which stands before this one. Part-time from 15 or 16 changes nothing here.
COMPULSORY_EDUCATION = AgeRule(
    "leerplicht.einde", 18, (6, 30), "law of 29 June 1983, article 1; vlaanderen.be/leerplicht-en-schoolplicht: 18th birthday or 30 June"
)
MIN_AGE = AgeRule("minAge", 18, None, "statistiekvlaanderen.be, early school leavers: 18 to 25; the switch of this row registers at once")


@dataclass(frozen=True, slots=True)
class Threshold:
    """When an age is reached: `first_at` by the earliest birth that is possible, `last_at` by the latest; equal when it is known."""

    first_at: datetime
    last_at: datetime

    def reached(self, at: datetime) -> bool | None:
        """Whether it is reached at that instant; None when the possible births disagree."""
        if at >= self.last_at:
            return True
        return None if at >= self.first_at else False


def threshold(rule: AgeRule, birth: IncompleteDate) -> Threshold:
    """When that age is reached by someone born then; both ends of an incomplete date, since the rules never run backwards in it."""
    return Threshold(begins(rule.reached_on(birth.earliest)), begins(rule.reached_on(birth.latest)))


def is_minor(birth: IncompleteDate | None, at: datetime) -> bool:
    """Whether the person is, or may be, under the age of majority."""
    return birth is not None and birthday(birth.latest, MIN_AGE.years) > day_of(at)
