"""Whom a request is about: the person behind a number, or what is wrong with it."""

from chassis.http.problems import BadRequest
from chassis.merging import Whole
from chassis.uow import UnitOfWork
from vault.custody import VaultCustody


async def resolved(uow: UnitOfWork, ssin: str) -> Whole:
    """The person of a number.

    Raises:
        BadRequest: it is none; says why, and not what it was.
    """
    found = (await uow.resource(VaultCustody).resolve([ssin]))[ssin]
    if not isinstance(found, Whole):
        raise BadRequest.about("body", "ssin", str(found.reason))
    return found
