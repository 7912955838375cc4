"""The doors of contact points: the addresses of people, which no answer ever shows again."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from chassis.http.api import Answer, Caller, Uow
from chassis.http.conditional import IfMatch, check_version
from chassis.http.controller import only_controller
from chassis.http.models import Body, Instant, View
from chassis.http.problems import BadRequest, Conflict, ResourceNotFound
from chassis.merging import Whole
from chassis.rows import Row
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from contracts.codes import ContactKind
from contracts.fields import PersonNumber
from contracts.identifiers import PersonId
from contracts.people import AddressBody
from services.notifications.domain.reach import AddressOrigin, ChangedBy, ContactPoint
from services.notifications.http.api import api
from services.notifications.store import contact_points
from services.notifications.store.reach import point_of
from services.notifications.usecases import keep_contact_points
from services.notifications.usecases.address_values import NotAnAddress, email_address, mobile_number
from services.notifications.usecases.keep_contact_points import Made, Said, Value
from vault.custody import VaultCustody
from vault.named import person_named


class AddressIsFixed(Conflict):
    """A contact point never becomes another address."""

    title = "Address Is Fixed"
    meaning = (
        "The address, its kind and its person stay as they are under this id, as consents name it; send a new address under a new id, and"
        " name this one in `replaces`"
    )


class ContactPointBody(Body):
    """An address of a person: `value` for e-mail and mobile, `address` for post."""

    ssin: PersonNumber
    kind: ContactKind
    value: Annotated[str, Field(min_length=1, max_length=320)] | None = None
    address: AddressBody | None = None
    origin: AddressOrigin
    changed_by: ChangedBy
    confirmed_at: Instant | None = None
    replaces: UUID | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        postal = self.kind is ContactKind.POSTAL
        if (self.address is not None) is not postal or (self.value is None) is not postal:
            raise ValueError("email and mobile have a value, postal has an address")
        return self


class ContactPointView(View):
    """What is known of an address, but for the address itself."""

    id: str
    person_id: str
    kind: str
    origin: str
    changed_by: str
    confirmed_at: AwareDatetime | None = None
    replaces: str | None = None
    replaced: bool
    suspended_for: list[str]
    suspended_at: AwareDatetime | None = None
    legal_effect: Annotated[bool, Field(description="Whether a notice could have legal effect there, given a consent")]
    version: int


@api.put("/contactPoints/{contactPointId}", scope="notification.contacts", summary="Send an address of a person")
async def put_contact_point(
    contact_point_id: UUID, body: ContactPointBody, caller: Caller, uow: Uow, if_match: IfMatch = None
) -> Answer[ContactPointView]:
    """Keep a new address under an id of the caller's making, or say anew where it comes from and whether it is confirmed.

    What exists is changed with `If-Match` only. An e-mail address that another person has, too, is suspended for both from now on.
    """
    only_controller(uow, caller, "contactPointId")
    whole = await person_named(uow, body.ssin)
    said = Said(whole.person_id, _point(contact_point_id, body), _value(uow, body), body.replaces)
    await _take(uow, whole, await keep_contact_points.others(uow, said))
    if body.confirmed_at is not None and body.confirmed_at > uow.now:
        raise BadRequest.about("body", "confirmedAt", "an address cannot be confirmed in the future")
    before = await contact_points.by_id(uow, contact_point_id) or await _created(uow, said)
    if before is None:
        return await _answer(uow, contact_point_id, created=True)
    check_version(if_match, before.version)
    await _unchanged(uow, before, said)
    await keep_contact_points.change(uow, said, point_of(before), before.version)
    return await _answer(uow, contact_point_id, created=False)


@api.get("/contactPoints/{contactPointId}", scope="notification.contacts", summary="Read what is known of an address")
async def get_contact_point(contact_point_id: UUID, caller: Caller, uow: Uow) -> Answer[ContactPointView]:
    """Show where an address came from and whether it serves; the address itself stays sealed."""
    only_controller(uow, caller, "contactPointId")
    return await _answer(uow, contact_point_id, created=False)


def _point(contact_point_id: UUID, body: ContactPointBody) -> ContactPoint:
    return ContactPoint(
        contact_point_id=contact_point_id, kind=body.kind, origin=body.origin, changed_by=body.changed_by, confirmed_at=body.confirmed_at
    )


def _value(uow: UnitOfWork, body: ContactPointBody) -> Value:
    """The address in its normal form.

    Raises:
        BadRequest: it is none of its kind; says why, and not what it was.
    """
    if body.address is not None:
        return body.address.address()
    assert body.value is not None
    try:
        if body.kind is ContactKind.EMAIL:
            return email_address(body.value, sandbox=uow.resource(Settings).sandbox)
        return mobile_number(body.value)
    except NotAnAddress as refusal:
        raise BadRequest.about("body", "value", str(refusal)) from None


async def _created(uow: UnitOfWork, said: Said) -> Row | None:
    """Keep a new address, unless another person's came under its id meanwhile: that one, which then is in the way.

    Raises:
        BadRequest: it replaces none of this person's.
    """
    made = await keep_contact_points.create(uow, said)
    if made is Made.REPLACES_NOTHING:
        raise BadRequest.about("body", "replaces", "this person has no such contact point of this kind")
    return await contact_points.by_id(uow, said.point.contact_point_id) if made is Made.TAKEN else None


async def _take(uow: UnitOfWork, whole: Whole, others: list[PersonId]) -> None:
    """Lock the person, and with them whoever has the same address."""
    known = dict(await uow.resource(VaultCustody).survivors(others)) if others else {}
    await uow.take([whole.person_id, *others], known | {whole.person_id: whole})


async def _unchanged(uow: UnitOfWork, before: Row, said: Said) -> None:
    same_person = PersonId(before.merged_into or before.person_id) == uow.claim([said.person_id])[said.person_id]
    if not same_person or before.kind != said.point.kind or not await keep_contact_points.same_value(uow, said):
        raise AddressIsFixed
    if said.replaces is not None and said.replaces != before.replaces:
        raise BadRequest.about("body", "replaces", "what an address replaces is said when it comes")


async def _answer(uow: UnitOfWork, contact_point_id: UUID, *, created: bool) -> Answer[ContactPointView]:
    row = await contact_points.by_id(uow, contact_point_id)
    if row is None:
        raise ResourceNotFound("contactPointId")
    view = ContactPointView(
        id=str(row.contact_point_id),
        person_id=str(row.merged_into or row.person_id),
        kind=row.kind,
        origin=row.origin,
        changed_by=row.changed_by,
        confirmed_at=row.confirmed_at,
        replaces=str(row.replaces) if row.replaces else None,
        replaced=row.replaced,
        suspended_for=list(row.suspended_for),
        suspended_at=row.suspended_at,
        legal_effect=row.kind == ContactKind.EMAIL and point_of(row).bears_effect(uow.now),
        version=row.version,
    )
    location = f"{api.prefix}/contactPoints/{row.contact_point_id}" if created else None
    return Answer(view, status=201 if created else 200, location=location, version=row.version)
