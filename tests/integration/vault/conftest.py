"""A migrated vault and clients of it, under the roles services have."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chassis import migrations
from chassis.db import Database
from devkit.databases import DatabaseUrls
from tests.support.postgres import Postgres, Template
from vault.client import Vault
from vault.keyfolder import create_keys, load_keys
from vault.keys import KeyRing
from vault.migrations import LOCATION


async def _migrate(urls: DatabaseUrls) -> None:
    await asyncio.to_thread(migrations.upgrade, urls.owner("vault"), LOCATION)


@pytest.fixture
async def urls(postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
    async with postgres.fresh(Template("vault", _migrate)) as urls:
        yield urls


@pytest.fixture
def key_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    create_keys(folder, demo=True, origin="log.test/notices")
    return folder


@pytest.fixture
def ring(key_folder: Path) -> KeyRing:
    return load_keys(key_folder, sandbox=True)


class Vaults:
    """Opens clients as separate processes would: each with its own pool and cache."""

    def __init__(self, urls: DatabaseUrls, ring: KeyRing, stack: AsyncExitStack) -> None:
        self._urls = urls
        self._ring = ring
        self._stack = stack

    def open(self, service: str = "registration", *, ring: KeyRing | None = None, url: str | None = None, **options: object) -> Vault:
        database = Database(url or self._urls.vault(service), "vault", pool_size=3)
        vault = Vault(database, ring or self._ring, **options)  # type: ignore[arg-type]
        self._stack.push_async_callback(vault.close)
        return vault


@pytest.fixture
async def vaults(urls: DatabaseUrls, ring: KeyRing) -> AsyncIterator[Vaults]:
    async with AsyncExitStack() as stack:
        yield Vaults(urls, ring, stack)


@pytest.fixture
def vault(vaults: Vaults) -> Vault:
    return vaults.open()


@pytest.fixture
async def owner(urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(urls.owner("vault"), "vault owner", pool_size=1)
    yield database
    await database.close()
