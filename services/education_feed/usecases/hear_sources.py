"""A source of Education spoke: whoever waits for it is looked at again, in the bounded batches of the timers."""

from chassis.ids import uuid7
from chassis.intake.sources import SourceState
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from services.education_feed.store import sources


async def source_changed(uow: UnitOfWork, state: SourceState) -> None:
    """Have everyone who waits for this source decided anew as of now; a subject of its own each time meets no timer that is firing."""
    await sources.about_to_wake(uow)
    word = uuid7()
    uow.schedule(Timer("lookAgain", f"{case.case_id}:{word}", case.person_id, uow.now) for case in await sources.waiting(uow, state.name))
