"""What registration does when something is due."""

from collections.abc import Sequence

from chassis.clock import local_date
from chassis.timers import Due, Timers
from chassis.uow import UnitOfWork
from services.registration.usecases.decide_newcomers import decide_newcomers

timers = Timers()


@timers.on("decideAgain")
async def decide_again(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """A source spoke that these people's cases waited for; each is decided as of the day it was due."""
    for day in sorted({local_date(item.due_at) for item in due}):
        await decide_newcomers(uow, [item.person_id for item in due if local_date(item.due_at) == day], day)
