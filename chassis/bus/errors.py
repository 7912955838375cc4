"""What can go wrong on the bus.

BusError
├── BusUnavailable      the broker or database behind it cannot be reached; try again
├── PublishFailed       some records were not acked; `acked` names those that were
├── RecordTooLarge      a record exceeds its topic's limit
├── UnknownTopic        the topic was never declared
├── TopicRefused        the broker will not have a topic as it is declared
├── UnknownScheme       there is no bus for addresses of this kind
└── NotOwner            a position was committed for a partition that moved to another member
"""


class BusError(Exception):
    """Root of the bus errors."""


class BusUnavailable(BusError):
    """The broker or database behind the bus cannot be reached; try again."""


class PublishFailed(BusError):
    """Some records were not acked; `acked` holds the indices of those that were, a prefix within each partition."""

    def __init__(self, acked: frozenset[int], total: int) -> None:
        super().__init__(f"{len(acked)} of {total} records were acked")
        self.acked = acked


class RecordTooLarge(BusError):
    """A record exceeds its topic's limit; nothing was sent."""

    def __init__(self, topic: str, size: int, limit: int) -> None:
        super().__init__(f"a record of {size} bytes exceeds the limit of {limit} bytes of topic {topic}")


class UnknownTopic(BusError):
    """The topic was never declared."""

    def __init__(self, topic: str) -> None:
        super().__init__(f"topic {topic} was never declared; `hub topics` declares the hub's topics")


class TopicRefused(BusError):
    """The broker will not have a topic as it is declared."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(f"the broker refuses topic {topic}: {reason}")


class UnknownScheme(BusError):
    """There is no bus for addresses of this kind."""

    def __init__(self, scheme: str) -> None:
        super().__init__(f"no bus for {scheme!r} addresses; use postgresql:// or kafka://")


class NotOwner(BusError):
    """A position was committed for a partition that moved to another member."""
