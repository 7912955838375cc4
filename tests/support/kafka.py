"""One real Apache Kafka broker per pytest process, which a test may kill and start again."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devkit import kafka as broker
from devkit import processes
from devkit.errors import NotInstalled
from devkit.kafka import KafkaProcess
from tests.support.available import leave_out

# Quick answers instead of throughput: group changes and offset commits are what tests wait for.
QUICK = {
    "group.coordinator.append.linger.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.num.partitions": "4",
    "log.cleaner.enable": "false",
}


@dataclass(slots=True)
class Kafka:
    """A broker on a folder and a port that it keeps."""

    home: Path
    port: int

    @property
    def bus(self) -> str:
        """The value of HUB_BUS."""
        return f"kafka://127.0.0.1:{self.port}"

    @property
    def bootstrap(self) -> str:
        """The address clients start from."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> KafkaProcess:
        """Start it, or find it running."""
        return broker.up(self.home, port=self.port, settings=QUICK, ends_with_us=True)

    def kill(self) -> None:
        """End it by kill -9; its data stays."""
        broker.down(self.home, how=signal.SIGKILL)

    def stop(self) -> None:
        """Shut it down in order."""
        broker.down(self.home)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Run one broker for all tests of this process; topics tell them apart. It ends with the process, even by `kill -9`."""
    yield from _broker(tmp_path_factory.mktemp("kafka"))


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """Run a broker for one test that kills it."""
    yield from _broker(tmp_path)


def _broker(home: Path) -> Iterator[Kafka]:
    one = Kafka(home, processes.free_port())
    try:
        one.start()
    except NotInstalled as missing:
        leave_out(missing)
    yield one
    one.kill()
