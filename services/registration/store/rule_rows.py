"""The rule rows a person can switch: as the mode ships them, overridden by what was switched."""

from datetime import date

from sqlalchemy import select, text

from chassis.settings import Settings
from chassis.uow import UnitOfWork
from services.registration.domain.cases import Switches
from services.registration.store.tables import rule_row

# Which rows there are, and whether they ship active in a sandbox; in production every one waits for a person (`decisions.md` 4).
AUTO_REGISTRATION_BASIS = "autoRegistrationBasis"
SHIPPED = {AUTO_REGISTRATION_BASIS: True, "categoryWorking": False, "categoryStudent": False}

_KEEP = text("""
    INSERT INTO rule_row (row_id, active, valid_from, valid_to) VALUES (:row_id, :active, :valid_from, :valid_to)
    ON CONFLICT (row_id) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")


async def switches(uow: UnitOfWork, on: date) -> Switches:
    """Which rows are active on that day."""
    sandbox = uow.resource(Settings).sandbox
    active = {row_id: sandbox and shipped for row_id, shipped in SHIPPED.items()}
    begins: dict[str, date] = {}
    for row in await uow.all(select(rule_row)):
        covered = (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)
        active[row.row_id] = row.active and covered
        if row.active and row.valid_from is not None and row.valid_from > on:
            begins[row.row_id] = row.valid_from
    return Switches(
        auto_registration_basis=active[AUTO_REGISTRATION_BASIS],
        category_working=active["categoryWorking"],
        category_student=active["categoryStudent"],
        basis_from=begins.get(AUTO_REGISTRATION_BASIS),
    )


async def keep(uow: UnitOfWork, row_id: str, *, active: bool, valid_from: date | None, valid_to: date | None) -> None:
    """Keep how a row was switched."""
    await uow.execute(_KEEP, {"row_id": row_id, "active": active, "valid_from": valid_from, "valid_to": valid_to})
