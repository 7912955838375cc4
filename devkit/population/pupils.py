"""A school year of pupils: what their schools and the registers report of them, day by day, and where each leave should end."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from devkit.population.facts import Enrolment, Fact, SourceState
from devkit.population.names import BACKGROUNDS, SCHOOL_NAMES
from devkit.population.numbers import LAST_SERIAL, tst
from devkit.population.pupil_profiles import PUPIL_PROFILES, LeaverExpected, PupilKind, PupilProfile
from devkit.population.school_days import Report, SchoolDays, Who

_NAMESPACE = UUID("5d1c7f0e-93a4-5b62-8f3b-7a2e4c9d1b60")  # only to make references, drawn once
_FIRST_SERIAL = 481  # those below are newcomers'
_ABROAD_NAMES = 0.2  # ours: so that names beyond Dutch occur
_SUMMER, _WINDOW = 7, timedelta(days=15)  # `decisions.md` 3: day 14 is still inside
_SOURCES = ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led")


@dataclass(frozen=True, slots=True)
class Pupil:
    """One invented pupil with all that is reported of them, oldest first, and what the hub should make of it."""

    kind: PupilKind
    expected: LeaverExpected
    who: Who
    reports: tuple[Report, ...]

    @property
    def reference(self) -> str:
        """How the senders' references about this pupil begin: opaque, never a person's or a pupil's number."""
        return self.who.reference

    @property
    def decided_on(self) -> date:
        """The day on which the feed has waited long enough, for enrolments and for proofs; registration hears then of who left."""
        left_on = next(
            one.fact.body.closure.ends_on for one in self.reports if isinstance(one.fact.body, Enrolment) and one.fact.body.closure
        )
        if left_on.month < _SUMMER:
            return left_on + _WINDOW
        return date(left_on.year, 10, 31) if self.kind is PupilKind.PART_TIME_COMPLETED else date(left_on.year, 10, 1)


def pupils(seed: int, count: int, school_year: int) -> Iterator[Pupil]:
    """`count` pupils of a school year (2025 is 2025-2026), one at a time; the same arguments give the same pupils.

    In every deck of 2,500 each profile has exactly its share. What is reported runs from 1 March of the year to 25 September after it;
    outcomes hold from 2 November, when the last proofs count as known, to 19 November, before the next of them turns 18.
    """
    chance = random.Random(f"pupils {seed} {school_year}")
    serials: Counter[date] = Counter()
    deck: list[PupilProfile] = []
    for number in range(count):
        if not deck:
            deck = [profile for profile in PUPIL_PROFILES for _ in range(profile.share)]
            chance.shuffle(deck)
        profile = deck.pop()
        who = _someone(chance, serials, _births(profile.kind, school_year + 1), str(uuid5(_NAMESPACE, f"{seed} {school_year} {number}")))
        yield Pupil(profile.kind, profile.expected, who, SchoolDays(chance, school_year, who).of(profile.kind))


def school_watermarks(until: date) -> tuple[Fact, ...]:
    """Education's own word that its databases are complete up to that day; without it an absence decides nothing."""
    state = SourceState(until.toordinal(), "available", until)
    return tuple(Fact("education", "PUT", f"/educationFeed/v1/sourceStates/{name}", state) for name in _SOURCES)


def _someone(chance: random.Random, serials: Counter[date], born_between: tuple[date, date], reference: str) -> Who:
    """Somebody with a number that nobody else of the population has."""
    first, last = (day.toordinal() for day in born_between)
    while True:
        born = date.fromordinal(chance.randint(first, last))
        serial = _FIRST_SERIAL + serials[born]
        if serial <= LAST_SERIAL:
            break
    serials[born] += 1
    names = chance.choice(BACKGROUNDS) if chance.random() < _ABROAD_NAMES else SCHOOL_NAMES
    return Who(reference, tst(born, serial), born, chance.choice(names.family), chance.choice(names.given))


def _births(kind: PupilKind, year: int) -> tuple[date, date]:
    """Between which days a pupil of this kind was born; `year` is that in which the school year ends.

    Compulsory education ends on 30 June of the year of the 18th birthday, or on that birthday when it is earlier (`domain.md` 2.6).
    """
    match kind:
        case PupilKind.GOES_ON | PupilKind.ENROLS_LATE | PupilKind.MOVES | PupilKind.ENROLLED_TWICE:
            return date(year - 18, 1, 1), date(year - 13, 12, 31)
        case PupilKind.PRIMARY:
            return date(year - 12, 1, 1), date(year - 11, 12, 31)
        case PupilKind.COMPULSORY:
            return date(year - 17, 1, 1), date(year - 16, 12, 31)
        case PupilKind.NOT_YET_18:
            return date(year - 18, 11, 20), date(year - 18, 12, 31)
        case PupilKind.TOO_OLD:
            return date(year - 28, 1, 1), date(year - 26, 12, 31)
        case _:  # 18 before the year in which the school year ends, and far from 25
            return date(year - 23, 1, 1), date(year - 19, 12, 31)
