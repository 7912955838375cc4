"""Whom a request of VDAB's own staff is about; to anybody else nobody exists (`mechanics.md` 19)."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

from pydantic import Field

from chassis import consultations
from chassis.http.api import Caller
from chassis.http.conditional import check_version
from chassis.http.controller import only_controller
from chassis.http.models import Body
from chassis.http.problems import BadRequest, ResourceNotFound
from chassis.uow import UnitOfWork
from contracts.fields import PersonNumber
from contracts.identifiers import PersonId
from services.registration.store import registrations
from vault.custody import VaultCustody
from vault.named import person_named

# How staff are named: a reference of their employer's, never a name or a number of a person.
StaffReference = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{1,63}$")]


class Versioned(Protocol):
    """What stands about a person, in a version."""

    @property
    def person_id(self) -> PersonId:
        """Whom it is about."""
        ...

    @property
    def version(self) -> int:
        """Which one stands."""
        ...


V = TypeVar("V", bound=Versioned)


class Concerned(Body):
    """Someone, by their number or by a registration that the hub made for them."""

    ssin: PersonNumber | None = None
    registration_id: UUID | None = None


async def person_of(uow: UnitOfWork, caller: Caller, named: Concerned, purpose: str) -> PersonId:
    """Who is meant, claimed for this unit; that they were looked up is kept.

    Raises:
        BadRequest: neither or both of number and registration, or a number that is none.
        ResourceNotFound: no such registration.
    """
    only_controller(uow, caller, "ssin")
    if (named.ssin is None) == (named.registration_id is None):
        raise BadRequest.about("body", "ssin", "a person is named by ssin or by registrationId, and not by both")
    if named.ssin is not None:
        person = (await person_named(uow, named.ssin)).person_id
    else:
        person = await _by_registration(uow, named.registration_id)
    survivor = await claimed(uow, person)
    await consultations.note(uow, survivor, caller.organisation, purpose)
    return survivor


async def claimed(uow: UnitOfWork, person: PersonId) -> PersonId:
    """Lock the whole person until the commit; the surviving id."""
    await uow.take([person], await uow.resource(VaultCustody).survivors([person]))
    return uow.claim([person])[person]


async def to_decide(uow: UnitOfWork, find: Callable[[], Awaitable[V]], if_match: str | None) -> V:
    """What is found once its person is claimed, so that nobody else decides meanwhile, in the version that the caller read.

    Raises:
        PreconditionRequired: no If-Match.
        PreconditionFailed: it names another version.
    """
    await claimed(uow, (await find()).person_id)
    found = await find()
    check_version(if_match, found.version)
    return found


async def _by_registration(uow: UnitOfWork, registration_id: UUID | None) -> PersonId:
    found = await registrations.by_id(uow, registration_id) if registration_id is not None else None
    if found is None:
        raise ResourceNotFound("registrationId")
    return found.person_id
