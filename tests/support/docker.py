"""The compose stack on a real engine, under a name and on ports of its own, gone afterwards without a trace."""

import json
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devkit import docker_images, processes
from devkit.docker import Engine, engine
from devkit.errors import DevkitError, NotInstalled
from tests.support.available import leave_out

ROOT = Path(__file__).parent.parent.parent
PORTS = {  # as inside
    "sandbox": 8100,
    "education-feed": 8104,
    "integration-feed": 8101,
    "registration": 8102,
    "notifications": 8103,
    "kafka": 9094,
}
ONE_SHOTS = frozenset({"databases", "migrate", "topics", "keys"})
ENDED = ("exited", "restarting", "dead")
HEALTHY_TIMEOUT_S = 180.0
PROJECT_LABEL = "label=com.docker.compose.project={}"


class Unhealthy(DevkitError):
    """The stack did not come up; the message holds what its containers said."""


class LeftBehind(DevkitError):
    """Something of a stack is still there after `down`."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running compose project."""

    engine: Engine
    project: str
    env: dict[str, str]

    def url(self, service: str) -> str:
        """The address of a service from this machine."""
        return f"http://127.0.0.1:{self.env[_port_variable(service)]}"

    def run(self, service: str, *command: str) -> str:
        """Run a command in a service's container; returns what it said."""
        return self.compose("exec", "-T", service, *command)

    def copy_out(self, service: str, path: str, target: Path) -> Path:
        """Copy a file or folder out of a service's container; returns where it lies now."""
        self.engine.docker("cp", f"{self.compose('ps', '--quiet', service).strip()}:{path}", str(target))
        return target

    def kill(self, service: str) -> None:
        """End a service by kill -9, as if its machine had lost power."""
        self.compose("kill", "-s", "SIGKILL", service)

    def up(self, *services: str) -> None:
        """Start these services, or all, with what they depend on, and wait until the long-running ones are healthy.

        Raises:
            Unhealthy: one ended, or was not healthy in time.
        """
        try:
            self.compose("up", "-d", "--no-build", *services)
        except DevkitError as error:
            raise Unhealthy(f"{error}\n{self.logs()}") from error
        deadline = time.monotonic() + HEALTHY_TIMEOUT_S
        while not self.healthy():
            if time.monotonic() > deadline:
                raise Unhealthy(f"not healthy after {HEALTHY_TIMEOUT_S:.0f} s: {self.states()}\n{self.logs()}")
            time.sleep(0.5)

    def healthy(self) -> bool:
        """Whether every one-shot has ended well and every other container says that it is healthy.

        Raises:
            Unhealthy: one ended badly; waiting longer would not help.
        """
        states = self.states()
        if failed := {name: state for name, state in states.items() if state.startswith(ENDED) and state != "exited 0"}:
            raise Unhealthy(f"{failed}\n{self.logs()}")
        return all(state == ("exited 0" if name in ONE_SHOTS else "healthy") for name, state in states.items())

    def states(self) -> dict[str, str]:
        """The state of each container: its health where it has a check, else its status and exit code."""
        return {container["Config"]["Labels"]["com.docker.compose.service"]: _state(container["State"]) for container in self.inspect()}

    def inspect(self) -> list[Any]:
        """All the engine knows of the stack's containers, as it tells it."""
        found = self.remains("container")
        return list(json.loads(self.engine.docker("inspect", *found))) if found else []

    def logs(self) -> str:
        """The last lines of every container that is not well."""
        unwell = sorted(name for name, state in self.states().items() if state not in {"healthy", "exited 0"})
        return self.compose("logs", "--no-color", "--tail", "40", *unwell)

    def down(self) -> None:
        """Remove containers, networks and volumes.

        Raises:
            LeftBehind: one of them is still there.
        """
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")
        if left := {kind: found for kind in ("container", "volume", "network") if (found := self.remains(kind))}:
            raise LeftBehind(f"`down --volumes` left {left} of {self.project}")

    def remains(self, kind: str) -> Sequence[str]:
        """The ids of the containers, volumes or networks that carry this project's name."""
        every = ["--all"] if kind == "container" else []
        return self.engine.docker(kind, "ls", "--quiet", *every, "--filter", PROJECT_LABEL.format(self.project)).split()

    def compose(self, *arguments: str) -> str:
        """Run Compose on this project."""
        place = ("--project-name", self.project, "--file", str(ROOT / "docker-compose.yml"), "--env-file", str(ROOT / ".env.example"))
        return self.engine.compose(*place, *arguments, env=self.env)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Engine]:
    """Give an engine: the machine's, or one of our own for this session."""
    try:
        with engine() as running:
            yield running
    except NotInstalled as missing:
        leave_out(missing)


@pytest.fixture(scope="session")
def docker_images_env(docker_engine: Engine) -> dict[str, str]:
    """Build what the stack runs; returns the variables that name it. Images named by the caller's HUB_*_IMAGE are taken as they are."""
    try:
        return dict(docker_images.all_images(docker_engine))
    except NotInstalled as missing:
        leave_out(missing)


@pytest.fixture(scope="session")
def stack(docker_engine: Engine, docker_images_env: dict[str, str]) -> Iterator[Stack]:
    """Give the whole stack, healthy, shared by the tests of this session."""
    with compose_project(docker_engine, docker_images_env) as whole:
        whole.up()
        yield whole


@contextmanager
def compose_project(running: Engine, images: dict[str, str]) -> Iterator[Stack]:
    """Give a compose project with a name and ports of its own; removed at the end, volumes included."""
    ports = {_port_variable(service): str(processes.free_port()) for service in PORTS}
    stack = Stack(running, f"hubtest{secrets.token_hex(4)}", {**images, **ports})
    try:
        yield stack
    finally:
        stack.down()


def _port_variable(service: str) -> str:
    return f"HUB_PORT_{service.upper().replace('-', '_')}"


def _state(state: dict[str, Any]) -> str:
    """Say "healthy" and the like while it runs and has a check, else the status and exit code."""
    if state["Status"] == "running" and "Health" in state:
        return str(state["Health"]["Status"])
    return f"{state['Status']} {state['ExitCode']}"
