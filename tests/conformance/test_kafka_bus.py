"""The suite on Apache Kafka."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.conformance.suite import BusConformance
from tests.support.kafka import Kafka


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
        await asyncio.to_thread(self.broker.kill)
        try:
            yield
        finally:
            await asyncio.to_thread(self.broker.start)
