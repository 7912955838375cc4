"""Every rival does the whole journey; how quickly is no matter of a test."""

from collections.abc import AsyncIterator, Callable

import pytest

from devkit.errors import NotInstalled
from tests.bench.bare.rival import Bare
from tests.bench.ground import Grounds, grounds
from tests.bench.hub import Hub
from tests.bench.idiomatic.rival import Idiomatic
from tests.bench.rival import Rival
from tests.support.available import leave_out

pytestmark = [pytest.mark.slow, pytest.mark.kafka]

_SOME = 30


@pytest.fixture
async def on() -> AsyncIterator[Grounds]:
    """Give servers of their own, as the bench has."""
    try:
        async with grounds() as found:
            yield found
    except NotInstalled as missing:
        leave_out(missing)


@pytest.mark.parametrize("make", [Bare, Idiomatic, Hub])
async def test_every_fact_ends_in_a_notice_sent_at_once_or_one_by_one(make: Callable[[], Rival], on: Grounds) -> None:
    rival = make()
    await rival.lay(on)

    async with rival.at_work() as work:
        await work.prepare(2 * _SOME)
        assert await work.burst(_SOME) > 0
        waits = await work.posts(_SOME, 50.0)
        await work.rest()

        assert len(await waits()) == _SOME
        assert min(await waits()) > 0
