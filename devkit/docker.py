"""Finds a Docker engine that answers, or runs one of our own for as long as it is needed."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from devkit import processes
from devkit.errors import CommandFailed, DidNotStart, NotInstalled
from devkit.kafka import cache_folder

GET_ENGINE = "apt-get install docker.io docker-compose iptables   (or: make system-deps)"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Engine:
    """A Docker engine and how to talk to it."""

    host: str | None

    def docker(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run the Docker client to its end; returns what it said.

        Raises:
            CommandFailed: the command ended with an error; the message holds the end of its output.
        """
        return _said(["docker", *arguments], self._environment(env))

    def compose(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run Compose, version 2 where the client has it, else the older program.

        Raises:
            CommandFailed: as for `docker`.
        """
        return _said([*_compose(), *arguments], self._environment(env))

    def _environment(self, env: Mapping[str, str] | None) -> dict[str, str]:
        # The classic builder is in every engine; BuildKit needs a plug-in that Debian's packages lack.
        chosen = {**os.environ, **(env or {}), "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0", "COMPOSE_BAKE": "false"}
        return chosen if self.host is None else {**chosen, "DOCKER_HOST": self.host}


@contextmanager
def engine(say: Callable[[str], None] = typer.echo) -> Iterator[Engine]:
    """Give the engine this machine already has, else one of our own that stops at the end; its images are kept for the next time.

    Raises:
        NotInstalled: no engine answers and none can be started here; the message holds the command that gets one.
        DidNotStart: our own engine did not answer; the message holds the end of its log.
    """
    if shutil.which("docker") is None:
        raise NotInstalled("The Docker client", GET_ENGINE)
    _compose()
    if _answers(there := Engine(None)):
        yield there
        return
    program = shutil.which("dockerd")
    if program is None:
        raise NotInstalled("A Docker engine", GET_ENGINE)
    if os.geteuid() != 0:
        raise NotInstalled("A running Docker engine", "sudo systemctl start docker")
    with _own_engine(program, say) as own:
        yield own


@contextmanager
def _own_engine(program: str, say: Callable[[str], None]) -> Iterator[Engine]:
    """Run an engine whose data nobody else uses, one at a time on this machine; it ends with us, even by `kill -9`."""
    data = cache_folder() / "docker"
    data.mkdir(parents=True, exist_ok=True)
    with (cache_folder() / "docker.lock").open("w") as lock, tempfile.TemporaryDirectory(prefix="hub-docker-") as passing:
        fcntl.flock(lock, fcntl.LOCK_EX)
        say("starting a Docker engine of our own")
        sockets, log = Path(passing), data.parent / "docker.log"  # socket addresses must be short (unix(7): 108 bytes)
        own = Engine(f"unix://{sockets}/docker.sock")
        places = ["--data-root", str(data), "--exec-root", str(sockets / "exec"), "--pidfile", str(sockets / "docker.pid")]
        bound = processes.ending_with_us(signal.SIGTERM)
        pid = processes.spawn([*bound, program, "--host", str(own.host), *places], log, os.environ, folder=sockets)
        try:
            _await_answer(own, pid, log)
            # What a killed run left behind, and images that a newer build replaced.
            for kind in ("container", "volume", "network", "image"):
                own.docker(kind, "prune", "--force")
            yield own
        finally:
            processes.end(pid, signal.SIGTERM, "the Docker engine", STOP_TIMEOUT_S)


def _await_answer(own: Engine, pid: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and processes.runs(pid):
        if _answers(own):
            return
        time.sleep(0.1)
    raise DidNotStart("the Docker engine", log, processes.last_lines(log))


def _answers(engine_: Engine) -> bool:
    try:
        return bool(engine_.docker("info", "--format", "{{.ServerVersion}}").strip())
    except CommandFailed:
        return False


def _compose() -> Sequence[str]:
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        return ("docker", "compose")
    if (older := shutil.which("docker-compose")) is not None:
        return (older,)
    raise NotInstalled("Docker Compose", GET_ENGINE)


def _said(command: Sequence[str], env: Mapping[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode != 0:
        raise CommandFailed(command, done.stdout + done.stderr)
    return done.stdout
