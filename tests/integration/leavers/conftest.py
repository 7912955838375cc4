"""Registration and notifications at work on the PostgreSQL bus, on a Tuesday morning in October."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.leavers.house import House, open_house
from tests.integration.leavers.office import Office, open_office
from tests.support.hub import WHOLE
from tests.support.postgres import Postgres

TODAY = "2026-10-20"


@pytest.fixture
async def office(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Office]:
    async with postgres.fresh(WHOLE) as urls, open_office(urls, tmp_path, TODAY) as office:
        yield office
        assert await office.parked() == []


@pytest.fixture
async def house(postgres: Postgres, tmp_path: Path) -> AsyncIterator[House]:
    """The education feed beside registration, on a day in the summer holiday."""
    async with postgres.fresh(WHOLE) as urls, open_house(urls, tmp_path, "2026-07-06") as house:
        yield house
        assert await house.parked() == []
