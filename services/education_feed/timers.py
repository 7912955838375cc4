"""What the education feed does when something is due."""

from collections.abc import Sequence

from chassis.timers import Due, Timers
from chassis.uow import UnitOfWork
from services.education_feed.usecases.decide import decide_leaves

timers = Timers()


@timers.on("lookAgain")
async def look_again(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """A window ended, a birthday came, a source spoke: each person is decided as of the instant that was due, however late it is."""
    for at in sorted({item.due_at for item in due}):
        await decide_leaves(uow, [item.person_id for item in due if item.due_at == at], at)
