"""The rule rows a person can switch: as the mode ships them, overridden by what was switched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from chassis.rows import Row
from chassis.uow import UnitOfWork
from services.registration.domain.cases import Switches

# Which rows there are, and whether they ship active in a sandbox; in production every one waits for a person (`decisions.md` 4).
AUTO_REGISTRATION_BASIS = "autoRegistrationBasis"
SHIPPED = {AUTO_REGISTRATION_BASIS: True, "categoryWorking": False, "categoryStudent": False}

_KEEP = text("""
    INSERT INTO rule_row (row_id, active, valid_from, valid_to) VALUES (:row_id, :active, :valid_from, :valid_to)
    ON CONFLICT (row_id) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """How a row was switched; days without a bound are open on that side."""

    row_id: str
    active: bool
    valid_from: date | None
    valid_to: date | None

    def covers(self, day: date) -> bool:
        """Whether what was switched holds on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def read(row: Row) -> RuleRow:
    """A row of the table."""
    return RuleRow(row.row_id, row.active, row.valid_from, row.valid_to)


def switches(switched: Sequence[RuleRow], on: date, *, sandbox: bool) -> Switches:
    """Which rows are active on that day."""
    active = {row_id: sandbox and shipped for row_id, shipped in SHIPPED.items()}
    begins: dict[str, date] = {}
    for row in switched:
        active[row.row_id] = row.active and row.covers(on)
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
