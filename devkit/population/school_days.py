"""Writes the school year of one pupil: which record is reported on which day."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from chassis.clock import BRUSSELS
from devkit.population.facts import (
    Address,
    AdministrativeGroup,
    Body,
    Closure,
    Deleted,
    Employment,
    Enrolment,
    Fact,
    HomeEducation,
    Jobseeker,
    PersonChange,
    Qualification,
    Retraction,
)
from devkit.population.names import STREETS
from devkit.population.places import BRUSSELS as IN_BRUSSELS
from devkit.population.places import FLEMISH, WALLOON, Place
from devkit.population.pupil_profiles import PUPIL_PROFILES, PupilKind

_K = PupilKind
# Fictitious institutions; the groups are those seen in MAGDA's test data (`domain.md` 2.4), the first one is ours.
_SCHOOLS = ("990011", "990029", "990037", "990045", "990052", "990060")
_GROUP = AdministrativeGroup(990101, "Proefrichting 2de leerjaar 3de graad")
_GROUPS = {
    _K.OV1: AdministrativeGroup(15080, "BuSO OV1"),
    _K.OV2: AdministrativeGroup(15244, "BuSO OV2 fase 2"),
    _K.OV3: AdministrativeGroup(990202, "BuSO OV3 proefopleiding"),
    _K.UNKNOWN_FORM: AdministrativeGroup(990303, "BuSO proefvorm"),
    _K.RECEPTION_CLASS: AdministrativeGroup(37749, "Onthaaljaar voor anderstalige nieuwkomers"),
}
_FORMS = {_K.OV1: "OV1", _K.OV2: "OV2", _K.OV3: "OV3", _K.UNKNOWN_FORM: "OV9"}
_PROGRAMMES = {_K.PART_TIME: 2, _K.PART_TIME_COMPLETED: 2, _K.UNKNOWN_PROGRAMME: 8}
_LEAVES_IN_YEAR = {_K.LEFT_IN_YEAR, _K.PROMISED, _K.PART_TIME, _K.MOVES, _K.ENROLLED_TWICE}
_CLOSED_BY_NOBODY_KNOWN = {_K.UNKNOWN_REASON: ("Q", 10), _K.UNKNOWN_SITUATION: ("X", 77)}
# Whose leave registration, or the feed by registration's word, decides: they have to live somewhere.
_LIVES = {profile.kind for profile in PUPIL_PROFILES if profile.expected.announced} - {_K.NO_RESIDENCE}
_HOMES = {_K.BRUSSELS: IN_BRUSSELS, _K.WALLONIA: WALLOON}


@dataclass(frozen=True, slots=True)
class Who:
    """Someone who does not exist."""

    reference: str
    ssin: str
    born: date
    family_name: str
    given_name: str


@dataclass(frozen=True, slots=True)
class Report:
    """One fact, and the day on which its sender tells it."""

    on: date
    fact: Fact


class SchoolDays:
    """Draws what is reported of one pupil in one school year."""

    def __init__(self, chance: random.Random, school_year: int, who: Who) -> None:
        self._chance = chance
        self._who = who
        self._began = date(school_year, 9, 1)
        self._ended = date(school_year + 1, 8, 31)
        self._next = date(school_year + 1, 9, 1)

    def of(self, kind: PupilKind) -> tuple[Report, ...]:
        """Everything, oldest first; of one day the registers' facts first."""
        first = self._first_enrolment(kind)
        closure = first.closure
        assert closure is not None
        in_year = kind in _LEAVES_IN_YEAR
        told_on = closure.ends_on + timedelta(days=self._chance.randint(0, 4)) if in_year else self._rush()
        reports = chain(
            self._registers(kind, told_on if in_year else self._day(9, 1)),
            [self._told("enrolment", told_on, first)],
            self._goes_on(kind, first, told_on),
            self._corrections(kind, first),
            self._proofs(kind),
        )
        return tuple(sorted(reports, key=lambda one: (one.on, one.fact.client != "vdab")))

    # -- the schools

    def _first_enrolment(self, kind: PupilKind) -> Enrolment:
        """The enrolment that ends, already closed: sent whole, its open version adds nothing."""
        source = {_K.LEFT_HIGHER: "higher", _K.BOARDED_ONLY: "boarding"}.get(kind, "compulsory")
        special = kind in _FORMS
        return replace(
            self._enrolment(source, self._began),
            flemish=False if kind is _K.NOT_FLEMISH else None,
            individual_curriculum=True if kind is _K.INDIVIDUAL_CURRICULUM else None,
            reception_class=True if kind is _K.RECEPTION_CLASS else None,
            level={_K.PRIMARY: 2, _K.UNKNOWN_LEVEL: 7}.get(kind, 3) if source == "compulsory" else None,
            education_kind={_K.UNKNOWN_EDUCATION_KIND: 4}.get(kind, 2 if special else 1) if source == "compulsory" else None,
            programme=_PROGRAMMES.get(kind, 1) if source == "compulsory" else None,
            special_education_form=_FORMS.get(kind),
            administrative_group=_GROUPS.get(kind, _GROUP) if source == "compulsory" else None,
            closure=self._closure(kind),
        )

    def _closure(self, kind: PupilKind) -> Closure:
        if kind not in _LEAVES_IN_YEAR:
            return Closure(self._ended, *_CLOSED_BY_NOBODY_KNOWN.get(kind, ("X", 10)))
        reason = self._chance.choice(("E", "E", "E", "S", "T"))
        situation = 12 if kind in {_K.MOVES, _K.PROMISED} else self._chance.choice((5, 9))
        return Closure(date(self._ended.year, 3, self._chance.randint(4, 14)), reason, situation)

    def _goes_on(self, kind: PupilKind, first: Enrolment, told_on: date) -> Iterator[Report]:
        """The enrolments that come after, or stand beside."""
        match kind:
            case _K.GOES_ON:
                yield self._told("enrolment-next", self._rush(), self._enrolment("compulsory", self._next))
            case _K.ENROLS_LATE:
                yield self._told("enrolment-next", self._late(), self._enrolment("compulsory", self._next))
            case _K.MOVES | _K.ENROLLED_TWICE:
                yield from self._second_school(kind, first, told_on)
            case _K.TO_HIGHER:
                yield self._told("enrolment-next", self._late(), self._enrolment("higher", self._day(9, 14)))
            case _K.TO_ADULT | _K.EVENING_COURSE:
                course = replace(self._enrolment("adult", self._next), towards_qualification=kind is _K.TO_ADULT)
                yield self._told("enrolment-next", self._rush(), course)
            case _K.BOARDS_STILL:
                yield self._told("boarding", self._rush(), self._enrolment("boarding", self._began))
            case _:
                pass

    def _corrections(self, kind: PupilKind, first: Enrolment) -> Iterator[Report]:
        """What the school, or the parents, say afterwards."""
        match kind:
            case _K.REOPENED:
                yield self._told("enrolment", self._day(9, 11), replace(first, source_version=2, closure=None))
            case _K.DELETED:
                yield self._told("enrolment", self._day(9, 11), Deleted(2))
            case _K.RETRACTED:
                yield self._told("enrolment", self._day(9, 11), Retraction(2, "reportedInError"))
            case _K.HOME_EDUCATION:
                yield self._told("home", self._day(9, 11), HomeEducation(1, self._who.ssin, self._next))
            case _:
                pass

    def _second_school(self, kind: PupilKind, first: Enrolment, told_on: date) -> Iterator[Report]:
        """Another school, from the day after the first or beside it; then the next year."""
        assert first.closure is not None
        since = first.closure.ends_on + timedelta(days=1) if kind is _K.MOVES else self._began
        second = replace(first, institution=self._chance.choice(_SCHOOLS), starts_on=since, closure=None)
        closed = replace(second, source_version=2, closure=Closure(self._ended, "X", 10))
        yield self._told("enrolment-second", told_on, second)
        yield self._told("enrolment-second", self._rush(), closed)
        yield self._told("enrolment-next", self._rush(), self._enrolment("compulsory", self._next))

    def _enrolment(self, source: str, starts_on: date) -> Enrolment:
        """An open one at some institution."""
        who, compulsory = self._who, source == "compulsory"
        return Enrolment(
            source_version=1,
            ssin=who.ssin,
            family_name=who.family_name,
            given_name=who.given_name,
            birth_date=who.born.isoformat(),
            source=source,
            institution=self._chance.choice(_SCHOOLS),
            starts_on=starts_on,
            level=3 if compulsory else None,
            education_kind=1 if compulsory else None,
            programme=1 if compulsory else None,
            administrative_group=_GROUP if compulsory else None,
        )

    # -- the database of proofs

    def _proofs(self, kind: PupilKind) -> Iterator[Report]:
        match kind:
            case _K.GRADUATE | _K.TO_HIGHER:
                yield self._proof(authentic=True)
            case _K.PARTIAL_PROOF:
                yield self._proof(authentic=True, proof_type="Getuigschrift", stage="2de graad")
            case _K.SELF_DECLARED:
                yield self._proof(authentic=False, supplier="VDAB")
            case _K.RECOGNISED_ABROAD:
                yield self._proof(authentic=True, country="SYR", equivalence="recognised", vks_level=4, supplier="NARIC Vlaanderen")
            case _K.PENDING_EQUIVALENCE:
                yield self._proof(authentic=True, country="SYR", equivalence="pending", supplier="NARIC Vlaanderen")
            case _K.CANCELLED_PROOF:
                issued = self._proof(authentic=True)
                assert isinstance(issued.fact.body, Qualification)
                yield issued
                yield self._told("proof", self._day(9, 11), replace(issued.fact.body, source_version=2, led_status=10))
            case _:
                pass

    def _proof(self, *, authentic: bool, **changed: Any) -> Report:
        """A diploma of 30 June that reaches the database in July (`domain.md` 2.5), or what it is instead."""
        diploma = Qualification(
            source_version=1,
            ssin=self._who.ssin,
            category="Secundair onderwijs",
            proof_type="Diploma",
            proof_state="Eindbewijs",
            authentic=authentic,
            led_status=1,
            issued_on=date(self._ended.year, 6, 30).isoformat(),
            stage="3de graad",
            education_form="TSO",
            supplier="Secundair onderwijs",
            country="BEL",
        )
        return self._told("proof", self._chance.choice((self._day(7, 6), self._day(7, 13), self._day(7, 20))), replace(diploma, **changed))

    # -- VDAB and the registers

    def _registers(self, kind: PupilKind, on: date) -> Iterator[Report]:
        if kind in _LIVES or kind in _HOMES:
            yield self._known("residence", min(on, self._day(9, 1)), self._residence(_HOMES.get(kind, FLEMISH)))
        match kind:
            case _K.DECEASED | _K.ABROAD:
                what = "death" if kind is _K.DECEASED else "abroad"
                yield self._known("gone", self._day(9, 11), PersonChange(1, self._who.ssin, what, self._day(9, 5)))
            case _K.UNKNOWN_NUMBER:
                yield self._known("number", self._day(9, 11), PersonChange(1, self._who.ssin, "numberUnknown", self._day(9, 10)))
            case _K.REGISTERED_ALREADY:
                at = datetime.combine(self._day(7, self._chance.randint(1, 28)), time(9, self._chance.randint(0, 59)), BRUSSELS)
                yield self._known("jobseeker", self._day(9, 1), Jobseeker(1, self._who.ssin, "jobseeker", at.date(), at, "self"))
            case _K.WORKING | _K.STUDENT_JOB:
                work = "regular" if kind is _K.WORKING else "student"
                yield self._known("work", self._day(9, 2), Employment(1, self._who.ssin, self._next, work, "1.00"))
            case _:
                pass

    def _residence(self, places: tuple[Place, ...]) -> PersonChange:
        place = self._chance.choice(places)
        address = Address(self._chance.choice(STREETS), str(self._chance.randint(1, 250)), place.post_code, place.name)
        since = self._began - timedelta(days=self._chance.randint(30, 4000))
        return PersonChange(1, self._who.ssin, "residence", since, place.nis.value, address)

    # -- when and by whom

    def _told(self, part: str, on: date, body: Body) -> Report:
        return Report(on, Fact.about("education", f"{self._who.reference}-{part}", body))

    def _known(self, part: str, on: date, body: Body) -> Report:
        return Report(on, Fact.about("vdab", f"{self._who.reference}-{part}", body))

    def _rush(self) -> date:
        """One of the days around the first of September, when everybody reports at once."""
        return self._chance.choice((self._ended, self._day(9, 1), self._day(9, 2)))

    def _late(self) -> date:
        return self._chance.choice((self._day(9, 11), self._day(9, 25)))

    def _day(self, month: int, day: int) -> date:
        return date(self._ended.year, month, day)
