"""Switches a rule row, and lets go what waited for it."""

from chassis.inner import Switch
from chassis.uow import Units
from services.registration.store import rule_rows, waking
from services.registration.usecases.change_sources import look_again


async def switch(units: Units, row_id: str, how: Switch) -> bool:
    """Keep a switch; False when there is no such row. A pending dossier is decided again now, or when its basis begins."""
    if row_id not in rule_rows.SHIPPED:
        return False
    async with units.open() as uow:
        await rule_rows.keep(uow, row_id, active=how.active, valid_from=how.valid_from, valid_to=how.valid_to)
        await waking.about_to_speak(uow, row_id)
        if how.active:
            await look_again(uow, row_id)
    return True
