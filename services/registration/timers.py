"""What registration does when something is due."""

from collections.abc import Sequence

from chassis.clock import local_date
from chassis.timers import Due, Timers
from chassis.uow import UnitOfWork
from services.registration.usecases import end_terms, terms
from services.registration.usecases.decide import decide_people
from services.registration.usecases.objections import ANSWER_LATE, mark_late

timers = Timers()


@timers.on("decideAgain")
async def decide_again(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """A source spoke or a switch was set that these people's cases waited for."""
    await _decide(uow, due)


@timers.on("lookAgain")
async def look_again(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """An answer may have changed by itself: work or study ended, a leaver was found working thirty days ago, a basis begins to hold."""
    await _decide(uow, due)


@timers.on(ANSWER_LATE)
async def answer_late(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """The month to answer an objection is over."""
    await mark_late(uow, due)


@timers.on(terms.DUE)
async def terms_due(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """The last day of a term has begun."""
    await end_terms.last_days(uow, due)


@timers.on(terms.OVERDUE)
async def terms_overdue(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """A term passed."""
    await end_terms.passed(uow, due)


@timers.on(terms.ASSESSED)
async def assessment_day(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """The day of an assessment that was told before has come."""
    await terms.settle_people(uow, list(uow.claim(item.person_id for item in due).values()))


async def _decide(uow: UnitOfWork, due: Sequence[Due]) -> None:
    """Each person as of the day that was due, however late that is."""
    for day in sorted({local_date(item.due_at) for item in due}):
        await decide_people(uow, [item.person_id for item in due if local_date(item.due_at) == day], day)
