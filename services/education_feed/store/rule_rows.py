"""The rule rows a person can switch: as they ship, overridden by what was switched."""

from datetime import date

from sqlalchemy import select, text

from chassis.uow import UnitOfWork
from services.education_feed.domain.facts import Switches
from services.education_feed.store.tables import rule_row

# Ships active in every mode: the statistical definition of an early school leaver needs 18, so a minor waits (`decisions.md` 3, S8b).
MIN_AGE = "minAge"

_KEEP = text("""
    INSERT INTO rule_row (row_id, active, valid_from, valid_to) VALUES (:row_id, :active, :valid_from, :valid_to)
    ON CONFLICT (row_id) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")


async def switches(uow: UnitOfWork, on: date) -> Switches:
    """Which rows are active on that day."""
    for row in await uow.all(select(rule_row).where(rule_row.c.row_id == MIN_AGE)):
        covered = (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
        return Switches(min_age=row.active and covered)
    return Switches()


async def keep(uow: UnitOfWork, row_id: str, *, active: bool, valid_from: date | None, valid_to: date | None) -> None:
    """Keep how a row was switched."""
    await uow.execute(_KEEP, {"row_id": row_id, "active": active, "valid_from": valid_from, "valid_to": valid_to})
