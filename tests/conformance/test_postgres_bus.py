"""The suite on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from chassis.bus.postgres.schema import migrate
from devkit.databases import BUS, DatabaseUrls
from tests.conformance.suite import BusConformance
from tests.support.postgres import Postgres, Template


async def _tables(urls: DatabaseUrls) -> None:
    await migrate(urls.owner(BUS))


CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = user AND pid <> pg_backend_pid()
"""
BUS_DATABASE = Template("bus_tables", _tables)


class TestPostgresBus(BusConformance):
    @pytest.fixture
    async def databases(self, postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
        async with postgres.fresh(BUS_DATABASE) as urls:
            yield urls

    @pytest.fixture
    def url(self, databases: DatabaseUrls) -> str:
        return databases.bus("registration")

    @asynccontextmanager
    async def disturbed(self, url: str) -> AsyncIterator[None]:
        """Cut every connection of this role."""
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(CUT)
            yield
        finally:
            await connection.close()
