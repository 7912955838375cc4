"""The local Kafka broker starts without an engine, keeps its records over a kill, and stops when told."""

import shutil
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import TopicPartition

from devkit import kafka as broker
from devkit.errors import NotInstalled
from tests.support.kafka import Kafka

pytestmark = pytest.mark.kafka


async def make_topic(bootstrap: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    await admin.close()


async def append(bootstrap: str, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    await producer.send_and_wait(topic, value, partition=0)
    await producer.stop()


async def read_first(bootstrap: str, topic: str) -> bytes | None:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])
    value: bytes | None = (await consumer.getone()).value
    await consumer.stop()
    return value


async def test_an_acknowledged_record_survives_a_killed_broker(own_kafka: Kafka) -> None:
    await make_topic(own_kafka.bootstrap, "kept")
    await append(own_kafka.bootstrap, "kept", b"still here")

    own_kafka.kill()
    assert broker.running(own_kafka.home) is None
    own_kafka.start()

    assert await read_first(own_kafka.bootstrap, "kept") == b"still here"


def test_a_second_start_finds_the_broker_of_the_first(kafka: Kafka) -> None:
    assert kafka.start() == broker.running(kafka.home)


def test_it_stops_and_leaves_its_port(own_kafka: Kafka) -> None:
    own_kafka.stop()

    assert broker.running(own_kafka.home) is None
    assert not broker.answers("127.0.0.1", own_kafka.port)


def test_without_java_the_message_holds_the_command_that_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotInstalled, match="apt-get install openjdk-17"):
        broker.up(tmp_path)


def test_without_maven_the_message_holds_the_command_that_gets_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = shutil.which("java")
    assert java is not None
    (tmp_path / "java").symlink_to(java)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    with pytest.raises(NotInstalled, match="maven"):
        broker.up(tmp_path)
