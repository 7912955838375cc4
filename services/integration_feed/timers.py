"""What the integration feed does when something is due."""

from collections.abc import Sequence

from chassis.clock import local_date
from chassis.timers import Due, Timers
from chassis.uow import UnitOfWork
from services.integration_feed.usecases import clocks
from services.integration_feed.usecases.decide import decide_newcomers

timers = Timers()


@timers.on("lookAgain")
async def look_again(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """An answer may have changed by itself; each person is decided as of the day that was due."""
    for day in sorted({local_date(item.due_at) for item in due}):
        await decide_newcomers(uow, [item.person_id for item in due if local_date(item.due_at) == day], day)


@timers.on("clocks")
async def run_out(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Thirty or forty-five days passed without a registration, or the last day of a term."""
    await clocks.run_out(uow, due)


@timers.on("termEnd")
async def end_terms(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """The register spoke that was awaited to tell whether a term was missed."""
    await clocks.end_terms(uow, due)
