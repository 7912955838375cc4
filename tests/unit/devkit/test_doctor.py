"""`hub doctor` names what is missing and the command that gets it."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from devkit import doctor
from devkit.doctor import Finding, State


def test_a_python_that_is_too_old_is_missing() -> None:
    finding = doctor.python((3, 10, 4))

    assert (finding.state, finding.told) == (State.MISSING, "3.10.4")
    assert finding.command is not None


def test_the_python_that_runs_this_is_fine() -> None:
    assert doctor.python().state is State.FINE


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with nothing on its path and nothing fetched."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("bare_machine")
def test_on_a_bare_machine_each_missing_thing_comes_with_its_command() -> None:
    findings = [doctor.java(), doctor.maven(), doctor.docker_engine(), doctor.image_builder(), doctor.go()]

    assert [finding.state for finding in findings] == [State.MISSING] * 5
    assert all("make system-deps" in (finding.command or "") for finding in findings)


def test_too_little_room_is_missing_and_says_where(tmp_path: Path) -> None:
    finding = doctor.disk(tmp_path / "not" / "yet", needed=1 << 60)

    assert finding.state is State.MISSING
    assert str(tmp_path) in finding.told
    assert "HUB_HOME" in (finding.command or "")


def test_too_little_memory_is_a_warning() -> None:
    assert doctor.memory(needed=1 << 60).state is State.WARNING


def test_a_state_folder_that_is_not_there_yet_is_fine(tmp_path: Path) -> None:
    assert doctor.hub_home(tmp_path / "hub").state is State.FINE


def test_keys_that_others_can_read_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)

    finding = doctor.hub_home(tmp_path)

    assert (finding.state, finding.command) == (State.WARNING, f"chmod 700 {tmp_path / 'keys'}")


def test_keys_that_only_we_can_read_are_fine(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)

    assert doctor.hub_home(tmp_path).state is State.FINE


@pytest.mark.parametrize(("state", "all_there"), [(State.FINE, True), (State.WARNING, True), (State.MISSING, False)])
def test_only_what_is_missing_makes_the_answer_no(state: State, *, all_there: bool) -> None:
    page = io.StringIO()

    assert doctor.show([Finding("Java", state, "not found", "Kafka", "get java")], Console(file=page)) is all_there
    assert "Java - needed for: Kafka\n    get java" in page.getvalue()
