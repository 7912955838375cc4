"""What `hub up` and `hub sandbox` do: run until told to stop, and say where everything is."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

from rich.console import Console

from chassis import logs
from chassis.clock import BRUSSELS
from devkit import ground, pasting
from devkit import kafka as broker
from devkit.examples import curls
from devkit.home import PORTS, Addresses, Home
from devkit.hub import hub_at_work
from devkit.sandbox.app import sandbox_app
from devkit.sandbox.providers import providers_at_work
from devkit.sandbox_client import SandboxClient
from devkit.serving import serving


async def run(home: Home, *, kafka: bool, console: Console) -> None:
    """Run the whole hub until SIGINT or SIGTERM.

    Raises:
        DevkitError: it cannot run here; the message says what to do.
    """
    started = time.monotonic()
    told = _told_to_stop()
    home.make()
    home.refuse_a_second()
    with (home.logs / "hub.log").open("a") as log:
        logs.configure(log)
        async with _ground(home, kafka=kafka, say=console.print) as laid, hub_at_work(laid, PORTS) as hub:
            console.print(f"The hub is up ({time.monotonic() - started:.1f} s); its log is {home.logs / 'hub.log'}\n")
            _say_where(home, hub.addresses, await _today(hub.addresses), console)
            await told.wait()
            console.print("\nstopping")


async def run_sandbox(
    keys: Path, addresses: Addresses, print_folder: Path, listen: tuple[str, int], provider_ports: tuple[int, int], name: str
) -> None:
    """Run the token endpoint, the control doors and the providers alone until SIGINT or SIGTERM.

    The providers listen on the ports of SMTP and HTTP; `name` is what others on the network call this machine.
    """
    told = _told_to_stop()
    logs.configure()
    async with (
        providers_at_work(listen[0], *provider_ports, name=name) as providers,
        sandbox_app(keys, addresses.services, print_folder, providers) as app,
        serving(app, *listen) as url,
    ):
        logs.logger("sandbox").info("ready", url=url)
        await told.wait()


@asynccontextmanager
async def _ground(home: Home, *, kafka: bool, say: Callable[[str], None]) -> AsyncIterator[ground.Ground]:
    """The ground under a hub; what was started for it stops with it."""
    found = broker.running(home.folder)
    started = found or (await asyncio.to_thread(broker.up, home.folder, say=say) if kafka else None)
    try:
        yield await ground.lay(home, kafka=started.bus if kafka and started is not None else None, say=say)
    finally:
        await asyncio.to_thread(ground.lift_unless_used, home)
        if found is None:
            await asyncio.to_thread(broker.down, home.folder)


def _told_to_stop() -> asyncio.Event:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


async def _today(addresses: Addresses) -> date:
    """The day it is for this hub; its clock may have been moved."""
    async with SandboxClient(addresses.sandbox) as sandbox:
        return (await sandbox.now()).astimezone(BRUSSELS).date()


def _say_where(home: Home, addresses: Addresses, today: date, console: Console) -> None:
    for name, url in {"sandbox": addresses.sandbox, **addresses.services}.items():
        page = "token, clock, print house" if name == "sandbox" else "its doors: /doc/openapi.yaml"
        console.print(f"  {name:<17} {url}   {page}", soft_wrap=True)
    console.print("\nIn another terminal paste this first:\n")
    console.print(pasting.elsewhere(home), soft_wrap=True, markup=False)
    console.print("\nThen one request for each door; in this order they register a newcomer and a school leaver:\n")
    for curl in curls(addresses, today):
        console.print(curl + "\n", soft_wrap=True, markup=False)
    console.print("Then look with: hub watch, hub journey ID, hub parked list.   Stop with Ctrl-C.")
