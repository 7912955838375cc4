"""Both services at work on the PostgreSQL bus, on a Tuesday morning in October."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.newcomers.house import House, open_house
from tests.support.hub import WHOLE
from tests.support.postgres import Postgres

TODAY = "2026-10-20"


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[House]:
    async with postgres.fresh(WHOLE) as urls, open_house(urls, tmp_path, TODAY) as house:
        yield house
        assert await house.parked() == []
