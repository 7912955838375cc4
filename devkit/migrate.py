"""Brings the schema of every database up to date, as the owner role, before any service starts."""

import asyncio
import importlib
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from chassis import migrations
from chassis.bus.postgres import schema as bus_schema
from devkit.databases import BUS, DATABASES, VAULT, DatabaseUrls
from devkit.errors import NotGiven

_PREFIX = "HUB_MIGRATION_"

Say = Callable[[str], None]


def quietly(_: str) -> None:
    """Say nothing."""


def from_environment(environment: Mapping[str, str] = os.environ) -> Mapping[str, str]:
    """The owner's address of each database, from HUB_MIGRATION_<DATABASE>; empty when none is set.

    Raises:
        NotGiven: some are set and others are not.
    """
    found = {database: owner_of(database, environment) for database in DATABASES}
    missing = [_PREFIX + database.upper() for database, url in found.items() if not url]
    if len(missing) == len(found):
        return {}
    if missing:
        raise NotGiven(missing)
    return found


def owner_of(database: str, environment: Mapping[str, str] = os.environ) -> str:
    """The owner's address of one database, from HUB_MIGRATION_<DATABASE>; empty when it is not set."""
    return environment.get(_PREFIX + database.upper(), "")


def of_home(urls: DatabaseUrls) -> Mapping[str, str]:
    """The same, of a hub on this machine."""
    return {database: urls.owner(database) for database in DATABASES}


async def upgrade_all(owners: Mapping[str, str], say: Say = quietly) -> None:
    """Migrate each database; nothing happens to one that is up to date. A thread each: alembic runs a loop of its own."""
    for database, url in owners.items():
        started = time.monotonic()
        if database == BUS:
            await bus_schema.migrate(url)
        else:
            await asyncio.to_thread(migrations.upgrade, url, location(database))
        say(f"{database}: schema up to date ({time.monotonic() - started:.1f} s)")


def location(database: str) -> Path:
    """Where the migrations of a database lie."""
    package = importlib.import_module("vault" if database == VAULT else f"services.{database}")
    return Path(next(iter(package.__path__))) / "migrations"
