"""A source of registration spoke: the hub hears its watermark, and whoever waited for it is decided again."""

from chassis.clock import technical_now
from chassis.intake.sources import SourceState
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import SourceState as SourceCode
from contracts.registers import SourceChanged
from services.registration.store import newcomer_cases


async def source_changed(uow: UnitOfWork, state: SourceState) -> None:
    """Announce the new watermark, and look again at the cases that wait for this source."""
    # The row of the source is locked, so of two changes the later one has the higher version.
    version = int(technical_now().timestamp() * 1_000_000)
    uow.publish([SourceChanged(source=state.name, state=SourceCode(state.state), complete_until=state.complete_until, version=version)])
    waiting = await newcomer_cases.waiting_for(uow, state.name)
    uow.schedule(Timer("decideAgain", str(person), person, uow.now) for person in waiting.values())
