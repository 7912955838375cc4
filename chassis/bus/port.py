"""The port every bus adapter implements: durable, partitioned, ordered per key, read in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record on its way to the bus; the adapter picks the partition from the key (murmur2, as Kafka's own clients do)."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def size(self) -> int:
        """Bytes that count towards the topic's limit: key, value and headers."""
        return len(self.key) + len(self.value) + sum(len(name.encode()) + len(value) for name, value in self.headers)


class TopicPartition(NamedTuple):
    """One ordered log; a tuple, because every record of every batch makes and compares one."""

    topic: str
    partition: int


class Record(NamedTuple):
    """A record as it stands in its partition; `position` rises by one without gaps on the PostgreSQL bus, rises on Kafka."""

    topic: str
    partition: int
    position: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    at: datetime

    @property
    def log(self) -> TopicPartition:
        """The partition it stands in."""
        return TopicPartition(self.topic, self.partition)


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A declared topic; topics are never created by use."""

    name: str
    partitions: int
    replication: int = 1
    retention_s: int = 14 * 24 * 3600
    max_record_bytes: int = 1_000_000


class Producer(Protocol):
    """Writes records; what it reports as acked is durable."""

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Append all, in order within each partition.

        Raises:
            PublishFailed: some were not acked; `acked` holds the indices that were, always a prefix within each partition. The others
                may be there all the same, or come yet. The producer mends itself: publish again, from the first unacked on.
            RecordTooLarge: a record exceeds the topic's limit; nothing was sent.
            UnknownTopic: a topic was never declared; nothing was sent.
        """

    async def close(self) -> None:
        """Flush and release the connection."""


class Subscription(Protocol):
    """One member of a group; partitions are shared out among the members."""

    async def poll(self, max_records: int, timeout_s: float) -> Sequence[Record]:
        """Up to `max_records` records in partition order, or none after `timeout_s`.

        A partition's records come again from the committed position when they were not committed and the partition changed hands.
        Asking says that the last batch is done with: partitions change hands only while nothing is handed out and `Busy` is idle.

        Raises:
            BusUnavailable: the membership is lost; the next poll joins again.
        """

    async def commit(self, positions: Mapping[TopicPartition, int]) -> None:
        """Remember the next position to read per partition.

        Raises:
            NotOwner: a partition is no longer ours; the caller may ignore it, the inbox makes the repeat harmless.
            BusUnavailable: the same.
        """

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Stop returning records of these partitions, as long as they are ours; the membership stays alive."""

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        """Return their records again."""

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions held now."""

    async def lag(self) -> Mapping[TopicPartition, int]:
        """Records not yet committed, per held partition.

        Raises:
            BusUnavailable: try again.
        """

    async def ends(self) -> Mapping[TopicPartition, int]:
        """The position the next record will get, per partition of the topics read, whoever holds it.

        Raises:
            BusUnavailable: try again.
        """

    async def standing(self) -> Mapping[TopicPartition, int]:
        """The next position that the group will read, per partition of the topics read, whoever holds it.

        Raises:
            BusUnavailable: try again.
        """

    async def close(self) -> None:
        """Leave the group at once, so that others take over without waiting."""


class Busy(Protocol):
    """Something that can tell whether a unit of work is open (revocation waits for it)."""

    async def idle(self) -> None:
        """Return once no unit of work is open."""


class Bus(Protocol):
    """A bus seen from a service."""

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Declare topics; those that exist are left as they are.

        Raises:
            BusUnavailable: some may be missing; try again.
        """

    async def producer(self) -> Producer:
        """A new, independent producer."""

    async def subscribe(self, group: str, topics: Sequence[str], instance: str, busy: Busy | None = None) -> Subscription:
        """Join `group`; `instance` is stable across restarts of the same process (static membership), and no other's.

        Raises:
            UnknownTopic: a topic was never declared.
            BusUnavailable: try again.
        """

    async def close(self) -> None:
        """Release everything made from here."""
