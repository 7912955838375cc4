"""The bus on Apache Kafka, seen from a service."""

from collections.abc import Sequence
from typing import TypeVar

from chassis.bus.errors import UnknownTopic
from chassis.bus.kafka import admin
from chassis.bus.kafka.producer import KafkaProducer
from chassis.bus.kafka.subscription import KafkaSubscription
from chassis.bus.port import Busy, TopicSpec

_Part = TypeVar("_Part", KafkaProducer, KafkaSubscription)


class KafkaBus:
    """Topics on a Kafka cluster, for any number of machines."""

    def __init__(self, servers: str, client_id: str) -> None:
        self._servers = servers
        self._client_id = client_id
        self._open: list[KafkaProducer | KafkaSubscription] = []

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Declare topics; those that exist are left as they are.

        Raises:
            BusUnavailable: some may be missing; try again.
            TopicRefused: the broker will not have one of them so.
        """
        await admin.declare(self._servers, self._client_id, specs)

    async def producer(self) -> KafkaProducer:
        """A new, independent producer; it connects at its first use."""
        return self._remember(KafkaProducer(self._servers, self._client_id))

    async def subscribe(self, group: str, topics: Sequence[str], instance: str, busy: Busy | None = None) -> KafkaSubscription:
        """Join `group`; two living processes never have the same `instance` in one group.

        Raises:
            UnknownTopic: a topic was never declared.
            BusUnavailable: try again.
        """
        if missing := set(topics) - (await admin.limits(self._servers, self._client_id, topics)).keys():
            raise UnknownTopic(min(missing))
        subscription = KafkaSubscription(self._servers, self._client_id, group, topics, instance, busy)
        await subscription.join()
        return self._remember(subscription)

    async def close(self) -> None:
        """Release everything made from here."""
        for part in self._open:
            await part.close()
        self._open.clear()

    def _remember(self, part: _Part) -> _Part:
        self._open = [*(one for one in self._open if not one.closed), part]
        return part
