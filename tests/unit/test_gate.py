"""The gates run every step, say what is left out, and end with one clear verdict."""

import io

import pytest
from rich.console import Console

from devkit.doctor import Finding, State
from tests import gate
from tests.gate import Outcome, Step

FINE = Step("fine", ("true",))
BROKEN = Step("broken", ("false",))
NO_JAVA = Finding("Java", State.MISSING, "not found", "Kafka", "get java")


@pytest.fixture
def page() -> Console:
    """What a contributor reads."""
    return Console(file=io.StringIO(), width=200)


def _read(page: Console) -> str:
    assert isinstance(page.file, io.StringIO)
    return page.file.getvalue()


def test_a_step_that_fails_does_not_keep_the_next_from_running(page: Console) -> None:
    outcomes = gate.run_all([BROKEN, FINE], lambda step: step is FINE, page)

    assert [(outcome.step.name, outcome.ok) for outcome in outcomes] == [("broken", False), ("fine", True)]
    assert "1/2 broken" in _read(page)
    assert "2/2 fine" in _read(page)


def test_all_steps_passed_is_a_pass(page: Console) -> None:
    assert gate.summarise("check", [Outcome(FINE, ok=True, seconds=1.5)], page)
    assert _read(page).splitlines()[-1] == "PASS in 2 s"


def test_one_step_failed_is_a_fail_that_names_it_on_the_last_line(page: Console) -> None:
    assert not gate.summarise("check", [Outcome(BROKEN, ok=False, seconds=1), Outcome(FINE, ok=True, seconds=1)], page)
    assert _read(page).splitlines()[-1] == "FAIL in 2 s: broken"


def test_what_is_missing_is_named_with_its_command_and_left_out(page: Console) -> None:
    assert gate.name_what_is_missing([NO_JAVA], ci=False, console=page)
    assert "Java: not found. Needed for Kafka: left out." in _read(page)
    assert "get it with: get java" in _read(page)


def test_in_ci_nothing_may_be_left_out(page: Console) -> None:
    assert not gate.name_what_is_missing([NO_JAVA], ci=True, console=page)


def test_a_warning_leaves_nothing_out(page: Console) -> None:
    warning = Finding("memory", State.WARNING, "1 GB free", "Kafka", "stop something")

    assert gate.name_what_is_missing([warning], ci=True, console=page)


def test_without_an_engine_there_is_no_docker_step() -> None:
    with_engine = {step.name for step in gate.everything(with_docker=True)}
    without = {step.name for step in gate.everything(with_docker=False)}

    assert with_engine - without == {"images for Docker", "real Docker"}


def test_everything_begins_with_check() -> None:
    assert gate.everything(with_docker=True)[: len(gate.check())] == gate.check()


def test_no_folder_of_tests_is_forgotten() -> None:
    run = {word for step in gate.everything(with_docker=False) for word in step.command if word.startswith("tests/")}
    there = {f"tests/{file.relative_to(gate.ROOT / 'tests').parts[0]}" for file in (gate.ROOT / "tests").rglob("*/test_*.py")}

    assert there - run <= {"tests/bench", "tests/endure"}
