"""A hub whose services are processes of their own, on either bus."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from devkit.fleet import Fleet, fleet_at_work
from devkit.ground import Ground, make_keys
from devkit.home import Addresses, Home
from tests.support.hub import PARTITIONS, WHOLE
from tests.support.kafka import Kafka
from tests.support.postgres import Postgres


@pytest.fixture(params=["postgres", pytest.param("kafka", marks=pytest.mark.kafka)])
def kafka_bus(request: pytest.FixtureRequest) -> str | None:
    """Where Kafka is, or None for the bus on PostgreSQL; a broker of its own, because the topics of all hubs have the same names."""
    if request.param == "postgres":
        return None
    broker: Kafka = request.getfixturevalue("own_kafka")
    return broker.bus


@pytest.fixture
async def fleet(postgres: Postgres, tmp_path: Path, kafka_bus: str | None) -> AsyncIterator[tuple[Fleet, Addresses]]:
    """Give a hub at work in processes, with its addresses."""
    home = Home(tmp_path / "hub")
    home.make()
    make_keys(home.keys)
    async with postgres.fresh(WHOLE) as urls, fleet_at_work(Ground(home, urls, kafka_bus, PARTITIONS)) as at_work:
        yield at_work


@pytest.fixture
def sent_again() -> Iterator[Counter[str]]:
    """Count the requests that were sent again, by why; they are too many to be logged one by one."""
    counted: Counter[str] = Counter()

    def count(details: RetryDetails) -> None:
        counted[type(details.caused_by).__name__] += 1

    set_on_retry_hooks((count,))
    yield counted
    set_on_retry_hooks(None)
