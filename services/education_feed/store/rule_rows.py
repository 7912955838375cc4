"""The rule rows a person can switch: as they ship, overridden by what was switched."""

from datetime import date

from sqlalchemy import select

from chassis.schema import rule_row
from chassis.uow import UnitOfWork
from services.education_feed.domain.facts import Switches

# Ships active in every mode: the statistical definition of an early school leaver needs 18, so a minor waits (`decisions.md` 3, S8b).
MIN_AGE = "minAge"
SHIPPED = {MIN_AGE: True}


async def switches(uow: UnitOfWork, on: date) -> Switches:
    """Which rows are active on that day."""
    for row in await uow.all(select(rule_row).where(rule_row.c.row_id == MIN_AGE)):
        covered = (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
        return Switches(min_age=row.active and covered)
    return Switches()
