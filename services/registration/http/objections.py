"""The doors of objections: VDAB hands one in for a person, and someone who wrote no rule decides."""

from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis import consultations
from chassis.http.api import Answer, Caller, Uow
from chassis.http.conditional import IfMatch
from chassis.http.controller import only_controller
from chassis.http.models import Body, View
from chassis.http.problems import Conflict, MissingPermission, ResourceNotFound
from chassis.settings import Settings
from chassis.switching import rule_switchers
from chassis.uow import UnitOfWork
from contracts.codes import RegistrationState
from contracts.fields import NO_CONTROLS
from contracts.registers import ObjectionKind, ObjectionOutcome
from services.registration.domain.objections import may_decide
from services.registration.http.concerned import Concerned, StaffReference, person_of, to_decide
from services.registration.http.registrations import api
from services.registration.settings import RegistrationSettings
from services.registration.store import objections
from services.registration.store.objections import Objection
from services.registration.usecases.objections import Verdict, decide, receive
from vault.client import Vault
from vault.values import Erased, Purpose

_HANDLING = "objectionHandling"
# Decided by the author of a rule an objection would be judged by who is objected to; not knowing who they are is no way around it.
SANDBOX_AUTHORS = frozenset({"ruleAuthor"})


class ObjectionBody(Concerned):
    """What a person asks for: no processing (GDPR, article 21) or a restriction of it (article 18)."""

    kind: ObjectionKind


class ObjectionDecisionBody(Body):
    """What someone decided, why, and who; `registration` says what becomes of one that stands when an objection is upheld."""

    outcome: ObjectionOutcome
    reason: Annotated[str, Field(min_length=3, max_length=2000, pattern=NO_CONTROLS)]
    decided_by: StaffReference
    registration: Literal["ended", "withdrawn"] = "ended"


class ObjectionView(View):
    """An objection as it stands; `reason` is left out once the person's dossier was erased."""

    id: str
    person_id: str
    kind: str
    registration_id: str | None = None
    state: str
    received_on: date
    answer_due_on: date
    overdue_since: AwareDatetime | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided_on: date | None = None
    version: int


class ObjectionAlreadyDecided(Conflict):
    """A decision stands; what changed since is a new objection."""

    title = "Objection Already Decided"
    meaning = "Someone decided about this objection; a decision is not taken twice"


class RuleAuthorsUnknown(Conflict):
    """Production does not know who wrote its rules."""

    title = "Rule Authors Unknown"
    meaning = "Nobody decides objections before HUB_RULE_AUTHORS names those who wrote the rules, who may not"


@api.post("/objections", scope="registration.write", summary="Hand in an objection", status=201, idempotent=True)
async def create_objection(body: ObjectionBody, caller: Caller, uow: Uow) -> Answer[ObjectionView]:
    """Hold everything about a person until someone decided: nothing is registered or sent, a registration that stands is contested."""
    person = await person_of(uow, caller, body, _HANDLING)
    received = await receive(uow, person, body.kind, body.registration_id)
    return Answer(await _view(uow, received), status=201, location=f"{api.prefix}/objections/{received.objection_id}", version=1)


@api.get("/objections/{objectionId}", scope="registration.read", summary="Read one objection")
async def get_objection(objection_id: UUID, caller: Caller, uow: Uow) -> Answer[ObjectionView]:
    """Show how an objection stands, and whether its answer is late."""
    found = await _found(uow, caller, objection_id)
    await consultations.note(uow, found.person_id, caller.organisation, _HANDLING)
    return Answer(await _view(uow, found), version=found.version)


@api.post("/objections/{objectionId}/decisions", scope="registration.review", summary="Decide about an objection")
async def decide_objection(
    objection_id: UUID, body: ObjectionDecisionBody, caller: Caller, uow: Uow, if_match: IfMatch = None
) -> Answer[ObjectionView]:
    """Uphold or reject; rejected, everything goes on where it was held, and who was registered is registered again."""
    found = await to_decide(uow, partial(_found, uow, caller, objection_id), if_match)
    if found.outcome is not None:
        raise ObjectionAlreadyDecided
    await _check_decider(uow, body.decided_by)
    verdict = Verdict(body.outcome, body.reason, body.decided_by, RegistrationState(body.registration))
    decided = await decide(uow, found, verdict)
    return Answer(await _view(uow, decided), version=decided.version)


async def _found(uow: UnitOfWork, caller: Caller, objection_id: UUID) -> Objection:
    only_controller(uow, caller, "objectionId")
    found = (await objections.by_ids(uow, [objection_id])).get(objection_id)
    if found is None:
        raise ResourceNotFound("objectionId")
    return found


async def _check_decider(uow: UnitOfWork, decider: str) -> None:
    authors = uow.resource(RegistrationSettings).rule_authors
    if not authors and not uow.resource(Settings).sandbox:
        raise RuleAuthorsUnknown
    if not may_decide(decider, (authors or SANDBOX_AUTHORS) | await rule_switchers(uow)):
        raise MissingPermission("who wrote or switched a rule does not decide about objections to what it did")


async def _view(uow: UnitOfWork, found: Objection) -> ObjectionView:
    motives = await uow.resource(Vault).open([found.motive] if found.motive else [], bytes, Purpose(_HANDLING))
    return ObjectionView(
        id=str(found.objection_id),
        person_id=str(found.person_id),
        kind=found.kind,
        registration_id=str(found.registration_id) if found.registration_id else None,
        state=found.outcome or "pending",
        received_on=found.received_on,
        answer_due_on=found.answer_due_on,
        overdue_since=found.overdue_since,
        reason=next((motive.decode() for motive in motives if not isinstance(motive, Erased)), None),
        decided_by=found.decided_by,
        decided_on=found.decided_on,
        version=found.version,
    )
