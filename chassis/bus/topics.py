"""The topics of the hub: one per producing service, so that its events about one person stay in order."""

from chassis.bus.port import TopicSpec
from contracts.registry import EDUCATION_FEED, INTEGRATION_FEED, NOTIFICATION, REGISTRATION

PRODUCERS = (EDUCATION_FEED, INTEGRATION_FEED, REGISTRATION, NOTIFICATION)
PARTITIONS = 12  # `mechanics.md` 4; a test bus takes 6


def declared(partitions: int = PARTITIONS, replication: int = 1, prefix: str = "") -> tuple[TopicSpec, ...]:
    """Every topic of the hub; a sandbox that starts afresh gives its topics a `prefix` of their own.

    `replication` counts for Kafka only: three where there are three brokers.
    """
    return tuple(TopicSpec(prefix + producer.topic, partitions, replication) for producer in PRODUCERS)
