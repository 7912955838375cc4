"""The rule rows of notifications that a person can switch."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from services.notifications.domain.plans import Limits

# Whether the law asks for a consent before anything with legal effect goes out digitally. Ships active everywhere: switching it off takes
# a person who read the decree as it then stands (`domain.md` 0 and 4.1).
CONSENT_REQUIRED: Final = "consentRequired"
SHIPPED: Final = {CONSENT_REQUIRED: True}

_KEEP = text("""
    INSERT INTO rule_row (row_id, active, valid_from, valid_to) VALUES (:row_id, :active, :valid_from, :valid_to)
    ON CONFLICT (row_id) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")


def limits(rows: Iterable[Row], on: date) -> Limits:
    """The rows that hold on that day; one that is inactive only for some time stands as it ships outside of it."""
    active = dict(SHIPPED)
    for row in rows:
        if (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to):
            active[row.row_id] = row.active
    return Limits(consent_required=active[CONSENT_REQUIRED])


async def keep(uow: UnitOfWork, row_id: str, *, active: bool, valid_from: date | None, valid_to: date | None) -> None:
    """Keep how a row was switched."""
    await uow.execute(_KEEP, {"row_id": row_id, "active": active, "valid_from": valid_from, "valid_to": valid_to})
