"""Switches a rule row; what was chosen before is looked at again just before it goes."""

from chassis.inner import Switch
from chassis.uow import Units
from services.notifications.store import rule_rows


async def switch(units: Units, row_id: str, how: Switch) -> bool:
    """Keep a switch; False when there is no such row."""
    if row_id not in rule_rows.SHIPPED:
        return False
    async with units.open() as uow:
        await rule_rows.keep(uow, row_id, active=how.active, valid_from=how.valid_from, valid_to=how.valid_to)
    return True
