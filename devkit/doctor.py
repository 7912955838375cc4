"""Says what this machine lacks for the hub, and the command that gets it (`hub doctor`)."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from devkit import docker, docker_images, kafka
from devkit.errors import NotInstalled

OLDEST_PYTHON = (3, 11)
# The stand-alone hub takes 0.6 GB with its PostgreSQL, a test run with Kafka on two workers 2.5 GB (measured on 2 cores).
DISK_NEEDED = 2 * 1024**3
MEMORY_NEEDED = 3 * 1024**3
# The sandbox, the four services, and Kafka where `hub kafka up` puts it.
PORTS = (8100, 8101, 8102, 8103, 8104, kafka.PORT)

GET_GO = "apt-get install golang-go   (or: make system-deps)"
_ENGINE_TIMEOUT_S = 15


class State(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    WARNING = "warning"  # works, or will once something else is stopped
    MISSING = "missing"  # what `needed_for` names does not work here


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: State
    told: str
    needed_for: str
    command: str | None = None


def examine(home: Path, ports: Iterable[int] = PORTS) -> list[Finding]:
    """Everything a stranger's machine may lack; nothing is changed by looking."""
    return [
        python(),
        java(),
        maven(),
        docker_engine(),
        image_builder(),
        go(),
        disk(home),
        memory(),
        *(port(number) for number in ports),
        hub_home(home),
    ]


def for_tests() -> list[Finding]:
    """What `make test` needs beyond Python, so that it can name what it leaves out before it starts."""
    return [java(), maven(), docker_engine(), image_builder(), go(), memory()]


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """The interpreter we run in."""
    told = ".".join(map(str, version))
    old = version[:2] < OLDEST_PYTHON
    return Finding(
        "Python 3.11 or later",
        State.MISSING if old else State.FINE,
        told,
        "everything",
        "apt-get install python3.11 python3.11-venv, then: make PYTHON=python3.11 ..." if old else None,
    )


def java() -> Finding:
    """A Java that runs Kafka 4."""
    what, needed_for = f"Java {kafka.OLDEST_JAVA} or later", "Kafka without Docker: hub kafka up, half of make test"
    try:
        return Finding(what, State.FINE, str(kafka.find_java()), needed_for)
    except NotInstalled as missing:
        return Finding(what, State.MISSING, "not found", needed_for, missing.command)


def maven() -> Finding:
    """Maven, or the jars that it would fetch."""
    needed_for = "fetching Kafka's jars, once"
    if (jars := kafka.cache_folder() / f"kafka-{kafka.VERSION}").exists():
        return Finding("Kafka's jars", State.FINE, str(jars), needed_for)
    if (found := shutil.which("mvn")) is not None:
        return Finding("Maven", State.FINE, f"{found}; fetches 54 MB at the first start of Kafka", needed_for)
    return Finding("Maven", State.MISSING, "not found", needed_for, kafka.GET_JAVA)


def docker_engine() -> Finding:
    """A Docker engine that answers, or one that root may start."""
    what, needed_for = "Docker engine", "docker-compose.yml and its test"
    if (client := shutil.which("docker")) is not None:
        try:
            asked = subprocess.run(
                [client, "info", "--format", "{{.ServerVersion}}"], capture_output=True, text=True, timeout=_ENGINE_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            return Finding(what, State.MISSING, f"does not answer within {_ENGINE_TIMEOUT_S} s", needed_for, "systemctl restart docker")
        if asked.returncode == 0 and asked.stdout.strip():
            return Finding(what, State.FINE, f"{asked.stdout.strip()} answers", needed_for)
    if (engine := shutil.which("dockerd")) is not None and os.geteuid() == 0:
        return Finding(what, State.FINE, f"{engine} is installed; the test starts one of its own", needed_for)
    told = "only the client is here" if client else "not found"
    return Finding(what, State.MISSING, told, needed_for, docker.GET_ENGINE)


def image_builder() -> Finding:
    """What builds the images of the stack's test, unless variables name public ones."""
    what, needed_for = "Docker images", "the test of docker-compose.yml without a registry"
    if (missing := docker_images.lacking()) is None:
        return Finding(what, State.FINE, "can be built here, or are named", needed_for)
    return Finding(what, State.MISSING, "debootstrap not found", needed_for, missing.command)


def go() -> Finding:
    """A Go compiler, for the one test whose other side is written in it."""
    what, needed_for = "Go", "the check of our evidence log by Go's own log code (tests/interop)"
    if (found := shutil.which("go")) is not None:
        return Finding(what, State.FINE, found, needed_for)
    return Finding(what, State.MISSING, "not found", needed_for, GET_GO)


def disk(home: Path, needed: int = DISK_NEEDED) -> Finding:
    """Room where the hub keeps its state."""
    folder = next(place for place in (home, *home.resolve().parents) if place.exists())
    free = shutil.disk_usage(folder).free
    short = free < needed
    return Finding(
        "disk space",
        State.MISSING if short else State.FINE,
        f"{_gigabytes(free)} free at {folder}, {_gigabytes(needed)} needed",
        "the databases and Kafka's log",
        "make room, or set HUB_HOME to a folder on another disk" if short else None,
    )


def memory(needed: int = MEMORY_NEEDED) -> Finding:
    """Memory that is free now."""
    free = psutil.virtual_memory().available
    short = free < needed
    return Finding(
        "memory",
        State.WARNING if short else State.FINE,
        f"{_gigabytes(free)} free, {_gigabytes(needed)} wanted",
        "make test with Kafka on two workers; make demo takes a quarter of it",
        "stop something large first" if short else None,
    )


def port(number: int) -> Finding:
    """A port that the hub would listen on; a running hub holds its own."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return Finding(
                f"port {number}",
                State.WARNING,
                "taken; fine when a hub of yours is up",
                "make up, hub kafka up",
                f"ss -ltnp 'sport = :{number}'",
            )
    return Finding(f"port {number}", State.FINE, "free", "make up, hub kafka up")


def hub_home(home: Path) -> Finding:
    """The state folder: not there yet, or with keys that only its owner can read."""
    what, needed_for = "state folder", "the hub's databases and keys"
    keys = home / "keys"
    if not home.exists():
        return Finding(what, State.FINE, f"{home} is made at the first start", needed_for)
    if not os.access(home, os.W_OK):
        return Finding(what, State.MISSING, f"{home} is not ours to write", needed_for, f"chown -R $USER {home}")
    if keys.exists() and stat.S_IMODE(keys.stat().st_mode) & 0o077:
        return Finding(what, State.WARNING, f"others can look into {keys}", needed_for, f"chmod 700 {keys}")
    return Finding(what, State.FINE, str(home), needed_for)


def show(findings: Sequence[Finding], console: Console) -> bool:
    """Print the findings, what is missing last and with its command; True when nothing is missing."""
    colours = {State.FINE: "green", State.WARNING: "yellow", State.MISSING: "red"}
    table = Table(box=None, pad_edge=False)
    for heading in ("what", "state", "seen"):
        table.add_column(heading, no_wrap=heading != "seen")
    for finding in findings:
        table.add_row(finding.what, f"[{colours[finding.state]}]{finding.state}[/]", finding.told)
    console.print(table)
    for finding in findings:
        if finding.command is not None:
            console.print(f"\n{finding.what} - needed for: {finding.needed_for}\n    {finding.command}", markup=False, highlight=False)
    return all(finding.state is not State.MISSING for finding in findings)


def _gigabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB"


if __name__ == "__main__":
    sys.exit(0 if show(examine(Path(os.environ.get("HUB_HOME", ".hub"))), Console()) else 1)
