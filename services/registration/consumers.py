"""What registration does when it reads the bus."""

from collections.abc import Sequence

from chassis.consumer import Consumer
from chassis.received import Received
from chassis.uow import UnitOfWork
from contracts.education import LeaverDetected, LeaverRetracted, LeaverReviewNeeded
from contracts.integration import ObligationChanged, ObligationClosed, ObligationOpened
from services.registration.usecases.follow_leavers import follow_leavers, retract_leavers
from services.registration.usecases.follow_obligations import close_obligations, follow_obligations

on = Consumer("registration")


@on(ObligationOpened)
async def obligations_opened(uow: UnitOfWork, events: Sequence[Received[ObligationOpened]]) -> None:
    """A newcomer owes a registration."""
    await follow_obligations(uow, events)


@on(ObligationChanged)
async def obligations_changed(uow: UnitOfWork, events: Sequence[Received[ObligationChanged]]) -> None:
    """The obligation stands, but differently."""
    await follow_obligations(uow, events)


@on(ObligationClosed, passes_parked=True)
async def obligations_closed(uow: UnitOfWork, events: Sequence[Received[ObligationClosed]]) -> None:
    """The obligation ended; it passes records that are parked, because it stops things."""
    await close_obligations(uow, events)


@on(LeaverDetected)
async def leavers_detected(uow: UnitOfWork, events: Sequence[Received[LeaverDetected]]) -> None:
    """Someone left school without a qualification."""
    await follow_leavers(uow, events)


@on(LeaverReviewNeeded)
async def leavers_to_review(uow: UnitOfWork, events: Sequence[Received[LeaverReviewNeeded]]) -> None:
    """Someone left school, and Education's facts do not decide."""
    await follow_leavers(uow, events)


@on(LeaverRetracted, passes_parked=True)
async def leavers_retracted(uow: UnitOfWork, events: Sequence[Received[LeaverRetracted]]) -> None:
    """What was announced of a leave holds no longer; it passes records that are parked, because it stops things."""
    await retract_leavers(uow, events)
