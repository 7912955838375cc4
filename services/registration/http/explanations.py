"""The doors that show how a registration came to stand as it does: its explanation, its decisions, its timeline."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime

from chassis.clock import local_midnight
from chassis.http.api import Caller, Uow
from chassis.http.models import View
from contracts.people import Fact
from services.registration.http.registrations import Decisions, DecisionView, api, decision_view, found_by
from services.registration.store import registrations, reviews, terms
from services.registration.usecases.explain import Explanation, explain

_EXPLAINING = "explanation"


class FactView(View):
    """One thing that was known, from whom, since when."""

    name: str
    value: str
    source: str
    known_on: date | None = None


class FeedHalf(View):
    """What the feed decided, and on which facts."""

    outcome: str
    rule: str
    rule_set: str
    due_on: date
    reasons: list[str]
    facts: list[FactView]


class RowView(View):
    """A row of registration's rule table, in its order: `passed`, `decided` or `notReached`."""

    rule: str
    source: str
    result: str


class ExplanationView(View):
    """The whole explanation of the last decision; `facts` is what registration knows now, `feed` is left out after an erasure."""

    registration_id: str
    decision: DecisionView
    feed: FeedHalf | None = None
    rows: list[RowView]
    facts: list[FactView]


class MomentView(View):
    """One thing that happened or is to happen: `decided`, `reviewed` or `deadline`; `rule` says by which row, `state` what stood after."""

    at: AwareDatetime
    what: str
    rule: str | None = None
    state: str | None = None
    outcome: str | None = None
    version: int


class Timeline(View):
    """Everything about one registration, oldest first."""

    registration_id: str
    items: list[MomentView]


@api.get("/registrations/{registrationId}/explanation", scope="registration.internal", summary="Read why a registration stands as it does")
async def get_explanation(registration_id: UUID, caller: Caller, uow: Uow) -> ExplanationView:
    """Show what the feed decided on which facts, the rows that registration went through, and what it knows; the consultation is logged."""
    found = await found_by(uow, caller, registration_id, _EXPLAINING)
    last = (await registrations.decisions_of(uow, found))[-1]
    said = await explain(uow, found)
    return ExplanationView(
        registration_id=str(found.registration_id),
        decision=decision_view(last),
        feed=_feed(said),
        rows=[RowView(rule=row.rule, source=row.source, result=row.result) for row in said.rows],
        facts=[_fact(one) for one in said.facts],
    )


@api.get("/registrations/{registrationId}/decisions", scope="registration.internal", summary="Read every decision about a registration")
async def get_decisions(registration_id: UUID, caller: Caller, uow: Uow) -> Decisions:
    """List the decisions about a registration with rule, reasons and rule set; the consultation is logged."""
    found = await found_by(uow, caller, registration_id, "caseHandling")
    rows = await registrations.decisions_of(uow, found)
    return Decisions(person_id=str(found.person_id), items=[decision_view(row) for row in rows])


@api.get(
    "/registrations/{registrationId}/timeline", scope="registration.internal", summary="Read what happened to a registration, in order"
)
async def get_timeline(registration_id: UUID, caller: Caller, uow: Uow) -> Timeline:
    """Merge decisions, reviews and the last days of terms; by the business clock, but for reviews, which count from when they were kept."""
    found = await found_by(uow, caller, registration_id, "caseHandling")
    decided = [
        MomentView(at=row.known_at, what="decided", rule=row.rule, state=row.state, outcome=row.outcome, version=row.version)
        for row in await registrations.decisions_of(uow, found)
    ]
    known = {one.version: one.at for one in decided}
    reviewed = [
        MomentView(at=known.get(row.version, row.decided_at), what="reviewed", outcome=row.decision, version=row.version)
        for row in await reviews.decided(uow, found.registration_id)
    ]
    kept = (await terms.of_registrations(uow, [found.registration_id]))[found.registration_id]
    ends = [
        MomentView(at=local_midnight(one.due_on), what="deadline", rule=one.rule_id, state=one.state, version=one.version) for one in kept
    ]
    return Timeline(registration_id=str(found.registration_id), items=sorted([*decided, *reviewed, *ends], key=lambda one: one.at))


def _feed(said: Explanation) -> FeedHalf | None:
    if said.feed is None:
        return None
    return FeedHalf(
        outcome=said.feed.outcome,
        rule=said.feed.rule_id,
        rule_set=said.feed.rule_set,
        due_on=said.feed.due_on,
        reasons=list(said.feed.reasons),
        facts=[_fact(one) for one in said.feed.facts],
    )


def _fact(one: Fact) -> FactView:
    return FactView(name=one.name, value=one.value, source=one.source, known_on=one.known_on)
