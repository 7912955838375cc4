"""The report of endurance: a section a test, each with the commit and the machine it was last measured on, kept in docs/endurance.md."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chassis.clock import technical_now
from tests.support.measured import where_and_when

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "endurance.md"
_HEAD = """# Endurance

The report of `make endure`: every service in a process of its own, real PostgreSQL and Kafka, facts through the public doors, figures
counted at the doors, at the simulators and from the processes' own memory. Bounds stand in `tests/endure/`; beyond them a run fails. Each
section says where and when it was last measured.
"""


@dataclass(slots=True)
class Figures:
    """What one test measured, in the order it was measured."""

    title: str
    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(self, what: str, figure: str) -> None:
        """Keep one figure, and show it at once."""
        self.rows.append((what, figure))
        print(f"          {what}: {figure}", flush=True)  # noqa: T201 - the report

    def text(self, measured: str) -> str:
        """The section that is kept."""
        return "\n".join(
            [f"## {self.title}", "", measured, "", "| what | figure |", "|---|---|", *(f"| {a} | {b} |" for a, b in self.rows), ""]
        )


class Report:
    """What is known of endurance: what this run measured in place of what was kept."""

    def __init__(self, kept: Path = KEPT) -> None:
        self._kept = kept

    @contextmanager
    def section(self, title: str) -> Iterator[Figures]:
        """Collect the figures of one test; they are kept also when it fails, which is then the first thing they say."""
        figures = Figures(title)
        print(f"\n{technical_now():%H:%M:%S} {title}", flush=True)  # noqa: T201 - the report
        try:
            yield figures
        except BaseException as error:
            figures.rows.insert(0, ("**result**", f"**failed**: {type(error).__name__}"))
            raise
        finally:
            self._keep(figures)

    def _keep(self, figures: Figures) -> None:
        measured = f"Measured on {where_and_when(beside=KEPT.name)}."
        sections = {**_sections(self._kept), figures.title: figures.text(measured)}
        self._kept.write_text("\n".join([_HEAD, *sections.values()]), "utf-8")


def _sections(kept: Path) -> Mapping[str, str]:
    """The sections of the page as it stands, by title."""
    if not kept.exists():
        return {}
    parts = re.split(r"^## ", kept.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
