"""A notifications database with the evidence tables, a vault, keys, a second store, and people in them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from chassis import migrations, schema
from devkit.databases import DatabaseUrls
from services.notifications.evidence import schema as evidence_schema
from tests.integration.evidence.house import House
from tests.support.postgres import Postgres, Template
from tests.support.tables import create_tables
from vault.keyfolder import create_keys

VAULT_MIGRATIONS = Path(__file__).parents[3] / "vault" / "migrations"


def _create(connection: Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    schema.create(op)
    evidence_schema.create(op)


async def _prepare(urls: DatabaseUrls) -> None:
    await asyncio.to_thread(migrations.upgrade, urls.owner("vault"), VAULT_MIGRATIONS)
    await create_tables(urls.owner("notifications"), _create)


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[House]:
    create_keys(tmp_path / "keys", demo=True, origin="log.test/notices")
    async with postgres.fresh(Template("evidence", _prepare)) as urls:
        house = House(urls, tmp_path)
        await house.settle_in(40)
        yield house
        await house.close()
