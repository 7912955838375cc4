"""The door of what senders know of a person as a recipient; a fact door: by the sender's reference, the person number in the body."""

from typing import Annotated

from pydantic import Field

from chassis.http.api import Answer, Caller, Uow
from chassis.http.controller import only_controller
from chassis.http.models import Body, Flag, Instant, View, Whole
from chassis.http.problems import BadRequest, SourceVersionConflict
from chassis.intake.kinds import LARGEST_VERSION
from chassis.intake.references import Reference, objection
from contracts.fields import PersonNumber
from services.notifications.domain.reach import DigitalSkills, Preference, Recipient
from services.notifications.http.api import api
from services.notifications.store.recipients import Record
from services.notifications.usecases import keep_recipients
from services.notifications.usecases.keep_recipients import Kept
from vault.named import person_named


class PortalAccountBody(Body):
    """The person's account in the portal."""

    activated: Flag
    last_login_at: Instant | None = None


class EBoxBody(Body):
    """The person's eBox."""

    active: Flag


class RecipientBody(Body):
    """A whole record: what is left out is not so, or not known."""

    source_version: Annotated[Whole, Field(ge=1, le=LARGEST_VERSION)]
    ssin: PersonNumber
    portal_account: PortalAccountBody | None = None
    e_box: EBoxBody | None = None
    preference: Preference | None = None
    representative: Flag = False
    digital_skills: DigitalSkills = DigitalSkills.UNKNOWN


class RecipientAnswer(View):
    """What became of this version of the record."""

    reference: str
    source_version: int
    result: Annotated[str, Field(description="accepted or duplicate")]
    reason: str | None = None


@api.put("/recipients/{reference}", scope="notification.contacts", summary="Send what is known of a recipient")
async def put_recipient(reference: Reference, body: RecipientBody, caller: Caller, uow: Uow) -> Answer[RecipientAnswer]:
    """Send a whole record; a higher source version replaces it, a lower one changes nothing.

    Of two records of one person the one received last counts.
    """
    only_controller(uow, caller, "reference")
    if (refused := objection(reference)) is not None:
        raise BadRequest.about("path", "reference", refused)
    whole = await person_named(uow, body.ssin)
    await uow.take([whole.person_id], {whole.person_id: whole})
    kept = await keep_recipients.keep(uow, Record(caller.organisation, reference, body.source_version, whole.person_id, _said(body)))
    if kept is Kept.CONFLICT:
        raise SourceVersionConflict
    answer = RecipientAnswer(
        reference=reference,
        source_version=body.source_version,
        result="accepted" if kept is Kept.ACCEPTED else "duplicate",
        reason="superseded" if kept is Kept.SUPERSEDED else None,
    )
    return Answer(answer, status=201 if kept is Kept.ACCEPTED and body.source_version == 1 else 200)


def _said(body: RecipientBody) -> Recipient:
    account = body.portal_account
    return Recipient(
        portal_activated=account is not None and account.activated,
        last_login_at=account.last_login_at if account is not None else None,
        ebox_active=body.e_box is not None and body.e_box.active,
        preference=body.preference,
        represented=body.representative,
        digital_skills=body.digital_skills,
    )
