"""The rule rows a person can switch: as the mode ships them, overridden by what was switched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.rows import Row
from services.registration.domain.cases import Switches

# Which rows there are, and whether they ship active in a sandbox; in production every one waits for a person (`decisions.md` 4).
AUTO_REGISTRATION_BASIS = "autoRegistrationBasis"
_IN_A_SANDBOX = {AUTO_REGISTRATION_BASIS: True, "categoryWorking": False, "categoryStudent": False}


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


def shipped(*, sandbox: bool) -> dict[str, bool]:
    """Each row, and whether it ships active in this mode."""
    return {row_id: sandbox and active for row_id, active in _IN_A_SANDBOX.items()}


def switches(switched: Sequence[RuleRow], on: date, *, sandbox: bool) -> Switches:
    """Which rows are active on that day."""
    active = shipped(sandbox=sandbox)
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
