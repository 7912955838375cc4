"""`hub doctor` looks at the ports of this machine."""

import socket
from pathlib import Path

from devkit import doctor, processes
from devkit.doctor import State


def test_a_free_port_is_fine() -> None:
    assert doctor.port(processes.free_port()).state is State.FINE


def test_a_port_that_someone_listens_on_is_a_warning_with_the_command_that_shows_who() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]

        finding = doctor.port(number)

    assert finding.state is State.WARNING
    assert finding.command == f"ss -ltnp 'sport = :{number}'"


def test_an_examination_looks_at_everything_and_changes_nothing(tmp_path: Path) -> None:
    findings = doctor.examine(tmp_path / "hub", ports=[processes.free_port()])

    assert len(findings) == 10
    assert not (tmp_path / "hub").exists()
