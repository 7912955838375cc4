"""What a hub on one machine stands on: a PostgreSQL server, databases with their roles, keys, and schemas up to date."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from chassis.bus.connect import connect
from chassis.bus.topics import declared
from chassis.errors import OtherTables
from chassis.intake.digest import digest_key
from chassis.internal_token import internal_token
from chassis.settings import Settings
from devkit import embedded_postgres, migrate
from devkit.databases import BUS, OWNER, DatabaseUrls, create_all
from devkit.errors import OtherHub
from devkit.home import Home
from devkit.migrate import quietly
from devkit.sandbox import keys as sandbox_keys
from devkit.sandbox.providers import NO_PROVIDERS, ProviderAddresses
from services.notifications.usecases.address_values import AddressMarks
from vault.keyfolder import create_keys

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the databases and the bus are, and the folder of everything else."""

    home: Home
    urls: DatabaseUrls
    kafka: str | None = None
    partitions: int = 12
    providers: ProviderAddresses = NO_PROVIDERS

    def bus(self, service: str) -> str:
        """The address of the bus for a service."""
        return self.kafka or self.urls.bus(service)

    @property
    def open_bus(self) -> str:
        """The address of the bus for a reader who is no service."""
        return self.kafka or self.urls.owner(BUS)

    def settings(self, service: str, port: int = 0) -> Settings:
        """The settings of a service in this hub: a sandbox."""
        return Settings(
            mode="sandbox",
            database=self.urls.own(service),
            vault_database=self.urls.vault(service),
            bus=self.bus(service),
            keys=self.home.keys,
            port=port,
            checkpoints=self.home.checkpoints,
            print_folder=self.home.print_folder,
            topic_partitions=self.partitions,
            **asdict(self.providers),
        )


async def lay(home: Home, *, kafka: str | None = None, say: Say = quietly) -> Ground:
    """Start PostgreSQL in the home and make what is missing; the second time there is little to do.

    Raises:
        DevkitError: something of this machine is missing; the message says what to do.
    """
    started = time.monotonic()
    home.make()
    make_keys(home.keys)
    server = await asyncio.to_thread(embedded_postgres.start, home.folder)
    say(f"PostgreSQL runs on 127.0.0.1:{server.port} ({time.monotonic() - started:.1f} s)")
    urls = await create_all(server.url(), home.passwords())
    try:
        await migrate.upgrade_all(migrate.of_home(urls), say)
    except OtherTables as other:
        raise OtherHub(str(other), home.folder) from other
    ground = Ground(home, urls, kafka)
    await declare_topics(ground.open_bus, ground.partitions)
    return ground


def make_keys(folder: Path, *, sandbox: bool = True) -> None:
    """Make every key that is missing: vault, log, inner doors, intake, address marks; in a sandbox the demo issuer and its clients, too.

    The log's key bears the name of HUB_LOG_ORIGIN; a log that has a key keeps its name.
    """
    create_keys(folder, demo=sandbox, origin=os.environ.get("HUB_LOG_ORIGIN") or str(Settings.model_fields["log_origin"].default))
    internal_token(folder, production=not sandbox)
    digest_key(folder)
    AddressMarks.of(folder)
    if sandbox:
        sandbox_keys.ensure(folder)


async def declare_topics(bus_url: str, partitions: int, replication: int = 1) -> None:
    """Declare the topics of the hub; those that exist stay as they are."""
    bus = connect(bus_url, OWNER)
    try:
        await bus.ensure_topics(declared(partitions, replication))
    finally:
        await bus.close()


def lift(home: Home) -> None:
    """Stop the PostgreSQL of the home."""
    embedded_postgres.stop(home.folder)


def lift_unless_used(home: Home) -> None:
    """The same, but leave it to a hub that is up."""
    if home.runner() is None:
        lift(home)
