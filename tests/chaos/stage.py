"""What chaos plays on: a hub whose services are processes of their own, on either bus, and everyone at its doors."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from chassis.http.clients.retry import RetryPolicy
from devkit.fleet import Fleet, fleet_at_work
from devkit.ground import Ground, make_keys
from devkit.home import Addresses, Home
from devkit.partners import Partners
from devkit.sandbox_client import SandboxClient
from tests.chaos.servers import Servers
from tests.support.hub import PARTITIONS, WHOLE
from tests.support.kafka import Kafka
from tests.support.postgres import Postgres

# A killed service is back in some seconds; a partner that gives up before that would lose nothing, but tell us nothing either.
PATIENCE = RetryPolicy(attempts=500, timeout_s=90.0, wait_first_s=0.05, wait_most_s=0.5, jitter_s=0.05)
# Who wants to see the first answer, whatever it is.
_ONCE = RetryPolicy(attempts=1)
BUSES = ("postgres", pytest.param("kafka", marks=pytest.mark.kafka))


@dataclass(frozen=True, slots=True)
class Stage:
    """A hub at work in processes; `partners` are patient, `hasty` ones take the first answer."""

    fleet: Fleet
    addresses: Addresses
    servers: Servers
    partners: Partners
    hasty: Partners
    sandbox: SandboxClient

    @property
    def keys(self) -> Path:
        """Where its keys are."""
        return self.fleet.ground.home.keys

    @property
    def print_folder(self) -> Path:
        """Where letters lie for the print house."""
        return self.fleet.ground.home.print_folder


# Opens a stage whose services have these `HUB_*` variables beside the usual ones.
Opener: TypeAlias = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture(params=BUSES)
def broker(request: pytest.FixtureRequest) -> Kafka | None:
    """The Kafka that a test may end, or None for the bus on PostgreSQL; of its own, because the topics of all hubs have the same names."""
    if request.param == "postgres":
        return None
    own: Kafka = request.getfixturevalue("own_kafka")
    return own


@pytest.fixture
def stage(postgres: Postgres, tmp_path: Path, broker: Kafka | None) -> Opener:
    """Give what opens a stage."""

    @asynccontextmanager
    async def opened(**variables: str) -> AsyncIterator[Stage]:
        home = Home(tmp_path / "hub")
        home.make()
        make_keys(home.keys)
        async with postgres.fresh(WHOLE) as urls:
            ground = Ground(home, urls, broker.bus if broker else None, PARTITIONS)
            async with (
                fleet_at_work(ground, variables) as (fleet, addresses),
                Partners(addresses, home.keys, PATIENCE) as partners,
                Partners(addresses, home.keys, _ONCE) as hasty,
                SandboxClient(addresses.sandbox) as sandbox,
            ):
                yield Stage(fleet, addresses, Servers(postgres, broker, urls), partners, hasty, sandbox)

    return opened


@pytest.fixture
def sent_again() -> Iterator[Counter[str]]:
    """Count the requests that were sent again, by why; they are too many to be logged one by one."""
    counted: Counter[str] = Counter()

    def count(details: RetryDetails) -> None:
        counted[type(details.caused_by).__name__] += 1

    set_on_retry_hooks((count,))
    yield counted
    set_on_retry_hooks(None)
