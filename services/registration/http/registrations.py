"""Registrations and the decisions behind them, for VDAB and its operators only; person numbers stand in bodies, never in addresses."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, Field

from chassis import consultations
from chassis.clock import local_midnight
from chassis.http.api import Api, Caller, Uow
from chassis.http.controller import is_controller, only_controller
from chassis.http.models import Body, View
from chassis.http.problems import ResourceNotFound
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import RegistrationState
from contracts.identifiers import PersonId
from services.registration.domain.history import Version, as_of
from services.registration.domain.terms import KeptTerm
from services.registration.store import registrations, terms
from services.registration.store.registrations import Registration
from vault.named import person_named

api = Api("/registration/v1", "registration")

# Neither lies so near the end of the calendar that the day after it does not exist.
_LAST_DAY = date(9999, 12, 30)
ValidOn = Annotated[date | None, Query(alias="validOn", le=_LAST_DAY, description="As it stood for this day")]
KnownOn = Annotated[date | None, Query(alias="knownOn", le=_LAST_DAY, description="By what the hub knew at the end of this day")]


class PersonQuery(Body):
    """Whom to look up, and why; the purpose is kept in the log of consultations."""

    ssin: Annotated[str, Field(max_length=32)]
    purpose: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]{1,63}$")] = "caseHandling"


class RegistrationView(View):
    """What the hub made of one case; only state `registered` is a registration as a jobseeker."""

    id: str
    case_id: str
    cause: str
    state: str
    outcome: str
    rule: str
    category: str | None = None
    origin: str
    region: str | None = None
    effective_on: date
    recorded_at: AwareDatetime
    ended_on: date | None = None
    school_year: int | None = None
    insertion_start: date | None = None
    insertion_days_lost: int | None = None
    merged_into: str | None = None
    terms: list["TermView"] | None = None  # of the present; a look back shows none
    version: int


class TermView(View):
    """A term of a registration; in time is what happened before `dueAt`. `dueOn` is its last day."""

    id: str
    registration_id: str
    kind: str
    rule: str
    state: str
    anchor_on: date
    due_on: date
    due_at: AwareDatetime
    overdue_since: AwareDatetime | None = None
    met_on: date | None = None
    reason: str | None = None
    version: int


class DecisionView(View):
    """One decision with its reasons and the rule set it was taken under."""

    case_id: str
    registration_id: str
    cause: str
    outcome: str
    rule: str
    rule_set: str
    reasons: list[str]
    flags: list[str]
    effective_on: date
    recorded_at: AwareDatetime
    version: int


class Registrations(View):
    """A person's registrations, oldest first."""

    person_id: str
    items: list[RegistrationView]


class Decisions(View):
    """Every decision about a person, oldest first."""

    person_id: str
    items: list[DecisionView]


@api.post("/registrations/query", scope="registration.read", summary="Find a person's registrations")
async def query_registrations(body: PersonQuery, caller: Caller, uow: Uow) -> Registrations:
    """List what the hub made for a person; an empty list when it never heard of them."""
    person = await _person(uow, caller, body)
    found = await registrations.of_people(uow, [person])
    kept = await terms.of_registrations(uow, [item.registration_id for item in found])
    return Registrations(person_id=str(person), items=[_view(item, kept[item.registration_id]) for item in found])


@api.get("/registrations/{registrationId}", scope="registration.read", summary="Read one registration")
async def get_registration(
    registration_id: UUID, caller: Caller, uow: Uow, valid_on: ValidOn = None, known_on: KnownOn = None
) -> RegistrationView:
    """Show one registration as it stands now, or as it stood for a day by what was known by the end of another."""
    found = await found_by(uow, caller, registration_id, "caseHandling")
    if valid_on is not None or known_on is not None:
        return await _looked_back(uow, found, valid_on, known_on)
    kept = await terms.of_registrations(uow, [found.registration_id])
    return _view(found, kept[found.registration_id])


@api.post("/decisions/query", scope="registration.internal", summary="Read every decision about a person")
async def query_decisions(body: PersonQuery, caller: Caller, uow: Uow) -> Decisions:
    """List the decisions about a person with rule, reasons and rule set; the consultation is logged."""
    person = await _person(uow, caller, body)
    return Decisions(person_id=str(person), items=[decision_view(row) for row in await registrations.decisions_on(uow, [person])])


async def found_by(uow: UnitOfWork, caller: Caller, registration_id: UUID, purpose: str) -> Registration:
    """One registration, for VDAB only; that it was looked at is kept.

    Raises:
        ResourceNotFound: no such registration, or the token is of another organisation.
    """
    found = await registrations.by_id(uow, registration_id) if is_controller(uow, caller) else None
    if found is None:
        raise ResourceNotFound("registrationId")
    await consultations.note(uow, found.person_id, caller.organisation, purpose)
    return found


async def _looked_back(uow: UnitOfWork, found: Registration, valid_on: date | None, known_on: date | None) -> RegistrationView:
    rows = {row.version: row for row in await registrations.decisions_of(uow, found)}
    ended = RegistrationState.ENDED
    history = [Version(row.version, row.ended_on if row.state == ended else row.effective_on, row.known_at) for row in rows.values()]
    counted = as_of(history, valid_on, local_midnight(known_on + timedelta(days=1)) if known_on is not None else None)
    if counted is None:
        raise ResourceNotFound("registrationId")
    return _view(registrations.at(found, rows[counted.version]), None)


async def _person(uow: UnitOfWork, caller: Caller, body: PersonQuery) -> PersonId:
    only_controller(uow, caller, "ssin")
    person = await uow.meet(await person_named(uow, body.ssin))
    await consultations.note(uow, person, caller.organisation, body.purpose)
    return person


def _view(item: Registration, kept: Sequence[KeptTerm] | None) -> RegistrationView:
    return RegistrationView(
        id=str(item.registration_id),
        case_id=str(item.case_id),
        cause=item.cause,
        state=item.state,
        outcome=item.outcome,
        rule=item.rule,
        category=item.category,
        origin=item.origin,
        region=item.region,
        effective_on=item.effective_on,
        recorded_at=item.recorded_at,
        ended_on=item.ended_on,
        school_year=item.school_year,
        insertion_start=item.insertion.starts_on if item.insertion else None,
        insertion_days_lost=item.insertion.days_lost if item.insertion else None,
        merged_into=str(item.gave_way_to) if item.gave_way_to else None,
        terms=[term_view(term) for term in kept] if kept is not None else None,
        version=item.version,
    )


def term_view(kept: KeptTerm) -> TermView:
    """A term as its doors show it."""
    return TermView(
        id=str(kept.term_id),
        registration_id=str(kept.registration_id),
        kind=kept.kind,
        rule=kept.rule_id,
        state=kept.state,
        anchor_on=kept.anchor_on,
        due_on=kept.due_on,
        due_at=local_midnight(kept.due_on + timedelta(days=1)),
        overdue_since=kept.overdue_since,
        met_on=kept.met_on,
        reason=kept.reason,
        version=kept.version,
    )


def decision_view(row: Row) -> DecisionView:
    """A decision as its doors show it."""
    return DecisionView(
        case_id=str(row.case_id),
        registration_id=str(row.registration_id),
        cause=row.cause,
        outcome=row.outcome,
        rule=row.rule,
        rule_set=row.rule_set,
        reasons=list(row.reasons),
        flags=list(row.flags),
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        version=row.version,
    )
