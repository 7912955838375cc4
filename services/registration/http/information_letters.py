"""The door at which a person approves that a school leaver who is held hears of it by letter."""

from uuid import UUID

from chassis import consultations
from chassis.http.api import Answer, Caller, Uow
from chassis.http.controller import only_controller
from chassis.http.models import Body
from chassis.http.problems import Conflict, ResourceNotFound
from services.registration.http.concerned import StaffReference, claimed
from services.registration.http.registrations import TermView, api, term_view
from services.registration.store import registrations
from services.registration.usecases.inform import approve, waits_for_letter


class InformationLetterBody(Body):
    """Who approves the letter."""

    approved_by: StaffReference


class NobodyToInform(Conflict):
    """The person is not held, or knows."""

    title = "Nobody To Inform"
    meaning = "Only who is held is informed, once: this person was told, is held no longer, objects or was erased"


@api.post(
    "/registrations/{registrationId}/informationLetters",
    scope="registration.review",
    summary="Approve the letter to somebody who is held",
    status=202,
    idempotent=True,
)
async def approve_letter(registration_id: UUID, body: InformationLetterBody, caller: Caller, uow: Uow) -> Answer[TermView]:
    """Have a letter written that says which data VDAB has of a school leaver, from whom and why; it meets the term `information`."""
    only_controller(uow, caller, "registrationId")
    found = await registrations.by_id(uow, registration_id)
    if found is None:
        raise ResourceNotFound("registrationId")
    await claimed(uow, found.person_id)
    found = await registrations.by_id(uow, registration_id)
    assert found is not None
    await consultations.note(uow, found.person_id, caller.organisation, "informationLetter")
    kept = await waits_for_letter(uow, found)
    met = await approve(uow, found, kept, body.approved_by) if kept is not None else None
    if met is None:
        raise NobodyToInform
    return Answer(term_view(met), status=202)
