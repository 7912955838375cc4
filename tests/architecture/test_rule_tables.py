"""Rows that decide stand in the tables that people read, and what a person can switch is named where it is explained."""

import re
from collections.abc import Iterable
from datetime import date
from itertools import chain

import pytest

from services.education_feed.domain.rules import LEAVER_RULES as FEED_LEAVERS
from services.integration_feed.domain.rules import NEWCOMER_RULES as FEED_NEWCOMERS
from services.registration.domain.leavers import LEAVER_RULES
from services.registration.domain.newcomers import NEWCOMER_RULES
from services.registration.store.rule_rows import RuleRow, shipped, switches
from tests.architecture.house.source import ROOT

_FIRST_CELL = re.compile(r"^\| ([^|]+) \|", re.MULTILINE)
_TODAY = date(2026, 10, 20)


def _rows_of(document: str) -> set[str]:
    """Every id in the first column of its tables; a cell may name several."""
    cells = _FIRST_CELL.findall((ROOT / document).read_text("utf-8"))
    return set(chain.from_iterable(re.split(r"[, ]+", cell) for cell in cells))


@pytest.mark.parametrize(
    ("document", "rules"),
    [
        ("docs/newcomers.md", [*(rule.id for rule in FEED_NEWCOMERS), *(rule.id for rule in NEWCOMER_RULES)]),
        ("docs/leavers.md", [*(rule.id for rule in FEED_LEAVERS), *(rule.id for rule in LEAVER_RULES)]),
    ],
)
def test_every_row_in_code_is_a_row_of_the_table_for_people(document: str, rules: Iterable[str]) -> None:
    missing = set(rules) - _rows_of(document)
    assert not missing, f"{document}: no line for the rows {sorted(missing)}"


@pytest.mark.parametrize("document", ["docs/newcomers.md", "services/registration/README.md"])
def test_every_switch_of_registration_is_named_where_switches_are_explained(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    missing = [row for row in shipped(sandbox=True) if f"`{row}`" not in text]
    assert not missing, f"{document}: nothing about the switches {missing}"


@pytest.mark.parametrize("row", shipped(sandbox=True))
def test_a_switch_changes_what_the_rules_look_at(row: str) -> None:
    shut = switches([], _TODAY, sandbox=False)
    switched = switches([RuleRow(row, active=True, valid_from=None, valid_to=None)], _TODAY, sandbox=False)
    assert switched != shut, "services/registration/store/rule_rows.py, switches(): this row fills no field of Switches"
