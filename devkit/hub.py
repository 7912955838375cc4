"""The whole hub in one process and one event loop: every service beside the sandbox, on the ground that was laid."""

import asyncio
import errno
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace

from chassis.health import Health
from chassis.running import Running, running
from devkit.errors import NotReady, PortTaken
from devkit.ground import Ground
from devkit.home import PORTS, Addresses
from devkit.recipes import SERVICES, recipe
from devkit.sandbox.app import sandbox_app
from devkit.sandbox.providers import Providers, providers_at_work
from devkit.serving import serving

READY_TIMEOUT_S = 60.0
FREE_PORTS: Mapping[str, int] = dict.fromkeys(PORTS, 0)


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub at work in this process."""

    ground: Ground
    addresses: Addresses
    services: Mapping[str, Running]
    providers: Providers


@asynccontextmanager
async def hub_at_work(ground: Ground, ports: Mapping[str, int] = PORTS) -> AsyncIterator[Hub]:
    """Start every service, wait until each is ready, and stop them in reverse at the end.

    Raises:
        PortTaken: something else listens on one of the ports.
        NotReady: a part did not become ready in time.
    """
    async with AsyncExitStack() as stack:
        providers = await stack.enter_async_context(providers_at_work())
        ground = replace(ground, providers=providers.addresses)
        services: dict[str, Running] = {}
        for name in SERVICES:
            with _naming_the_port(name, ports[name]):
                services[name] = await stack.enter_async_context(running(recipe(name)(ground.settings(name, ports[name]))))
        urls = {name: service.url for name, service in services.items()}
        app = await stack.enter_async_context(sandbox_app(ground.home.keys, urls, ground.home.print_folder, providers))
        with _naming_the_port("sandbox", ports["sandbox"]):
            sandbox = await stack.enter_async_context(serving(app, "127.0.0.1", ports["sandbox"]))
        await _ready({name: service.parts.health for name, service in services.items()})
        addresses = Addresses(sandbox=sandbox, **urls)
        ground.home.remember(addresses, ground.open_bus)
        stack.callback(ground.home.forget)
        yield Hub(ground, addresses, services, providers)


async def _ready(reports: Mapping[str, Health]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not all(health.all_ready for health in reports.values()):
        if time.monotonic() > deadline:
            parts = [(name, part, said) for name, health in reports.items() for part, said in health.parts.items()]
            raise NotReady([f"{name} {part} ({said.why})" for name, part, said in parts if not said.ready])
        await asyncio.sleep(0.02)


@contextmanager
def _naming_the_port(name: str, port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(name, port) from error
        raise
