"""The sandbox's doors that only answer: what a term rule makes of an anchor, and what a person number tells."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from chassis.clock import local_date, local_midnight
from contracts.errors import InvalidIdentifier
from contracts.identifiers import check_ssin
from devkit.errors import BadQuestion
from devkit.sandbox.calculations import calculate
from devkit.sandbox.coordinator import Coordinator


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class TermQuestion(_Body):
    """Which rule, from when on (a day begins at its Brussels midnight), and what else the rule asks for."""

    rule_id: Annotated[str, Field(max_length=64)]
    anchor: date | AwareDatetime
    parameters: dict[str, Any] = Field(default_factory=dict)


class TermAnswer(_Body):
    """The last day and the instant at which the term is over; a term that has not started has neither."""

    rule_id: str
    started: bool
    last_day: date | None = None
    ends_at: AwareDatetime | None = None


class IdentifierQuestion(_Body):
    """A person number as it was written, checked as a door of that mode would on that day; without a day on the hub's."""

    value: Annotated[str, Field(max_length=64)]
    mode: Literal["sandbox", "production"] = "sandbox"
    at: date | None = None


class IdentifierAnswer(_Body):
    """What it tells, or why it is none."""

    valid: bool
    kind: str | None = None
    century: int | None = None
    normalised: str | None = None
    reason: str | None = None


def router(coordinator: Coordinator) -> APIRouter:
    """Both doors; they change nothing and keep nothing."""
    doors = APIRouter(prefix="/sandbox/v1", tags=["Sandbox"])

    @doors.post("/termCalculations", operation_id="createTermCalculation", summary="What a term rule makes of an anchor")
    async def create_term_calculation(question: TermQuestion) -> TermAnswer:
        anchor = question.anchor if isinstance(question.anchor, datetime) else local_midnight(question.anchor)
        try:
            found = calculate(question.rule_id, anchor, question.parameters)
        except (ValueError, KeyError, TypeError) as error:
            raise BadQuestion(f"{question.rule_id}: {type(error).__name__}, {error}") from error
        return TermAnswer(rule_id=question.rule_id, started=found.ends_at is not None, last_day=found.last_day, ends_at=found.ends_at)

    @doors.post("/identifierChecks", operation_id="createIdentifierCheck", summary="Whether a person number is valid, and what it tells")
    async def create_identifier_check(question: IdentifierQuestion) -> IdentifierAnswer:
        on = question.at or local_date((await coordinator.clock())[0])
        try:
            found = check_ssin(question.value, question.mode, on)
        except InvalidIdentifier as invalid:
            return IdentifierAnswer(valid=False, reason=str(invalid.reason))
        return IdentifierAnswer(valid=True, kind=str(found.kind), century=found.century, normalised=found.ssin.value)

    return doors
