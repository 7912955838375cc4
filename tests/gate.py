"""The gates, step by step with their names and times: `python -m tests.gate check|test|endure`."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from devkit import doctor
from devkit.doctor import Finding, State
from tests.support import figures

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


# What attacks on the guarantees found in this run, for docs/guarantees.md.
FIGURES = ROOT / "build" / "figures.json"
# Need no server and no socket.
QUICK = ("tests/unit", "tests/architecture", "tests/contracts", "tests/property")
# Figures, not tests: `make endure` runs them. What lies in tests/bench only shows that the rivals of `make bench` work.
_NOT_HERE = {"tests/support", "tests/endure"}
# Minutes on one worker: it begins first, or everything would wait for it at the end.
_LONGEST = "tests/e2e/scenarios/test_scenario_01_burst.py"


@dataclass(frozen=True, slots=True)
class Step:
    """One command that must succeed."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step."""

    step: Step
    ok: bool
    seconds: float


Run = Callable[[Step], bool]


def pytest_step(name: str, folders: Sequence[str], *options: str) -> Step:
    """The tests in those of these folders and files that hold any."""
    there = [folder for folder in folders if (ROOT / folder).is_file() or any((ROOT / folder).rglob("test_*.py"))]
    return Step(name, (sys.executable, "-m", "pytest", *there, *options))


def check() -> list[Step]:
    """What every commit must pass: under a minute with warm caches, no server needed."""
    return [
        Step("ruff check", (str(BIN / "ruff"), "check", ".")),
        Step("ruff format", (str(BIN / "ruff"), "format", "--check", ".")),
        Step("mypy --strict", (str(BIN / "mypy"),)),
        Step("import rules", (str(BIN / "lint-imports"), "--no-logo")),
        pytest_step(
            "unit, architecture, contracts, properties",
            QUICK,
            *("-n", "2", "--dist", "worksteal"),
        ),
    ]


def everything(*, with_docker: bool) -> list[Step]:
    """What a contributor must pass: `check`, and everything that runs against real servers."""
    folders = {f"tests/{folder.name}" for folder in (ROOT / "tests").iterdir() if folder.is_dir()}
    real = sorted(folders - {*QUICK} - _NOT_HERE)
    return [
        *check(),
        pytest_step(
            "real PostgreSQL and Kafka",
            [_LONGEST, *real],
            *("-m", "not docker and not endure", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "10"),
        ),
        *(in_docker() if with_docker else []),
    ]


def in_docker() -> list[Step]:
    """What runs in containers; their images are built in a step of its own, which shows what it does (minutes, the first time)."""
    return [
        Step("images for Docker", (sys.executable, "-m", "devkit.docker_images")),
        pytest_step("real Docker", ["tests"], "-m", "docker", "--durations", "5"),
    ]


def endure() -> list[Step]:
    """The long figures."""
    return [pytest_step("endurance", ["tests"], "-m", "endure", "-s", "--timeout", "3600")]


def name_what_is_missing(findings: Sequence[Finding], *, ci: bool, console: Console) -> bool:
    """Say what this machine lacks and what that leaves out; False when nothing may be left out (CI=true)."""
    missing = [finding for finding in findings if finding.state is State.MISSING]
    if not missing:
        console.print("Nothing is missing on this machine; nothing is left out.")
        return True
    for finding in missing:
        verdict = "CI=true, so this is a failure" if ci else "left out"
        console.print(
            f"{finding.what}: {finding.told}. Needed for {finding.needed_for}: {verdict}.\n    get it with: {finding.command}", markup=False
        )
    return not ci


def run_all(steps: Sequence[Step], run: Run, console: Console) -> list[Outcome]:
    """Run every step, also after one that failed, so that one run shows everything."""
    outcomes = []
    for number, step in enumerate(steps, 1):
        console.rule(f"{number}/{len(steps)} {step.name}", align="left")
        started = time.monotonic()
        ok = run(step)
        outcomes.append(Outcome(step, ok, time.monotonic() - started))
    return outcomes


def summarise(what: str, outcomes: Sequence[Outcome], console: Console) -> bool:
    """Print each step's result and the verdict on the last line."""
    console.rule(f"make {what}", align="left")
    for outcome in outcomes:
        console.print(f"  {'ok    ' if outcome.ok else 'FAILED'} {outcome.seconds:7.1f} s  {outcome.step.name}")
    failed = [outcome.step.name for outcome in outcomes if not outcome.ok]
    total = sum(outcome.seconds for outcome in outcomes)
    console.print(f"FAIL in {total:.0f} s: {', '.join(failed)}" if failed else f"PASS in {total:.0f} s", style="red" if failed else "green")
    return not failed


def _run(step: Step) -> bool:
    sys.stdout.flush()
    return subprocess.run(step.command, cwd=ROOT, check=False).returncode == 0


def main(what: str) -> int:
    """Run a gate; the exit code says whether it was passed."""
    console = Console(highlight=False, soft_wrap=True)
    match what:
        case "check":
            steps = check()
        case "endure":
            steps = endure()
        case _:
            findings = doctor.for_tests()
            if not name_what_is_missing(findings, ci=os.environ.get("CI", "").lower() == "true", console=console):
                return 1
            missing = {finding.what for finding in findings if finding.state is State.MISSING}
            steps = everything(with_docker=missing.isdisjoint({"Docker engine", "Docker images"}))
            FIGURES.unlink(missing_ok=True)
            os.environ[figures.KEPT_IN] = str(FIGURES)
    passed = summarise(what, run_all(steps, _run, console), console)
    if passed and what == "test":
        figures.write(FIGURES)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
