"""Everything that a decision looks at, of any number of people, read in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import text

from chassis.clock import local_date
from chassis.intake.sources import Freshness, SourceState
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Category, Origin
from contracts.identifiers import PersonId
from contracts.sealed import Sealed
from services.registration.domain.assessments import Assessment
from services.registration.domain.cases import Employment, KnownJobseeker, Period
from services.registration.domain.terms import TermKind
from services.registration.store import objections, registrations
from services.registration.store.people import RegisterPerson
from services.registration.store.registrations import STANDING, Registration
from services.registration.store.rule_rows import RuleRow

Value = TypeVar("Value")

# What one kind of row says, in an order of its own; whose it is comes first. `registration` as `registrations.ROW` names its columns.
_GATHER = text("""
    SELECT 'person' AS what, ROW(person_id, identity, identity_on, residence, residence_on, region, region_since, region_before, ended,
                                 ended_on, "unknown", version) AS said
    FROM register_person WHERE person_id = ANY(CAST(:people AS uuid[]))
    UNION ALL
    SELECT 'employment', ROW(coalesce(merged_into, person_id), starts_on, ends_on, kind, work_fraction)
    FROM employment WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND NOT deleted
    UNION ALL
    SELECT 'jobseeker', ROW(coalesce(merged_into, person_id), jobseeker_id, category, origin, registered_at, ends_on)
    FROM jobseeker WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND NOT deleted
    UNION ALL
    SELECT 'registration', ROW(registration_id, case_id, coalesce(merged_into, person_id), contract_id, cause, state, outcome, rule,
                               rule_set, reasons, category, origin, region, effective_on, recorded_at, ended_on, version, school_year,
                               insertion_starts_on, insertion_days_lost, gave_way_to)
    FROM registration WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
    UNION ALL
    SELECT 'assessment', ROW(coalesce(merged_into, person_id), kind, assessed_on, self_reliant, benefit_entitled, organisation, reference)
    FROM assessment WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[]))
    UNION ALL
    SELECT 'objection', ROW(coalesce(merged_into, person_id), outcome)
    FROM objection WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) AND outcome IS DISTINCT FROM 'rejected'
    UNION ALL
    SELECT 'source', ROW(name, organisation, state, complete_until) FROM source_state
    UNION ALL
    SELECT 'switch', ROW(row_id, active, valid_from, valid_to) FROM rule_row
""")
_SAID = text("""
    SELECT 'source' AS what, ROW(name, organisation, state, complete_until) AS said FROM source_state
    UNION ALL
    SELECT 'switch', ROW(row_id, active, valid_from, valid_to) FROM rule_row
""")


@dataclass(frozen=True, slots=True)
class Said:
    """What the sources say of themselves, and which rule rows were switched."""

    sources: Sequence[SourceState]
    switched: Sequence[RuleRow]

    def covers(self, source: str, day: date) -> bool:
        """Whether an absence in this source on that day counts: it has senders, and each is available and complete up to it."""
        found = [state for state in self.sources if state.name == source]
        return bool(found) and all(state.covers(day) for state in found)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of some people: by their registers, by VDAB, by the hub, and what they said themselves."""

    persons: Mapping[PersonId, RegisterPerson]  # one the registers never spoke of has an empty record
    employments: Mapping[PersonId, tuple[Employment, ...]]
    jobseekers: Sequence[tuple[PersonId, KnownJobseeker]]  # in VDAB's own register, in the order in which they were registered
    registrations: Sequence[Registration]  # everything the hub ever made for them
    assessments: Mapping[PersonId, tuple[Assessment, ...]]
    objections: Mapping[PersonId, str]  # pending or upheld
    said: Said

    def jobseekers_on(self, day: date) -> dict[PersonId, KnownJobseeker]:
        """The registration of each person that stands on that day: one the hub made, else one in VDAB's own register."""
        found = {item.person_id: _made(item) for item in self.registrations if item.state in STANDING}
        for person, known in self.jobseekers:
            if known.holds(day):
                found.setdefault(person, known)
        return found


async def gather(uow: UnitOfWork, wanted: Sequence[PersonId]) -> Gathered:
    """What is known of these people."""
    rows = _by_kind(await uow.all(_GATHER, {"people": wanted}))
    known = {PersonId(whose): _person(*rest) for whose, *rest in rows["person"]}
    return Gathered(
        persons={person: known.get(person) or RegisterPerson() for person in wanted},
        employments=_of_each(wanted, (_employment(*row) for row in rows["employment"])),
        jobseekers=[_jobseeker(*row) for row in sorted(rows["jobseeker"], key=lambda row: row[4])],
        registrations=[registrations.read(registrations.ROW(*row)) for row in rows["registration"]],
        assessments=_of_each(wanted, (_assessment(*row) for row in rows["assessment"])),
        objections=objections.outweighing((PersonId(whose), outcome) for whose, outcome in rows["objection"]),
        said=_said(rows),
    )


async def said(uow: UnitOfWork) -> Said:
    """Only what sources and switches say; for a second look."""
    return _said(_by_kind(await uow.all(_SAID)))


def _by_kind(answer: Iterable[Row]) -> Mapping[str, list[Any]]:
    found: dict[str, list[Any]] = {
        kind: [] for kind in ("person", "employment", "jobseeker", "registration", "assessment", "objection", "source", "switch")
    }
    for row in answer:
        found[row.what].append(row.said)
    return found


def _of_each(wanted: Iterable[PersonId], told: Iterable[tuple[PersonId, Value]]) -> Mapping[PersonId, tuple[Value, ...]]:
    found: dict[PersonId, tuple[Value, ...]] = dict.fromkeys(wanted, ())
    for person, value in told:
        found[person] += (value,)
    return found


def _said(rows: Mapping[str, Sequence[Any]]) -> Said:
    return Said(
        [SourceState(name, organisation, Freshness(state), until) for name, organisation, state, until in rows["source"]],
        [RuleRow(*row) for row in rows["switch"]],
    )


def _person(identity: object, identity_on: date | None, residence: object, *rest: Any) -> RegisterPerson:
    return RegisterPerson(
        Sealed.from_wire(identity) if identity else None, identity_on, Sealed.from_wire(residence) if residence else None, *rest
    )


def _employment(whose: Any, starts_on: date, ends_on: date | None, kind: str, fraction: Any) -> tuple[PersonId, Employment]:
    return PersonId(whose), Employment(Period(starts_on, ends_on), kind, float(fraction))


def _jobseeker(whose: Any, jobseeker_id: Any, category: str, origin: str, *rest: Any) -> tuple[PersonId, KnownJobseeker]:
    registered_at, ends_on = rest
    return PersonId(whose), KnownJobseeker(jobseeker_id, Category(category), Origin(origin), local_date(registered_at), ends_on)


def _assessment(whose: Any, kind: str, on: date, *rest: Any) -> tuple[PersonId, Assessment]:
    self_reliant, benefit_entitled, organisation, reference = rest
    return PersonId(whose), Assessment(TermKind(kind), on, self_reliant, benefit_entitled, (organisation, reference))


def _made(item: Registration) -> KnownJobseeker:
    assert item.category is not None
    return KnownJobseeker(item.registration_id, item.category, Origin.HUB, item.effective_on, item.ended_on)
