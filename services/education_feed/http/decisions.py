"""Every decision about a person's leaves, for VDAB's operators only; the person number stands in the body, never in the address."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from chassis import consultations
from chassis.http.api import Api, Caller, Uow
from chassis.http.controller import only_controller
from chassis.http.models import Body, View
from chassis.rows import Row
from services.education_feed.store import cases
from vault.named import person_named

api = Api("/educationFeed/v1", "educationFeed")


class DecisionQuery(Body):
    """Whose decisions to read, and why; the purpose is kept in the log of consultations."""

    ssin: Annotated[str, Field(max_length=32)]
    purpose: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]{1,63}$")] = "caseHandling"


class DecisionView(View):
    """One decision about one leave, with what it rested on."""

    case_id: str
    school_year: int
    version: int = Field(description="Rises with each event of the case that was announced; 0 before the first")
    outcome: str
    rule: str
    rule_set: str
    reasons: list[str]
    flags: list[str]
    facts: list[dict[str, Any]]
    left_on: date | None = None
    window_ends_at: AwareDatetime | None = None
    effective_on: date
    next_check_at: AwareDatetime | None = None
    recorded_at: AwareDatetime


class Decisions(View):
    """Every decision about a person, oldest first."""

    person_id: str
    items: list[DecisionView]


@api.post("/decisions/query", scope="educationFeed.internal", summary="Read every decision about a person")
async def query_decisions(body: DecisionQuery, caller: Caller, uow: Uow) -> Decisions:
    """List the decisions about a person's leaves with rule, reasons, rule set and facts; the consultation is logged."""
    only_controller(uow, caller, "ssin")
    found = await person_named(uow, body.ssin)
    await consultations.note(uow, found.person_id, caller.organisation, body.purpose)
    rows = await cases.decisions_on(uow, found.person_id)
    return Decisions(person_id=str(found.person_id), items=[_view(row) for row in rows])


def _view(row: Row) -> DecisionView:
    return DecisionView(
        case_id=str(row.case_id),
        school_year=row.school_year,
        version=row.version,
        outcome=row.outcome,
        rule=row.rule,
        rule_set=row.rule_set,
        reasons=list(row.reasons),
        flags=list(row.flags),
        facts=list(row.facts),
        left_on=row.left_on,
        window_ends_at=row.window_ends_at,
        effective_on=row.effective_on,
        next_check_at=row.next_check_at,
        recorded_at=row.recorded_at,
    )
