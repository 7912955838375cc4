"""An office: a notifications service on a real database and a real vault."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis import migrations
from devkit.databases import DatabaseUrls
from tests.integration.notifications.office import Office
from tests.support.postgres import Postgres, Template
from vault.keyfolder import create_keys

ROOT = Path(__file__).parents[3]


async def _prepare(urls: DatabaseUrls) -> None:
    await asyncio.to_thread(migrations.upgrade, urls.owner("vault"), ROOT / "vault" / "migrations")
    await asyncio.to_thread(migrations.upgrade, urls.owner("notifications"), ROOT / "services" / "notifications" / "migrations")


@pytest.fixture
async def office(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Office]:
    create_keys(tmp_path / "keys", demo=True, origin="log.test/notices")
    async with postgres.fresh(Template("notifications", _prepare)) as urls:
        office = Office(urls, tmp_path)
        await office.open()
        yield office
        await office.close()
