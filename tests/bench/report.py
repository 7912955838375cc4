"""The page a run leaves behind: ratios against the targets first, then the figures they are made of."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.measuring import FAST_PER_S, IDLE_S, TRICKLE_PER_S, Found, Rounds
from tests.support.measured import where_and_when

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "performance.md"
# What a person wrote.
_HOW = Path(__file__).with_name("how_it_is_measured.md")
_LEFT = Path(__file__).with_name("what_is_left.md")
# Above this the machine was not ours, and no absolute figure says much.
_QUIET = 0.25


@dataclass(frozen=True, slots=True)
class Ratio:
    """One target of issue A3."""

    what: str
    value: float
    bound: float
    at_least: bool
    unit: str = "x"

    @property
    def row(self) -> str:
        """As a row of the table."""
        held = self.value >= self.bound if self.at_least else self.value <= self.bound
        sign = "at least" if self.at_least else "at most"
        return (
            f"| {self.what} | {_short(self.value)}{self.unit} | {sign} {_short(self.bound)}{self.unit} | {'yes' if held else 'not yet'} |"
        )


def ratios(found: Rounds) -> Sequence[Ratio]:
    """The targets, with what this run gives."""
    hub, bare, idiomatic = found["hub"], found["bare"], found["idiomatic"]
    return (
        Ratio("journeys/s against `bare`", median(hub.rates) / median(bare.rates), 0.15, at_least=True),
        Ratio("journeys/s against `idiomatic`", median(hub.rates) / median(idiomatic.rates), 15, at_least=True),
        Ratio("CPU per 1,000 under load against `bare`", median(hub.cpu) / median(bare.cpu), 6, at_least=False),
        Ratio(f"p95 at {FAST_PER_S:.0f} posts/s against `idiomatic`", median(hub.p95) / median(idiomatic.p95), 0.25, at_least=False),
        Ratio(
            f"CPU an event at {TRICKLE_PER_S:.0f} posts/s against `idiomatic`",
            median(hub.trickle) / median(idiomatic.trickle),
            1,
            at_least=False,
        ),
        Ratio("idle: all services and their PostgreSQL backends", median(hub.idle), 5, at_least=False, unit=" % of a core"),
    )


def page(found: Rounds, *, quick: bool) -> str:
    """The whole page."""
    lines = [
        "# Performance: one journey, three ways of building it",
        "",
        *_HEAD,
        "",
        f"Run on {where_and_when()}.{' A quick run.' if quick else ''}",
    ]
    if (foreign := max(median(one.foreign) for one in found.values())) > _QUIET:
        lines += [
            "",
            f"**The machine was not quiet:** others kept up to {foreign:.1f} of {os.cpu_count()} cores busy; CPU ratios say most, then.",
        ]
    if {"hub", "bare", "idiomatic"} <= found.keys():
        lines += [
            "",
            "## Against the targets",
            "",
            "| ratio | here | target | holds |",
            "|---|---|---|---|",
            *(one.row for one in ratios(found)),
        ]
    lines += ["", "## Figures", "", f"| median (lowest to highest of the runs) | {' | '.join(found)} |", "|---|" + "---|" * len(found)]
    lines += [f"| {title} | {' | '.join(_spread(getattr(one, name)) for one in found.values())} |" for name, title in _ROWS]
    return "\n".join([*lines, "", _HOW.read_text("utf-8").rstrip(), "", _LEFT.read_text("utf-8").rstrip(), ""])


_HEAD = (
    "Written by `make bench`, except for the last section. A fact posted -> feed (fact and outbox) -> Kafka -> registration (inbox,",
    "decision, registration, outbox) -> Kafka -> notifications (inbox, notice, evidence). In the hub: contract in -> registered -> notice",
    "frozen, intent committed, for people whose residence and participation are known. Absolute figures hold for this machine; the ratios",
    "are the result.",
)
_ROWS = (
    ("rates", "journeys/s in a burst"),
    ("cpu", "CPU-s per 1,000 in a burst, services and PostgreSQL"),
    ("postgres", "of it PostgreSQL"),
    ("kafka", "beside it Kafka"),
    ("memory", "resident memory of the service processes, MB"),
    ("p50", f"post to notice at {FAST_PER_S:.0f}/s, p50 ms"),
    ("p95", f"post to notice at {FAST_PER_S:.0f}/s, p95 ms"),
    ("trickle", f"CPU an event at {TRICKLE_PER_S:.0f}/s, ms"),
    ("idle", f"idle over {IDLE_S:.0f} s, % of a core"),
    ("foreign", "cores that others kept busy during the bursts"),
)


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "-"
    if len(values) == 1:
        return _short(values[0])
    return f"{_short(median(values))} ({_short(min(values))} to {_short(max(values))})"


def _short(value: float) -> str:
    """Three digits that matter."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def keep(found: dict[str, Found], file: Path, *, quick: bool) -> str:
    """Write the page; it is returned, too."""
    text = page(found, quick=quick)
    file.write_text(text, "utf-8")
    return text
