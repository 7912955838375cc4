"""The report of one endurance run: printed at its end, and kept in docs/endurance.md with the commit it was run on."""

import os
import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from chassis.clock import technical_now

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "endurance.md"


class Figures:
    """What was measured, in the order it was measured."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str]] = []

    def add(self, what: str, figure: str) -> None:
        """Keep one figure."""
        self._rows.append((what, figure))

    def text(self) -> str:
        """The page that is kept."""
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        machine = f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 1024**3:.0f} GB, Python {platform.python_version()}"
        return "\n".join(
            [
                "# Endurance",
                "",
                "The printed report of the last `make endure`: every service in a process of its own, embedded PostgreSQL, facts through",
                "the public doors. Bounds stand in `tests/endure/`; beyond them the run fails.",
                "",
                f"Run on {technical_now():%Y-%m-%d %H:%M} UTC at commit {commit}{' with changes' if changed else ''}; {machine}.",
                "",
                "| what | figure |",
                "|---|---|",
                *(f"| {what} | {figure} |" for what, figure in self._rows),
                "",
            ]
        )

    def __bool__(self) -> bool:
        return bool(self._rows)


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Collect figures; print and keep them at the end."""
    found = Figures()
    yield found
    if found:
        text = found.text()
        KEPT.write_text(text, "utf-8")
        print(f"\n{text}\n(kept in {KEPT.relative_to(ROOT)})")  # noqa: T201 - the report
