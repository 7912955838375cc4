"""One hub for the tests of a module, which only meet it at its doors."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.doors.stand import Stand, standing
from tests.support.postgres import Postgres


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stand(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(postgres, tmp_path_factory.mktemp("hub")) as at_work:
        yield at_work
        await at_work.lost_nothing()
        await at_work.unharmed()
