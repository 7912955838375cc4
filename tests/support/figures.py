"""What a test that attacks a guarantee found, kept for `docs/guarantees.md`: one line for each guarantee and test."""

import json
import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

import pytest

from chassis.clock import technical_now
from tests.support.measured import commit

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guarantees.md"
# Set by `make test`; elsewhere nothing is kept.
KEPT_IN = "HUB_FIGURES"
_BEGIN, _END = "<!-- figures: written by `make test` -->\n", "<!-- /figures -->\n"
_NAME = "figure"


class Guarantee(StrEnum):
    """The ten of the design (`architecture.md` 4), in its order and words."""

    FACTS = "a fact accepted (2xx) is never lost"
    EVENTS = "every committed event reaches the bus"
    REDELIVERY = "a redelivered event has one effect"
    ORDER = "events of one person are handled in order"
    POISON = "a poison event never blocks or vanishes"
    TIMERS = "a timer fires once, late rather than never"
    NOTICES = "a notice is sent at most once per purpose"
    HISTORY = "history cannot be changed unseen"
    ERASURE = "personal data can be erased, history cannot"
    PROTOCOLS = "no data flows without a legal basis"


Figure: TypeAlias = Callable[[Guarantee, str], None]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Give a function that keeps what an attack on a guarantee found; call it last, when everything held."""

    def keep(guarantee: Guarantee, found: str) -> None:
        record_property(_NAME, [guarantee.value, found])

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Keep the figures of what passed, beside those of earlier runs."""
    if not (file := os.environ.get(KEPT_IN)):
        return
    kept = json.loads(Path(file).read_text("utf-8")) if Path(file).exists() else {}
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == _NAME:
                guarantee, found = value
                kept.setdefault(guarantee, {})[report.nodeid.split("::")[0] + "::" + report.nodeid.split("::")[-1]] = found
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps(kept, indent=1, sort_keys=True), "utf-8")


def write(file: Path) -> None:
    """Put the figures into the page.

    Raises:
        KeyError: a guarantee has none, so no test attacked it.
    """
    kept = json.loads(file.read_text("utf-8"))
    lines = [
        f"Last written on {technical_now():%Y-%m-%d} at commit {commit()}.\n\n",
        "| guarantee of the design | attacked by | it last gave |\n|---|---|---|\n",
    ]
    for guarantee in Guarantee:
        lines += [f"| {guarantee} | `{test}` | {found} |\n" for test, found in sorted(kept[guarantee.value].items())]
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    PAGE.write_text(f"{before}{_BEGIN}{''.join(lines)}{_END}{after}", "utf-8")
