"""Whom a request names: the person behind a number in its body, or what is wrong with that number."""

from chassis.http.problems import BadRequest
from chassis.merging import Whole
from chassis.uow import UnitOfWork
from vault.custody import VaultCustody


async def person_named(uow: UnitOfWork, ssin: str) -> Whole:
    """The whole person of a number.

    Raises:
        BadRequest: it is none; says why, and not what it was.
    """
    found = (await uow.resource(VaultCustody).resolve([ssin]))[ssin]
    if not isinstance(found, Whole):
        raise BadRequest.about("body", "ssin", str(found.reason))
    return found
