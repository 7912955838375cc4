"""Lets go what waited for a rule row that was switched."""

from chassis.ids import uuid7
from chassis.switching import Switch
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork
from services.education_feed.store import cases, sources


async def let_go(uow: UnitOfWork, _row: str, _how: Switch) -> None:
    """Whoever waits for an 18th birthday is decided again."""
    await sources.about_to_wake(uow)
    word = uuid7()
    uow.schedule(Timer("lookAgain", f"{case.case_id}:{word}", case.person_id, uow.now) for case in await cases.waiting_for_age(uow))
