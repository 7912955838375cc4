"""Obligations, for the agency that follows the person: what is owed, until when, and whether it was met."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.http.api import Api, Caller, Uow
from chassis.http.models import Body, View
from chassis.http.problems import BadRequest, ResourceNotFound
from chassis.intake.intake import Whole
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.integration_feed.domain.obligations import Obligation
from services.integration_feed.store import obligations, people
from services.integration_feed.usecases.announce import terms
from vault.custody import VaultCustody

api = Api("/integrationFeed/v1", "integrationFeed")


class ObligationQuery(Body):
    """Whose obligation to look up."""

    ssin: Annotated[str, Field(max_length=32)]


class TermView(View):
    """One term: kept up to and including `dueOn`."""

    rule_id: str
    due_on: date
    due_at: AwareDatetime
    state: str


class ObligationView(View):
    """What a newcomer owes, as the agency may see it."""

    id: str
    outcome: str
    rule: str
    reasons: list[str]
    agency: str
    state: str
    anchor_on: date | None = None
    effective_on: date
    terms: list[TermView]
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
    person, found = (await obligations.by_id(uow, [obligation_id])).get(obligation_id, (None, None))
    if person is None or found is None or not await _follows(uow, caller, person):
        raise ResourceNotFound("obligationId")
    return _view(found)


@api.post("/obligations/query", scope="integrationFeed.read", summary="Find a person's obligations")
async def query_obligations(body: ObligationQuery, caller: Caller, uow: Uow) -> Obligations:
    """List the obligations of a person with whom the caller has a contract, oldest first; none for anybody else."""
    found = (await uow.resource(VaultCustody).resolve([body.ssin]))[body.ssin]
    if not isinstance(found, Whole):
        raise BadRequest.about("body", "ssin", str(found.reason))
    if not await _follows(uow, caller, found.person_id):
        return Obligations(items=[])
    return Obligations(items=[_view(kept) for kept in await obligations.of_person(uow, found.person_id)])


async def _follows(uow: UnitOfWork, caller: Caller, person: PersonId) -> bool:
    """Whether the caller reported a contract of this person, or is an operator of the hub: the controller's, with the inner scope."""
    if "integrationFeed.internal" in caller.scopes and caller.organisation == uow.resource(Settings).controller:
        return True
    known = (await people.known(uow, [person]))[person]
    return any(contract.organisation == caller.organisation for contract in known.contracts)


def _view(kept: Obligation) -> ObligationView:
    return ObligationView(
        id=str(kept.obligation_id),
        outcome=kept.outcome,
        rule=kept.rule,
        reasons=list(kept.reasons),
        agency=kept.agency,
        state=kept.state,
        anchor_on=kept.anchor_on,
        effective_on=kept.effective_on,
        terms=[TermView(rule_id=term.rule_id, due_on=term.due_on, due_at=term.due_at, state=term.state) for term in terms(kept)],
        flags=list(kept.flags),
        registered=kept.registered_on is not None,
        registered_on=kept.registered_on,
        version=kept.version,
    )
