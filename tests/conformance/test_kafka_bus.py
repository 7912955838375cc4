"""The suite on Apache Kafka."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest

from tests.conformance.suite import BusConformance
from tests.support.kafka import Kafka

# The broker ends with the thread that started it, so that thread stays.
KEEPER = ThreadPoolExecutor(1)


@pytest.mark.kafka
class TestKafkaBus(BusConformance):
    @pytest.fixture
    def url(self, kafka: Kafka) -> str:
        self.broker = kafka
        return kafka.bus

    @asynccontextmanager
    async def disturbed(self, url: str) -> AsyncIterator[None]:
        """Kill the broker; start it on exit."""
        del url
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(KEEPER, self.broker.kill)
        try:
            yield
        finally:
            await loop.run_in_executor(KEEPER, self.broker.start)
