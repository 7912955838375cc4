"""Everything the feed knows of people, read in a few statements whatever their number; who they are stays shut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import IncompleteDate, PersonId
from services.education_feed.domain.facts import (
    AdministrativeGroup,
    Closure,
    Enrolment,
    HomeEducation,
    Pupil,
    Qualification,
    Retraction,
    Standing,
)
from services.education_feed.store.cases import Case

_FACTS = text("""
    SELECT *, coalesce(merged_into, person_id) AS whose FROM school_fact
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) ORDER BY kind, organisation, reference
""")
# Of what the register said under two ids of one person the survivor's word counts.
_PUPILS = text("""
    SELECT *, coalesce(merged_into, person_id) AS whose FROM pupil
    WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) ORDER BY merged_into NULLS LAST, register_version
""")
# What was upheld outweighs what is pending; what was rejected counts for nothing.
_OBJECTIONS = text("""
    SELECT coalesce(merged_into, person_id) AS whose, max(heard_at) AS heard_at,
           CASE WHEN bool_or(outcome = 'upheld') THEN 'upheld' WHEN bool_or(outcome IS NULL) THEN 'pending' END AS standing
    FROM objection WHERE coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) GROUP BY 1
""")


@dataclass(frozen=True, slots=True)
class Known:
    """One person as the rules look at them, and the enrolments that were closed and are open again."""

    pupil: Pupil
    reopened: tuple[Enrolment, ...] = ()


async def known(uow: UnitOfWork, cases: Mapping[PersonId, Mapping[int, Case]]) -> Mapping[PersonId, Known]:
    """Everything known of these people but their birth dates; one never heard of maps to an empty record."""
    params = {"people": list(cases)}
    facts: dict[PersonId, list[Row]] = {}
    for row in await uow.all(_FACTS, params):
        facts.setdefault(PersonId(row.whose), []).append(row)
    pupils = {PersonId(row.whose): row for row in await uow.all(_PUPILS, params)}
    objections = {PersonId(row.whose): row for row in await uow.all(_OBJECTIONS, params)}
    return {
        person: _known(facts.get(person, []), _standing(pupils.get(person), objections.get(person)), own) for person, own in cases.items()
    }


def _known(rows: Sequence[Row], standing: Standing, cases: Mapping[int, Case]) -> Known:
    enrolments = [(_enrolment(row), row.was_closed) for row in rows if row.kind == "enrolment"]
    pupil = Pupil(
        birth=None,
        enrolments=tuple(enrolment for enrolment, _ in enrolments),
        qualifications=tuple(_qualification(row) for row in rows if row.kind == "qualification"),
        home_educations=tuple(_home_education(row) for row in rows if row.kind == "homeEducation"),
        standing=standing,
        kept=tuple(case.kept for case in cases.values()),
    )
    return Known(pupil, tuple(one for one, was_closed in enrolments if was_closed and one.closure is None and not one.deleted))


def _standing(pupil: Row | None, objection: Row | None) -> Standing:
    if pupil is None and objection is None:
        return Standing()
    return Standing(
        ended=pupil.ended if pupil else None,
        region=pupil.region if pupil else None,
        unknown=bool(pupil and pupil.unknown),
        objection=objection.standing if objection else None,
        heard_at=max(row.heard_at for row in (pupil, objection) if row is not None),
    )


def _enrolment(row: Row) -> Enrolment:
    said = row.said
    group, closure = said.get("administrativeGroup"), said.get("closure")
    return Enrolment(
        organisation=row.organisation,
        reference=row.reference,
        source_version=row.last_version,
        received_at=row.received_at,
        first_received_at=row.first_received_at,
        source=said["source"],
        institution=said.get("institution", ""),
        school_year=said["schoolYear"],
        starts_on=date.fromisoformat(said["startsOn"]),
        flemish=said.get("flemish", True),
        towards_qualification=said.get("towardsQualification", True),
        individual_curriculum=said.get("individualCurriculum", False),
        reception_class=said.get("receptionClass", False),
        former_reception_class=said.get("formerReceptionClass", False),
        level=said.get("level"),
        education_kind=said.get("educationKind"),
        programme=said.get("programme"),
        special_education_form=said.get("specialEducationForm"),
        administrative_group=AdministrativeGroup(group["number"], group.get("name")) if group else None,
        closure=_closure(closure) if closure else None,
        deleted=row.deleted,
        retraction=Retraction(row.retraction, row.retracted_at) if row.retraction else None,
    )


def _closure(said: Mapping[str, Any]) -> Closure:
    return Closure(date.fromisoformat(said["endsOn"]), said.get("reason"), said.get("situationAfter"))


def _qualification(row: Row) -> Qualification:
    said = row.said
    return Qualification(
        organisation=row.organisation,
        reference=row.reference,
        source_version=row.last_version,
        received_at=row.received_at,
        category=said["category"],
        proof_type=said["proofType"],
        proof_state=said["proofState"],
        authentic=said["authentic"],
        led_status=said["ledStatus"],
        issued_on=IncompleteDate.parse(said["issuedOn"]),
        stage=said.get("stage"),
        education_form=said.get("educationForm"),
        finality=said.get("finality"),
        title=said.get("title"),
        supplier=said.get("supplier"),
        vks_level=said.get("vksLevel"),
        country=said.get("country"),
        equivalence=said.get("equivalence", "none"),
        deleted=row.deleted,
    )


def _home_education(row: Row) -> HomeEducation:
    said = row.said
    return HomeEducation(
        organisation=row.organisation,
        reference=row.reference,
        source_version=row.last_version,
        received_at=row.received_at,
        starts_on=date.fromisoformat(said["startsOn"]),
        ends_on=date.fromisoformat(said["endsOn"]) if "endsOn" in said else None,
        deleted=row.deleted,
    )
