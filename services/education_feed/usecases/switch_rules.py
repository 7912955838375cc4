"""Switches a rule row, and lets go what waited for it."""

from chassis.ids import uuid7
from chassis.inner import Switch
from chassis.timer_store import Timer
from chassis.uow import Units
from services.education_feed.store import cases, rule_rows, sources


async def switch(units: Units, row_id: str, how: Switch) -> bool:
    """Keep a switch; False when there is no such row. Whoever waits for an 18th birthday is decided again."""
    if row_id != rule_rows.MIN_AGE:
        return False
    async with units.open() as uow:
        await sources.about_to_wake(uow)
        await rule_rows.keep(uow, row_id, active=how.active, valid_from=how.valid_from, valid_to=how.valid_to)
        word = uuid7()
        uow.schedule(Timer("lookAgain", f"{case.case_id}:{word}", case.person_id, uow.now) for case in await cases.waiting_for_age(uow))
    return True
