"""Whom a request is about, and whether its caller may ask: what is known of how people are reached is the controller's alone."""

from chassis.http.api import Caller
from chassis.http.problems import BadRequest, ResourceNotFound
from chassis.merging import Whole
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from vault.custody import VaultCustody


def only_controller(uow: UnitOfWork, caller: Caller, resource: str) -> None:
    """Let nobody else in; for another organisation nothing of this is there (`mechanics.md` 19).

    Raises:
        ResourceNotFound: the caller acts for another organisation.
    """
    if caller.organisation != uow.resource(Settings).controller:
        raise ResourceNotFound(resource)


async def resolved(uow: UnitOfWork, ssin: str) -> Whole:
    """The person of a number.

    Raises:
        BadRequest: it is none; says why, and not what it was.
    """
    found = (await uow.resource(VaultCustody).resolve([ssin]))[ssin]
    if not isinstance(found, Whole):
        raise BadRequest.about("body", "ssin", str(found.reason))
    return found
