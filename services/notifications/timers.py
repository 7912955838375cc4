"""What notifications does when something is due."""

from collections.abc import Sequence

from chassis.timers import Due, Timers
from chassis.uow import UnitOfWork
from services.notifications.usecases import overdue
from services.notifications.usecases.dispatch import GIVEN_UP
from services.notifications.usecases.dispatch_wake import DispatchWake
from services.notifications.usecases.intend import RELEASED
from services.notifications.usecases.waiting import COPY, REMIND, UNANSWERED

timers = Timers()


@timers.on(RELEASED)
async def deliveries_released(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """These may leave from now on; their dispatchers look for them."""
    del due
    uow.wake_after_commit(uow.resource(DispatchWake))


@timers.on(GIVEN_UP)
async def deliveries_given_up(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """These were tried long enough."""
    await overdue.given_up(uow, due)


@timers.on(UNANSWERED)
async def deliveries_unanswered(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Nobody said what became of these."""
    await overdue.unanswered(uow, due)


@timers.on(COPY)
async def notices_unopened(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Nobody opened these for a long time."""
    await overdue.unopened_for_long(uow, due)


@timers.on(REMIND)
async def notices_unopened_yet(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Nobody opened these within some days."""
    await overdue.unopened_yet(uow, due)
