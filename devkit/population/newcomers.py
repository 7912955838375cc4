"""A month of newcomers: their contracts, what else the registers know of them, and the outcome to expect."""

import random
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from devkit.population.facts import (
    Address,
    Contract,
    Employment,
    Fact,
    Jobseeker,
    Participant,
    PersonChange,
    SourceState,
    Study,
    Termination,
    Title,
)
from devkit.population.names import BACKGROUNDS, STREETS
from devkit.population.numbers import tst
from devkit.population.places import BRUSSELS, FLEMISH, WALLOON, Place
from devkit.population.profiles import PROFILES, Expected, Kind, Profile

_NAMESPACE = UUID("0b9d3c62-7a0e-5f4e-8a0d-5c1f3d6e2b47")  # only to make references, drawn once
_YEAR = timedelta(days=365)
# A month owns these serials of every birth date, so that the people of two months never share a number; pupils have those above 480.
_SERIALS_A_MONTH = 40
_AGENCIES = ("agii", "agii", "agii", "atlas", "amal")
_OBLIGED = 0.41  # share of the obliged among contracts (`domain.md` 6)
_IN_FLATS = 0.3  # ours: so that letters with and without a box occur
_REFORM = date(2022, 3, 1)  # integration decree: the programme has a VDAB component since


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One invented newcomer with all that is reported about them, and what the hub should make of it."""

    reference: str  # opaque, the senders' own; never a person's or a file's number
    kind: Kind
    expected: Expected
    reported_on: date
    contract: Contract
    participant: Participant
    residence: PersonChange | None = None
    death: PersonChange | None = None
    jobseeker: Jobseeker | None = None
    employment: Employment | None = None
    termination: Termination | None = None
    second_contract: Contract | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Every request, in an order that needs no second decision: registers first, and a termination before what it ends."""
        agency = _client(self.contract.agency)
        sent: list[Fact] = [
            Fact.about("vdab", f"{self.reference}-{name}", body)
            for name, body in (
                ("residence", self.residence),
                ("death", self.death),
                ("jobseeker", self.jobseeker),
                ("work", self.employment),
            )
            if body is not None
        ]
        sent.append(Fact.about(agency, f"{self.reference}-participant", self.participant))
        if self.termination is not None:
            sent.append(Fact.about(agency, f"{self.reference}-contract", self.termination))
        sent.append(Fact.about(agency, f"{self.reference}-contract", self.contract))
        if self.second_contract is not None:
            sent.append(Fact.about(_client(self.second_contract.agency), f"{self.reference}-contract2", self.second_contract))
        return tuple(sent)


def newcomers(seed: int, count: int, month: date) -> Iterator[Newcomer]:
    """`count` newcomers who are reported in the month of that date; the same arguments give the same people.

    In every hundred each profile has exactly its share. Outcomes hold at any hour of the half year after the month (but a birth date of
    which only the year is known stops being doubtful at the end of that year). Months from 2023 on.
    """
    chance = random.Random(f"newcomers {seed} {month:%Y-%m}")
    serials: Counter[date] = Counter()
    deck: list[Profile] = []
    for number in range(count):
        if not deck:
            deck = [profile for profile in PROFILES for _ in range(profile.share)]
            chance.shuffle(deck)
        yield _Maker(chance, serials, month, str(uuid5(_NAMESPACE, f"{seed} {month:%Y-%m} {number}"))).make(deck.pop())


def watermarks(until: date) -> tuple[Fact, ...]:
    """The sources' own word that they are complete up to that day; without it an absence decides nothing."""
    state = SourceState(until.toordinal(), "available", until)
    registers = ("populationRegister", "vdabRegister", "workRegister")
    return (
        *(Fact("vdab", "PUT", f"/registration/v1/sourceStates/{name}", state) for name in registers),
        Fact("agii", "PUT", "/integrationFeed/v1/sourceStates/contracts", state),
    )


def _client(agency: str) -> str:
    """The sandbox client that reports for an agency."""
    return "atlas" if agency == "atlas" else "agii"


class _Maker:
    """Draws one newcomer."""

    def __init__(self, chance: random.Random, serials: Counter[date], month: date, reference: str) -> None:
        self._chance = chance
        self._serials = serials
        self._first = month.replace(day=1)
        self._last = month.replace(day=monthrange(month.year, month.month)[1])
        self._reference = reference
        self._reported_on = self._day(self._first, self._last)
        self._background = chance.choice(BACKGROUNDS)

    def make(self, profile: Profile) -> Newcomer:
        """A newcomer of that profile."""
        kind = profile.kind
        signed_on = self._signed_on(kind)
        ssin, birth_date = self._birth(kind)
        agency = self._chance.choice(_AGENCIES)
        family, given = self._chance.choice(self._background.family), self._chance.choice(self._background.given)
        contract = Contract(1, ssin, family, given, birth_date, agency, signed_on, "running" if signed_on else None)
        second = Contract(1, ssin, family, given, birth_date, "agii" if agency == "atlas" else "atlas", signed_on, "running")
        return Newcomer(
            reference=self._reference,
            kind=kind,
            expected=profile.expected,
            reported_on=self._reported_on,
            contract=contract,
            participant=self._participant(kind, ssin, agency),
            residence=None if kind is Kind.NO_RESIDENCE else self._residence(kind, ssin),
            death=PersonChange(1, ssin, "death", self._reported_on) if kind is Kind.DECEASED else None,
            jobseeker=self._jobseeker(ssin) if kind is Kind.REGISTERED_ALREADY else None,
            employment=Employment(1, ssin, self._before(200), "regular", "1.00") if kind is Kind.WORKING else None,
            termination=Termination(2, "stopped", self._reported_on) if kind is Kind.STOPPED else None,
            second_contract=second if kind is Kind.TWO_AGENCIES else None,
        )

    def _signed_on(self, kind: Kind) -> date | None:
        match kind:
            case Kind.UNSIGNED:
                return None
            case Kind.OLD_CONTRACT:
                return self._day(_REFORM - _YEAR, _REFORM - timedelta(days=1))
            case Kind.LATE_CONTRACT:  # fewer than 14 of the 60 days are left, or none
                return self._reported_on - timedelta(days=self._chance.randint(50, 80))
            case _:
                return self._reported_on - timedelta(days=self._chance.randint(0, 3))

    def _birth(self, kind: Kind) -> tuple[str, str]:
        """A number nobody else of the month has, and the birth date as the agency knows it."""
        oldest, youngest = self._births(kind)
        while True:
            born = self._day(oldest, youngest)
            if self._serials[born] < _SERIALS_A_MONTH:
                break
        self._serials[born] += 1
        ssin = tst(born, (self._first.month - 1) * _SERIALS_A_MONTH + self._serials[born])
        return ssin, str(born.year) if kind is Kind.INCOMPLETE_BIRTH_DATE else born.isoformat()

    def _births(self, kind: Kind) -> tuple[date, date]:
        """Between which days someone of this kind was born; ages that stay on their side of 18 and 65 for the half year."""
        year = self._first.year
        match kind:
            case Kind.MINOR:
                return date(year - 16, 1, 1), date(year - 15, 12, 31)
            case Kind.OVER_65:
                return date(year - 80, 1, 1), date(year - 67, 12, 31)
            case Kind.INCOMPLETE_BIRTH_DATE:  # turns 18 on an unknown day of this year
                return date(year - 18, 1, 1), date(year - 18, 12, 31)
            case _:
                return date(year - 58, 1, 1), date(year - 20, 12, 31)

    def _participant(self, kind: Kind, ssin: str, agency: str) -> Participant:
        exempt = kind in (Kind.EXEMPT, Kind.EXEMPT_WITH_COMPONENT)
        duty = "obliged" if kind is Kind.OBLIGED or (kind is not Kind.ENTITLED and self._chance.random() < _OBLIGED) else "entitled"
        since = self._day(_REFORM - _YEAR, _REFORM - timedelta(days=1)) if kind is Kind.OLD_DUTY else self._before(90)
        return Participant(
            source_version=1,
            ssin=ssin,
            status="exempt" if exempt else duty,
            agency=agency,
            contact_language=self._background.language,
            status_since=since,
            vdab_component=False if kind is Kind.EXEMPT else None,
            titles=(self._title(kind),),
            full_time_study=Study(self._before(100), self._last + _YEAR) if kind is Kind.STUDENT else None,
        )

    def _title(self, kind: Kind) -> Title:
        grounds = {Kind.TEMPORARY_PROTECTION: "temporaryProtection", Kind.ASYLUM_SEEKER: "asylumSeeker"}
        rights: dict[Kind, bool | None] = {Kind.NO_RIGHT_TO_WORK: False, Kind.UNKNOWN_RIGHT_TO_WORK: None}
        return Title(grounds.get(kind, "other"), self._before(300), self._last + 2 * _YEAR, rights.get(kind, True))

    def _residence(self, kind: Kind, ssin: str) -> PersonChange:
        place: Place = self._chance.choice({Kind.BRUSSELS: BRUSSELS, Kind.WALLONIA: WALLOON}.get(kind, FLEMISH))
        box = f"{self._chance.randint(1, 40)}" if self._chance.random() < _IN_FLATS else None
        address = Address(self._chance.choice(STREETS), str(self._chance.randint(1, 250)), place.post_code, place.name, box)
        return PersonChange(1, ssin, "residence", self._before(120), place.nis.value, address)

    def _jobseeker(self, ssin: str) -> Jobseeker:
        day = self._before(60)
        at = datetime.combine(day, time(9, self._chance.randint(0, 59)), UTC)
        return Jobseeker(1, ssin, "jobseeker", day, at, self._chance.choice(("self", "counsellor")))

    def _before(self, days: int) -> date:
        """A day that many to twice as many days before the month."""
        return self._first - timedelta(days=self._chance.randint(days, 2 * days))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._chance.randint(0, (last - first).days))
