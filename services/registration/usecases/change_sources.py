"""A source of registration spoke: the hub hears its watermark, and whoever waited for it is decided again."""

from chassis.clock import technical_now
from chassis.intake import sources
from chassis.intake.sources import Freshness, SourceState
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from contracts.codes import SourceState as SourceCode
from contracts.registers import SourceChanged
from services.registration.store import leaver_cases, newcomer_cases, waking
from services.registration.usecases import end_terms

_WORST_FIRST = (Freshness.UNAVAILABLE, Freshness.NOT_FRESH, Freshness.AVAILABLE)


async def source_changed(uow: UnitOfWork, state: SourceState) -> None:
    """Announce how the source stands now, and look again at the cases that wait for it."""
    await waking.about_to_speak(uow, state.name)
    # With several senders a source is no better than the worst of them, as for our own decisions.
    said = await sources.states(uow, state.name)
    worst = next(state for state in _WORST_FIRST if any(one.state is state for one in said))
    until = [one.complete_until for one in said]
    uow.publish(
        [
            SourceChanged(
                source=state.name,
                state=SourceCode(worst),
                complete_until=None if None in until else min(day for day in until if day is not None),
                # Only one unit at a time speaks of a source, so of two changes the later one has the higher version.
                version=int(technical_now().timestamp() * 1_000_000),
            )
        ]
    )
    await look_again(uow, state.name)
    await end_terms.source_spoke(uow, state.name)


async def look_again(uow: UnitOfWork, name: str) -> None:
    """Decide again, as of now, the cases that wait for this source or switch."""
    waiting = {*(await newcomer_cases.waiting_for(uow, name)).values(), *(await leaver_cases.waiting_for(uow, name)).values()}
    uow.schedule(Timer("decideAgain", str(person), person, uow.now) for person in sorted(waiting))
