"""What happens when a term runs out: its last day begins, it passed without what it was for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from chassis.clock import local_midnight
from chassis.intake import sources
from chassis.timer_store import Timer
from chassis.timers import Due
from chassis.uow import UnitOfWork
from services.registration.domain.terms import KeptTerm, Said, Standing, TermKind
from services.registration.store import ledger, terms, waking
from services.registration.usecases.terms import OVERDUE, event, next_timer

# Assessments come from VDAB's own register: nobody is overdue before it is complete up to the last day.
_SOURCE = "vdabRegister"


async def last_days(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """The last day of these terms has begun."""
    running = await _running(uow, due)
    told = [replace(kept, due_told=True, version=kept.version + 1) for kept in running if not kept.due_told]
    await ledger.keep(uow, moved=told)
    uow.publish(event(Said("due"), kept, kept.version) for kept in told)
    uow.schedule(next_timer(replace(kept, due_told=True)) for kept in running)


async def passed(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """These terms passed; where the register that would know is silent, that is told once it speaks."""
    after = [await _overdue(uow, kept) for kept in await _running(uow, due)]
    await ledger.keep(uow, moved=after)
    uow.publish(event(Said("overdue"), kept, kept.version) for kept in after if kept.state is Standing.OVERDUE)


async def source_spoke(uow: UnitOfWork, name: str) -> None:
    """Look again at the terms that passed while this source was silent."""
    if name == _SOURCE:
        uow.schedule(Timer(OVERDUE, str(kept.term_id), kept.person_id, uow.now) for kept in await terms.waiting(uow))


async def _running(uow: UnitOfWork, due: Sequence[Due]) -> list[KeptTerm]:
    found = await terms.by_ids(uow, [UUID(item.subject) for item in due])
    return [kept for kept in found.values() if kept.state is Standing.RUNNING and not kept.final]


async def _overdue(uow: UnitOfWork, kept: KeptTerm) -> KeptTerm:
    if kept.kind is not TermKind.INFORMATION and not await _covered(uow, kept):
        return replace(kept, waits=True)
    since = local_midnight(kept.due_on + timedelta(days=1))
    return replace(kept, state=Standing.OVERDUE, overdue_since=since, waits=False, version=kept.version + 1)


async def _covered(uow: UnitOfWork, kept: KeptTerm) -> bool:
    if await sources.covers(uow, _SOURCE, kept.due_on):
        return True
    # Look once more where the source cannot speak unheard.
    await waking.about_to_wait(uow, [_SOURCE])
    return await sources.covers(uow, _SOURCE, kept.due_on)
