"""Decides everything that is open about people, whichever feed announced it."""

from collections.abc import Collection, Sequence
from datetime import date

from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.registration.usecases.decide_leavers import decide_leavers
from services.registration.usecases.decide_newcomers import decide_newcomers


async def decide_people(
    uow: UnitOfWork, concerned: Sequence[PersonId], on: date | None = None, *, unlinked: Collection[PersonId] = ()
) -> None:
    """Decide their obligations, then their leaves: who was registered as a newcomer just now is linked as a leaver."""
    await decide_newcomers(uow, concerned, on, unlinked=unlinked)
    await decide_leavers(uow, concerned, on, unlinked=unlinked)
