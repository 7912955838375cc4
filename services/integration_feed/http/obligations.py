"""Obligations, for the agency that follows the person: what is owed, until when, and whether it was met."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.http.api import Api, Caller, Uow
from chassis.http.controller import is_operator
from chassis.http.models import Body, View
from chassis.http.problems import ResourceNotFound
from chassis.uow import UnitOfWork
from contracts.integration import Term
from services.integration_feed.domain.contracts import VOID, Episode, episode_of
from services.integration_feed.domain.obligations import OWED, Obligation
from services.integration_feed.store import obligations, people
from services.integration_feed.usecases.announce import terms
from vault.named import person_named

api = Api("/integrationFeed/v1", "integrationFeed")

_INTERNAL = "integrationFeed.internal"


class ObligationQuery(Body):
    """Whose obligation to look up."""

    ssin: Annotated[str, Field(max_length=32)]


class TermView(View):
    """One term: kept up to and including `dueOn`."""

    rule_id: str
    due_on: date
    due_at: AwareDatetime
    state: str
    overdue_since: AwareDatetime | None = None


class ReminderView(View):
    """One reminder that was asked for."""

    purpose: str


class ObligationView(View):
    """What a newcomer owes, as the agency may see it."""

    id: str
    outcome: str
    rule: str
    reasons: list[str] | None = None
    agency: str
    state: str
    anchor_on: date | None = None
    effective_on: date
    terms: list[TermView]
    reminders: list[ReminderView]
    flags: list[str]
    registered: bool
    registered_on: date | None = None
    version: int


class Obligations(View):
    """The obligations found."""

    items: list[ObligationView]


@api.get("/obligations/{obligationId}", scope="integrationFeed.read", summary="Read one obligation")
async def get_obligation(obligation_id: UUID, caller: Caller, uow: Uow) -> ObligationView:
    """Show an obligation that rests on a contract of the caller."""
    standing = (await obligations.by_id(uow, [obligation_id])).get(obligation_id)
    if standing is None or not _seen(uow, caller, standing.episodes, [standing.kept]):
        raise ResourceNotFound("obligationId")
    return _view(standing.kept, whole=is_operator(uow, caller, _INTERNAL))


@api.post("/obligations/query", scope="integrationFeed.read", summary="Find a person's obligations")
async def query_obligations(body: ObligationQuery, caller: Caller, uow: Uow) -> Obligations:
    """List the obligations of a person with whom the caller has a contract, oldest first; none for anybody else."""
    person = await uow.meet(await person_named(uow, body.ssin))
    record = (await people.known(uow, [person]))[person]
    seen = _seen(uow, caller, record.episodes, record.kept)
    return Obligations(items=[_view(one, whole=is_operator(uow, caller, _INTERNAL)) for one in seen])


def _seen(uow: UnitOfWork, caller: Caller, episodes: Sequence[Episode], kept: Sequence[Obligation]) -> list[Obligation]:
    """Those the caller may see: that it leads or led, and those on which a contract of its own rests; all for an operator.

    A contract that was taken back gives no view of what others do with the person.
    """
    if is_operator(uow, caller, _INTERNAL):
        return list(kept)
    return [one for one in kept if one.organisation == caller.organisation or _takes_part(caller, episode_of(episodes, one.contract_id))]


def _takes_part(caller: Caller, episode: Episode | None) -> bool:
    contracts = episode.contracts if episode is not None else ()
    return any(contract.organisation == caller.organisation and contract.ended not in VOID for contract in contracts)


def _rule(kept: Obligation, *, whole: bool) -> str:
    """Why registration holds a case tells an agency of work or study: it sees the feed's own row instead."""
    return kept.feed.rule if kept.state in OWED and kept.feed is not None and not whole else kept.rule


def _view(kept: Obligation, *, whole: bool) -> ObligationView:
    return ObligationView(
        id=str(kept.obligation_id),
        outcome=kept.outcome,
        rule=_rule(kept, whole=whole),
        reasons=list(kept.reasons) if whole else None,
        agency=kept.agency,
        state=kept.state,
        anchor_on=kept.anchor_on,
        effective_on=kept.effective_on,
        terms=[_term(term, kept_term.overdue_since) for term, kept_term in zip(terms(kept), kept.terms, strict=True)],
        reminders=[ReminderView(purpose=purpose) for purpose in kept.reminded],
        flags=list(kept.flags),
        registered=kept.registered_on is not None,
        registered_on=kept.registered_on,
        version=kept.version,
    )


def _term(term: Term, overdue_since: datetime | None) -> TermView:
    return TermView(rule_id=term.rule_id, due_on=term.due_on, due_at=term.due_at, state=term.state, overdue_since=overdue_since)
