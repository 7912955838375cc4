"""The declared topics as the database knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.bus.postgres.link import Link

_DECLARE = """
WITH declared AS (
    INSERT INTO topic (name, partitions, retention_s, max_record_bytes) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING RETURNING id
)
INSERT INTO log (topic_id, partition) SELECT declared.id, partition FROM declared, generate_series(0, $2 - 1) AS partition
"""

_TOPICS = """
SELECT topic.id, topic.name, topic.max_record_bytes, array_agg(log.id ORDER BY log.partition) AS logs
FROM topic JOIN log ON log.topic_id = topic.id WHERE topic.name = ANY($1::text[]) GROUP BY topic.id
"""


@dataclass(frozen=True, slots=True)
class Topic:
    """A declared topic; `logs` holds the id of each partition's log, by partition number."""

    id: int
    name: str
    max_record_bytes: int
    logs: tuple[int, ...]

    @property
    def channel(self) -> str:
        """Where new records are announced."""
        return announcements(self.id)


def announcements(topic_id: int) -> str:
    """The notification channel of a topic."""
    return f"topic_{topic_id}"


async def declare(link: Link, name: str, partitions: int, retention_s: int, max_record_bytes: int) -> None:
    """Make the topic and its partitions, unless it exists."""
    await link.fetch(_DECLARE, name, partitions, retention_s, max_record_bytes)


async def topics(link: Link, names: Sequence[str]) -> Mapping[str, Topic]:
    """Those of `names` that are declared."""
    rows = await link.fetch(_TOPICS, list(names))
    return {row["name"]: Topic(row["id"], row["name"], row["max_record_bytes"], tuple(row["logs"])) for row in rows}
