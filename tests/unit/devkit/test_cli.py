"""The `hub` command explains itself, and quickly."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from devkit.cli import app
from devkit.errors import NotInstalled

COMMANDS = {
    "up",
    "demo",
    "migrate",
    "topics",
    "sandbox",
    "token",
    "verify",
    "policy",
    "journey",
    "watch",
    "doctor",
    "parked",
    "kafka",
    "keys",
}


def test_help_names_every_command() -> None:
    told = CliRunner().invoke(app, ["--help"]).stdout

    assert {command for command in COMMANDS if f" {command} " in told} == COMMANDS


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_says_what_it_does(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"])

    assert told.exit_code == 0
    assert "." in told.stdout


def test_asking_for_help_loads_neither_services_nor_drivers() -> None:
    heavy = {"services", "asyncpg", "aiokafka", "fastapi"}
    look = "import sys, devkit.cli; print(*{name.split('.')[0] for name in sys.modules})"

    loaded = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.split()

    assert heavy.isdisjoint(loaded)


def test_an_expected_error_ends_a_command_with_its_sentence_and_without_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    failing = typer.Typer(cls=app.info.cls, pretty_exceptions_enable=False)

    @failing.command()
    def start() -> None:
        raise NotInstalled("Java 17", "get java")

    @failing.command()
    def other() -> None: ...

    with pytest.raises(SystemExit) as ended:
        failing(["start"])

    assert ended.value.code == 1
    assert capsys.readouterr().err == "hub: Java 17 was not found on this machine; get it with: get java\n"
