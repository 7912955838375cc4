"""The same hub with a process of its own for each service, to be killed and started again; what chaos and Kafka are tested with."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from devkit import processes
from devkit.errors import DidNotStart
from devkit.ground import Ground
from devkit.home import PORTS, Addresses
from devkit.recipes import SERVICES

SANDBOX: Final = "sandbox"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
_ROOT = Path(__file__).parent.parent
# Nothing of the caller's HUB_* may reach them.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


class HubProcesses:
    """`async with HubProcesses(ground) as hub: hub.kill("registration"); await hub.start("registration")`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._ports = {name: processes.free_port() for name in PORTS}
        self._pids: dict[str, int] = {}

    @property
    def addresses(self) -> Addresses:
        """Where they answer; a process that is started again keeps its port."""
        return Addresses.local(self._ports)

    async def __aenter__(self) -> Self:
        """Start all of them.

        Raises:
            DidNotStart: one did not become ready; the message holds the end of its log.
        """
        try:
            await asyncio.gather(*(self.start(name) for name in (*SERVICES, SANDBOX)))
        except BaseException:
            self._end_all(signal.SIGKILL)
            raise
        self._ground.home.remember(self.addresses, self._ground.open_bus)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ground.home.forget()
        await asyncio.to_thread(self._end_all, signal.SIGTERM)

    async def start(self, name: str) -> None:
        """Start one and wait until it is ready; nothing happens when it runs."""
        self.spawn(name)
        await self.ready(name)

    def spawn(self, name: str) -> None:
        """Start one without waiting."""
        if not self.runs(name):
            command = [*processes.ending_with_us(signal.SIGKILL), sys.executable, "-m", *self._module(name)]
            self._pids[name] = processes.spawn(command, self.log(name), self._environment(name), folder=_ROOT)

    async def ready(self, name: str) -> None:
        """Wait until it is ready.

        Raises:
            DidNotStart: it is not, and the message holds the end of its log.
        """
        url = getattr(self.addresses, name)
        deadline = time.monotonic() + START_TIMEOUT_S
        async with httpx.AsyncClient(base_url=url, timeout=5.0) as http:
            while time.monotonic() < deadline and self.runs(name):
                try:
                    if (await http.get("/readyz")).is_success:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise DidNotStart(name, self.log(name), processes.last_lines(self.log(name)))

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End one, by default as a crash does."""
        if (pid := self._pids.pop(name, None)) is not None:
            processes.end(pid, how, name, STOP_TIMEOUT_S)

    def runs(self, name: str) -> bool:
        """Whether its process lives."""
        return name in self._pids and processes.runs(self._pids[name])

    def log(self, name: str) -> Path:
        """What it says."""
        return self._ground.home.logs / f"{name}.log"

    def _end_all(self, how: signal.Signals) -> None:
        for name in list(self._pids):
            self.kill(name, how)

    def _module(self, name: str) -> list[str]:
        return ["devkit.cli", SANDBOX] if name == SANDBOX else [f"services.{name}"]

    def _environment(self, name: str) -> Mapping[str, str]:
        ground, home = self._ground, self._ground.home
        own = {
            "HUB_MODE": "sandbox",
            "HUB_KEYS": str(home.keys),
            "HUB_PORT": str(self._ports[name]),
            "HUB_PRINT_FOLDER": str(home.print_folder),
            "HUB_CHECKPOINTS": str(home.checkpoints),
            "HUB_TOPIC_PARTITIONS": str(ground.partitions),
            **{f"HUB_{service.upper()}_URL": url for service, url in self.addresses.services.items()},
        }
        if name != SANDBOX:
            own |= {"HUB_DATABASE": ground.urls.own(name), "HUB_VAULT_DATABASE": ground.urls.vault(name), "HUB_BUS": ground.bus(name)}
        return {word: os.environ[word] for word in _INHERITED if word in os.environ} | own
