"""Declares topics at the broker and reads back what they allow."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import InvalidReplicationFactorError, KafkaError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from chassis.bus.errors import BusUnavailable, TopicRefused
from chassis.bus.port import TopicSpec

# What a record takes in a batch beside its own bytes: 61 for the batch, some 30 for the record, some 10 for each header.
ROOM = 4_096

_TIMEOUT_S = 30
_PATIENCE_S = 10
_PAUSE_S = 0.05


async def declare(servers: str, client_id: str, specs: Sequence[TopicSpec]) -> None:
    """Make the topics that do not exist, and return once every partition has a leader.

    Raises:
        BusUnavailable: the broker did not answer; try again.
        TopicRefused: the broker will not have it so, with its reason (more replicas than brokers, as a rule).
    """
    async with _client(servers, client_id) as client:
        patient_until = time.monotonic() + _PATIENCE_S
        while refused := await _create(client, specs):
            if time.monotonic() > patient_until:
                raise refused
            await asyncio.sleep(_PAUSE_S)
        while not _led(await client.describe_topics([spec.name for spec in specs])):  # noqa: ASYNC110 - only the broker knows
            await asyncio.sleep(_PAUSE_S)


async def _create(client: AIOKafkaAdminClient, specs: Sequence[TopicSpec]) -> TopicRefused | None:
    """Try once; what is returned may pass, what is raised will not."""
    answer = await client.create_topics([_wanted(spec) for spec in specs])
    for topic, code, *reason in answer.topic_errors:
        error = for_code(code)
        if code != 0 and error is not TopicAlreadyExistsError:
            refused = TopicRefused(topic, f"{error.__name__} {reason}")
            # A cluster that has just started knows no brokers yet, and calls that too few replicas.
            if error.retriable or error is InvalidReplicationFactorError:
                return refused
            raise refused
    return None


async def limits(servers: str, client_id: str, topics: Sequence[str]) -> Mapping[str, int]:
    """The largest record of each of `topics` in bytes; undeclared ones are missing.

    Raises:
        BusUnavailable: the broker did not answer; try again.
    """
    found: dict[str, int] = {}
    async with _client(servers, client_id) as client:
        wanted = [ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": ""}) for topic in topics]
        for answer in await client.describe_configs(wanted):
            for code, _reason, _kind, topic, entries in answer.resources:
                if code == 0:
                    found.update((topic, int(entry[1]) - ROOM) for entry in entries if entry[0] == "max.message.bytes")
                elif for_code(code) is not UnknownTopicOrPartitionError:
                    raise for_code(code)
    return found


def _wanted(spec: TopicSpec) -> NewTopic:
    settings = {
        "retention.ms": spec.retention_s * 1000,
        "max.message.bytes": spec.max_record_bytes + ROOM,
        # An ack then means two disks wherever there are three.
        "min.insync.replicas": min(2, max(1, spec.replication - 1)),
        "cleanup.policy": "delete",
    }
    return NewTopic(spec.name, spec.partitions, spec.replication, topic_configs={name: str(value) for name, value in settings.items()})


def _led(topics: Sequence[Mapping[str, object]]) -> bool:
    for topic in topics:
        partitions = topic["partitions"]
        if topic["error_code"] != 0 or not isinstance(partitions, list) or not partitions:
            return False
        if any(partition["leader"] < 0 for partition in partitions):
            return False
    return True


@asynccontextmanager
async def _client(servers: str, client_id: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=servers, client_id=client_id)
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            await client.start()
            yield client
    except (KafkaError, TimeoutError, OSError) as error:
        raise BusUnavailable(type(error).__name__) from error
    finally:
        await client.close()
