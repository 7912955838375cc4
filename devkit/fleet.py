"""The services of a hub as processes of their own, which can be killed and started again at their addresses."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from chassis.settings import Settings
from devkit import processes
from devkit.errors import DidNotStart
from devkit.ground import Ground
from devkit.home import Addresses
from devkit.recipes import SERVICES
from devkit.sandbox.app import sandbox_app
from devkit.sandbox.providers import providers_at_work
from devkit.serving import serving

READY_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0
_LOOK_AGAIN_S = 0.05
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Fleet:
    """The service processes of one hub; each keeps its port over its lives. Their output is in the home's logs, a file a service."""

    ground: Ground
    ports: Mapping[str, int] = field(default_factory=lambda: {name: processes.free_port() for name in SERVICES})
    more: Mapping[str, str] = field(default_factory=dict)  # `HUB_*` beside the settings of the ground
    _pids: dict[str, int] = field(default_factory=dict)

    @property
    def pids(self) -> Mapping[str, int]:
        """The process of each service that was started and not ended by us."""
        return dict(self._pids)

    @property
    def urls(self) -> Mapping[str, str]:
        """Where each service answers while it runs."""
        return {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}

    def start(self, service: str) -> None:
        """Start a service without waiting for it. It ends with us, even by `kill -9`."""
        settings = variables(self.ground.settings(service, self.ports[service]))
        environment = {**_without_settings(os.environ), **settings, **self.more}
        command = [*processes.ending_with_us(signal.SIGKILL), sys.executable, "-m", f"services.{service}"]
        self._pids[service] = processes.spawn(command, self.log(service), environment, folder=_ROOT)

    def kill(self, service: str) -> None:
        """End it by `kill -9`, wherever it is in its work."""
        processes.end(self._pids.pop(service), signal.SIGKILL, service, _STOP_TIMEOUT_S)

    def runs(self, service: str) -> bool:
        """Whether its process lives."""
        return processes.runs(self._pids[service])

    async def ready(self, service: str) -> None:
        """Wait until a service says that it is ready.

        Raises:
            DidNotStart: its process ended, or was not ready in time; the message holds the end of its log.
        """
        deadline = time.monotonic() + READY_TIMEOUT_S
        async with httpx.AsyncClient(base_url=self.urls[service]) as http:
            while not await _answers_ready(http):
                if time.monotonic() > deadline or not self.runs(service):
                    raise DidNotStart(service, self.log(service), processes.last_lines(self.log(service)))
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def stop(self) -> None:
        """Let every service finish what it has begun, and end."""
        pids, self._pids = self._pids, {}
        ends = (asyncio.to_thread(processes.end, pid, signal.SIGTERM, name, _STOP_TIMEOUT_S) for name, pid in pids.items())
        await asyncio.gather(*ends)

    def log(self, service: str) -> Path:
        """Where a service's output goes, all its lives one behind the other."""
        return self.ground.home.logs / f"{service}.log"


@asynccontextmanager
async def fleet_at_work(ground: Ground, more: Mapping[str, str] | None = None) -> AsyncIterator[tuple[Fleet, Addresses]]:
    """Every service ready in a process of its own, and the sandbox, which plays the outside world, in this one.

    `more` are `HUB_*` variables for every service.

    Raises:
        DidNotStart: a service did not become ready.
    """
    async with AsyncExitStack() as stack:
        providers = await stack.enter_async_context(providers_at_work())
        fleet = Fleet(replace(ground, providers=providers.addresses), more=more or {})
        app = await stack.enter_async_context(sandbox_app(ground.home.keys, fleet.urls, ground.home.print_folder, providers))
        sandbox = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
        try:
            for service in SERVICES:
                fleet.start(service)
            await asyncio.gather(*(fleet.ready(service) for service in SERVICES))
            yield fleet, Addresses(sandbox=sandbox, **fleet.urls)
        finally:
            await fleet.stop()


def variables(settings: Settings) -> Mapping[str, str]:
    """Settings as the `HUB_*` variables a service process reads."""
    return {f"HUB_{name.upper()}": str(value) for name, value in settings.model_dump().items()}


def _without_settings(environment: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith("HUB_")}


async def _answers_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/readyz")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
