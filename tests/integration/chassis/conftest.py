"""The toy shop, on databases of its own."""

from collections.abc import AsyncIterator

import pytest

from devkit.databases import DatabaseUrls
from tests.support.postgres import Postgres
from tests.support.shop import SHOP, Shop, declare, open_shop


@pytest.fixture
async def urls(postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
    async with postgres.fresh(SHOP) as urls:
        yield urls


@pytest.fixture
async def shop(urls: DatabaseUrls) -> AsyncIterator[Shop]:
    async with open_shop(urls) as shop:
        await declare(shop.bus)
        yield shop
