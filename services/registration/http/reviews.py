"""The doors of reviews: what a person must look at, and what they decide about it."""

from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field
from starlette.requests import Request

from chassis import consultations
from chassis.http.api import Answer, Caller, Uow
from chassis.http.conditional import IfMatch
from chassis.http.controller import only_controller
from chassis.http.models import Body, View
from chassis.http.paging import After, Page, PageSize, decode_cursor, page
from chassis.http.problems import BadRequest, Conflict, InvalidCursor, ResourceNotFound
from chassis.uow import UnitOfWork
from contracts.codes import RegistrationState
from contracts.fields import NO_CONTROLS, Code
from services.registration.http.concerned import StaffReference, to_decide
from services.registration.http.registrations import api
from services.registration.store import registrations, reviews
from services.registration.store.registrations import Registration
from services.registration.usecases.review import LINKS, REGISTERS, Reviewed, Verdict, codes, decide, look, needs_second

_HANDLING = "reviewHandling"
_KEEP_WAITING = "keepWaiting"
_REVIEWED = frozenset({RegistrationState.REVIEW, RegistrationState.REVISED})


class ReviewView(View):
    """A registration that a person must look at: which row asked, and why; its id is the registration's."""

    id: str
    case_id: str
    person_id: str
    cause: str
    state: str
    outcome: str
    rule: str
    reasons: list[str]
    effective_on: date
    since: AwareDatetime
    version: int


class ReviewDecisionView(View):
    """What somebody decided; their own words stay in the dossier."""

    decision: str
    decided_by: str
    second_person: str | None = None
    decided_at: AwareDatetime
    version: int


class ReviewWithDecisions(ReviewView):
    """One review with what was decided so far."""

    decisions: list[ReviewDecisionView]


class ReviewDecisionBody(Body):
    """An outcome code as which to treat the case, or `keepWaiting`; a second person signs what the rules would not have said."""

    treat_as: Annotated[Code, Field(description="An outcome code, or keepWaiting")]
    reason: Annotated[str, Field(min_length=3, max_length=2000, pattern=NO_CONTROLS)]
    decided_by: StaffReference
    second_person: StaffReference | None = None


class NothingToReview(Conflict):
    """Nobody asked for a person, or somebody decided already."""

    title = "Nothing To Review"
    meaning = "This registration waits for no person: it was decided since, or an objection must be decided first"


class SecondPersonNeeded(Conflict):
    """The rules would say something else."""

    title = "Second Person Needed"
    meaning = "This overrides what the rules would say without the row that asked for a person, so somebody else must sign too"


class CannotBeTreatedSo(Conflict):
    """The outcome contradicts what is known."""

    title = "Cannot Be Treated So"
    meaning = "Nobody is registered twice, after an erasure or from a leave that is spent, or linked to a registration that is not there"


@api.get("/reviews", scope="registration.review", summary="Find what a person must look at")
async def get_reviews(request: Request, caller: Caller, uow: Uow, after: After = None, page_size: PageSize = 50) -> Page[ReviewView]:
    """List the registrations that wait for a person, oldest first."""
    only_controller(uow, caller, "reviews")
    ids = await reviews.open_ids(uow, _cursor(after), page_size + 1)
    found = await registrations.by_ids(uow, ids)
    shown = page(request, [_view(found[one]) for one in ids], page_size, lambda item: (item.id,))
    return Page[ReviewView](items=shown.items, next=shown.next)


@api.get("/reviews/{registrationId}", scope="registration.review", summary="Read one review")
async def get_review(registration_id: UUID, caller: Caller, uow: Uow) -> Answer[ReviewWithDecisions]:
    """Show what asks for a person, and what was decided about it; its ETag is for deciding."""
    found = await _found(uow, caller, registration_id)
    await consultations.note(uow, found.person_id, caller.organisation, _HANDLING)
    return Answer(await _whole(uow, found), version=found.version)


@api.post("/reviews/{registrationId}/decisions", scope="registration.review", summary="Decide what a person must look at")
async def decide_review(
    registration_id: UUID, body: ReviewDecisionBody, caller: Caller, uow: Uow, if_match: IfMatch = None
) -> Answer[ReviewWithDecisions]:
    """Treat the case as an outcome, or let it wait on; whoever is registered by it gets the letter that everybody gets."""
    found = await to_decide(uow, partial(_found, uow, caller, registration_id), if_match)
    await consultations.note(uow, found.person_id, caller.organisation, _HANDLING)
    treat_as = None if body.treat_as == _KEEP_WAITING else body.treat_as
    if not _reviewable(found):
        raise NothingToReview
    if treat_as is not None and treat_as not in codes(found.cause):
        raise BadRequest.about("body", "treatAs", "no outcome that a review of this cause can end in")
    seen = await look(uow, found)
    _check(seen, treat_as, body)
    decided = await decide(uow, seen, Verdict(treat_as, body.reason, body.decided_by, body.second_person))
    return Answer(await _whole(uow, decided), version=decided.version)


def _check(seen: Reviewed, treat_as: str | None, body: ReviewDecisionBody) -> None:
    """Refuse what contradicts the facts, and what one person may not decide alone."""
    cause = seen.made.cause
    if seen.objects and treat_as is not None:
        raise NothingToReview
    registers, links = treat_as == REGISTERS[cause], treat_as == LINKS[cause]
    spent = seen.made.state in (RegistrationState.ENDED, RegistrationState.WITHDRAWN)
    if registers and (seen.registered_already or seen.erased or spent):
        raise CannotBeTreatedSo
    if links and not seen.registered_already:
        raise CannotBeTreatedSo
    if needs_second(seen, treat_as) and (body.second_person or body.decided_by).casefold() == body.decided_by.casefold():
        raise SecondPersonNeeded


def _reviewable(found: Registration) -> bool:
    return found.gave_way_to is None and (
        found.state in _REVIEWED or (found.outcome == "review" and found.state is not RegistrationState.CONTESTED)
    )


def _cursor(after: str | None) -> UUID | None:
    if after is None:
        return None
    try:
        return UUID(str(decode_cursor(after, (str,))[0]))
    except ValueError:
        raise InvalidCursor("after") from None


async def _found(uow: UnitOfWork, caller: Caller, registration_id: UUID) -> Registration:
    only_controller(uow, caller, "registrationId")
    found = await registrations.by_id(uow, registration_id)
    if found is None:
        raise ResourceNotFound("registrationId")
    return found


def _view(item: Registration) -> ReviewView:
    return ReviewView(
        id=str(item.registration_id),
        case_id=str(item.case_id),
        person_id=str(item.person_id),
        cause=item.cause,
        state=item.state,
        outcome=item.outcome,
        rule=item.rule,
        reasons=list(item.reasons),
        effective_on=item.effective_on,
        since=item.recorded_at,
        version=item.version,
    )


async def _whole(uow: UnitOfWork, item: Registration) -> ReviewWithDecisions:
    said = [
        ReviewDecisionView(
            decision=row.decision,
            decided_by=row.decided_by,
            second_person=row.second_person,
            decided_at=row.decided_at,
            version=row.version,
        )
        for row in await reviews.decided(uow, item.registration_id)
    ]
    return ReviewWithDecisions(**_view(item).model_dump(), decisions=said)
