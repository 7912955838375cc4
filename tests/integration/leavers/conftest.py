"""Registration and notifications at work on the PostgreSQL bus, on a Tuesday morning in October."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.leavers.office import Office, open_office
from tests.support.hub import WHOLE
from tests.support.postgres import Postgres

TODAY = "2026-10-20"


@pytest.fixture
async def office(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Office]:
    async with postgres.fresh(WHOLE) as urls, open_office(urls, tmp_path, TODAY) as office:
        yield office
        assert await office.parked() == []
