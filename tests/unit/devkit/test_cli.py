"""The command line: help that reads well, errors that say what to do, and nothing personal in what it prints."""

import io
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from rich.console import Console
from typer.testing import CliRunner

from chassis.bus.port import Record
from contracts.codes import PersonChangeKind
from contracts.identifiers import PersonId
from contracts.persons import PersonChanged
from contracts.sealed import Sealed
from devkit import migrate, parked, pasting, watch
from devkit.cli import app
from devkit.errors import AlreadyUp, NotGiven
from devkit.evidence import changed_one_byte
from devkit.examples import curls
from devkit.home import PORTS, Addresses, Home
from devkit.journey import Journey, Step, render
from devkit.progress import Progress
from devkit.sandbox.inner import InnerDoors, parse_metrics

RUN = CliRunner()
PERSON = PersonId(UUID("657301f4-dfc2-418a-843e-bd4fb42902cf"))
BOX = "c2VhbGVk" * 8
AT = datetime(2026, 3, 2, 7, tzinfo=UTC)
COMMANDS = (
    "up",
    "demo",
    "migrate",
    "topics",
    "keys",
    "sandbox",
    "token",
    "verify",
    "policy",
    "journey",
    "watch",
    "parked",
    "switch",
    "doctor",
    "kafka",
)


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("HUB_BUS", "HUB_KEYS", "HUB_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    return Home(tmp_path)


def printed(show: Any, *what: Any) -> str:
    out = io.StringIO()
    show(*what, Console(file=out, width=200, highlight=False))
    return out.getvalue()


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    said = RUN.invoke(app, [command, "--help"])
    assert said.exit_code == 0
    assert command in RUN.invoke(app, ["--help"]).output


def test_a_command_that_needs_a_hub_says_how_to_start_one() -> None:
    said = RUN.invoke(app, ["watch"])
    assert said.exit_code == 1
    assert "start one with: hub up" in said.output


def test_a_hub_that_was_killed_is_not_taken_for_one_that_runs(at_home: Home) -> None:
    at_home.make()
    at_home.remember(Addresses.local(dict.fromkeys(PORTS, 1)), "postgresql://somewhere")
    assert (at_home.bus(), at_home.addresses().sandbox) == ("postgresql://somewhere", "http://127.0.0.1:1")

    left = json.loads((at_home.keys / "running.json").read_text()) | {"pid": 2**22 + 1}  # above the largest process id of Linux
    (at_home.keys / "running.json").write_text(json.dumps(left))
    assert (at_home.bus(), at_home.addresses()) == (None, Addresses.local(PORTS))


def test_a_token_of_an_unknown_client_names_those_there_are() -> None:
    said = RUN.invoke(app, ["token", "nobody"])
    assert said.exit_code == 2
    assert "operator1" in said.output


def test_keys_are_made_once_and_rotated(at_home: Home) -> None:
    assert RUN.invoke(app, ["keys"]).exit_code == 0
    first = {path.name: path.read_bytes() for path in at_home.keys.iterdir() if path.is_file()}
    assert RUN.invoke(app, ["keys", "create"]).exit_code == 0
    assert {path.name: path.read_bytes() for path in at_home.keys.iterdir() if path.is_file()} == first
    before = RUN.invoke(app, ["policy"]).output
    assert RUN.invoke(app, ["keys", "rotate", "log"]).exit_code == 0
    assert before.splitlines()[0] in RUN.invoke(app, ["policy"]).output.splitlines()


def test_the_log_bears_the_name_that_its_operator_gave_it(at_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LOG_ORIGIN", "log.agency.example/notices/2027")
    assert RUN.invoke(app, ["keys"]).exit_code == 0
    assert (at_home.keys / "log.vkey").read_text().startswith("log.agency.example/notices/2027+")


def test_production_keys_come_without_an_issuer(at_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_MODE", "production")
    assert "for production" in RUN.invoke(app, ["keys"]).output
    assert not (at_home.keys / "issuer.jwk.json").exists()


def test_verify_ends_with_the_verifiers_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "bundle").write_bytes(b"no bundle")
    assert RUN.invoke(app, ["verify", str(tmp_path / "bundle")]).exit_code == 3
    assert RUN.invoke(app, ["verify", str(tmp_path / "nothing"), "--policy", str(tmp_path / "bundle")]).exit_code == 3


def test_migration_addresses_come_all_or_none() -> None:
    assert migrate.from_environment({}) == {}
    with pytest.raises(NotGiven, match="HUB_MIGRATION_VAULT"):
        migrate.from_environment({"HUB_MIGRATION_BUS": "postgresql://x"})


def test_a_second_hub_in_one_folder_is_refused_before_it_touches_anything(at_home: Home) -> None:
    at_home.make()
    at_home.refuse_a_second()
    at_home.remember(Addresses.local(PORTS), "postgresql://somewhere")
    with pytest.raises(AlreadyUp, match=f"process {os.getpid()}"):
        at_home.refuse_a_second()


def test_a_process_that_got_the_number_of_a_killed_hub_is_no_hub(at_home: Home) -> None:
    at_home.make()
    at_home.remember(Addresses.local(PORTS), "postgresql://somewhere")
    left = json.loads((at_home.keys / "running.json").read_text())
    (at_home.keys / "running.json").write_text(json.dumps(left | {"began": left["began"] - 60}))
    assert at_home.runner() is None


def test_commands_to_paste_find_hub_and_home_here_and_elsewhere(at_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Path(sys.executable).with_name("hub")
    monkeypatch.chdir(program.parent.parent)
    monkeypatch.setenv("PATH", "/nowhere")
    assert pasting.here(at_home, "up") == f"{program.parent.name}/hub up"
    assert pasting.here(Home(program.parent.parent / "an other"), "up") == f"{program.parent.name}/hub up --home 'an other'"
    monkeypatch.setenv("PATH", str(program.parent))
    assert pasting.here(at_home, "up") == "hub up"
    assert pasting.elsewhere(at_home) == f'export PATH={program.parent}:"$PATH" HUB_HOME={at_home.folder}'


def test_off_a_terminal_progress_is_a_line_a_week() -> None:
    assert printed(_live_through_a_fortnight).splitlines() == [
        "it is Sunday 1 March 2026",
        "it is Monday 2 March 2026",
        "it is Monday 9 March 2026",
    ]


def _live_through_a_fortnight(console: Console) -> None:
    with Progress(console) as progress:
        for day in range(1, 15):
            progress.day(date(2026, 3, day))


def test_there_is_a_request_to_paste_for_every_service() -> None:
    pasted = [one for one in curls(Addresses.local(PORTS), date(2026, 3, 2)) if "curl" in one]
    assert all(any(f":{port}/" in curl for curl in pasted) for name, port in PORTS.items() if name != "sandbox")
    assert all("$(hub token " in curl for curl in pasted)


def test_watch_shows_codes_and_a_shortened_person_only() -> None:
    sealed: Sealed[Any] = Sealed.from_wire({"key": f"{PERSON}:dossier", "box": BOX})
    event = PersonChanged(person_id=PERSON, kind=PersonChangeKind.RESIDENCE, changed_on=date(2026, 3, 2), version=3, person=sealed)
    shown = watch.describe_event(event, AT)
    assert "persons.changed" in shown
    assert "657301f4 " in shown
    assert "v3" in shown
    assert "kind=residence" in shown
    assert str(PERSON) not in shown
    assert BOX not in shown


def test_a_record_that_cannot_be_read_is_shown_as_such_without_its_content() -> None:
    shown = watch.line(Record("vdab.registration.v1", 0, 0, b"key", b'{"ssin": "91641290131"', (), AT))
    assert "unreadable" in shown
    assert "91641290131" not in shown


def test_watchers_take_places_of_their_own(tmp_path: Path) -> None:
    with watch.slot(tmp_path) as first, watch.slot(tmp_path) as second:
        assert first != second


def test_gauges_are_read_from_prometheus_text() -> None:
    found = parse_metrics('# HELP x y\nhub_bus_lag_records{service="registration"} 12.0\nprocess_cpu 3\n')
    assert watch.describe("registration", found) == "registration lag 12 outbox 0"


def test_nothing_parked_is_said_in_words() -> None:
    assert printed(parked.render, []) == "Nothing is parked.\n"


def test_parked_records_are_listed_with_cause_and_what_to_do() -> None:
    record: Mapping[str, Any] = {
        "id": str(uuid4()),
        "cause": "failed",
        "eventType": "be.vdab.registration.v1.registrations.notify.registered",
        "topic": "vdab.registration.v1",
        "personId": "657301f4",
        "parkedAt": "2026-03-02T07:00:00Z",
    }
    shown = printed(parked.render, [(InnerDoors("notifications", None), record)])  # type: ignore[arg-type]
    assert "registrations.notify.registered" in shown
    assert "hub parked redrive ID" in shown
    assert "redrive" in parked.advice(record)


def test_a_journey_is_told_in_codes_and_full_ids_to_look_further_with() -> None:
    registration = str(uuid4())
    steps = [
        Step(AT, "registration", "registrationDecided", {"registrationId": registration, "rule": "N13", "reasons": ["contractSigned"]})
    ]
    shown = printed(render, Journey(PERSON, steps))
    assert "2026-03-02" in shown
    assert "08:00:00.000" in shown
    assert "rule=N13 reasons=contractSigned" in shown
    assert registration in shown
    assert str(PERSON) not in shown


def test_one_changed_byte_is_one_byte() -> None:
    changed = changed_one_byte(b"abcdef")
    assert sum(a != b for a, b in zip(b"abcdef", changed, strict=True)) == 1
