"""Shares the partitions of a topic among the members of a group, by locks that end with the connection that holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chassis.bus.postgres.link import Link

_JOIN = """
WITH mine AS (
    INSERT INTO reading (group_name, topic_id) SELECT $1, unnest($2::int[])
    ON CONFLICT (group_name, topic_id) DO UPDATE SET group_name = excluded.group_name RETURNING id, topic_id
), started AS (
    INSERT INTO progress (reading_id, partition)
    SELECT mine.id, partition FROM mine JOIN topic ON topic.id = mine.topic_id, generate_series(0, topic.partitions - 1) AS partition
    ON CONFLICT (reading_id, partition) DO NOTHING
)
SELECT id, topic_id FROM mine
"""

# A member is whoever holds this lock shared: its server process is its number, and a killed process is gone with its connection.
_ENTER = "SELECT pg_advisory_lock_shared(reading::bigint) FROM unnest($1::int[]) AS reading"

# A lock on one 64-bit key has objsubid 1 and here its upper half (classid) 0; a lock on two 32-bit keys has objsubid 2.
_SURVEY = """
SELECT pid, objsubid = 1 AS is_member, CASE objsubid WHEN 1 THEN objid ELSE classid END::bigint AS reading, objid::bigint AS partition
FROM pg_locks
WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND ((objsubid = 1 AND classid = 0 AND objid = ANY($1::oid[])) OR (objsubid = 2 AND classid = ANY($1::oid[])))
"""

_LOCK = "SELECT partition FROM unnest($2::int[]) AS partition WHERE pg_try_advisory_lock($1, partition)"
_LEAVE = "SELECT pg_advisory_unlock_shared(reading::bigint) FROM unnest($1::int[]) AS reading"
_UNLOCK = "SELECT pg_advisory_unlock(reading, partition) FROM unnest($1::int[], $2::int[]) AS held (reading, partition)"

# After the lock, in a statement of its own: its snapshot sees the last commit of the previous owner.
_ADOPT = """
UPDATE progress SET generation = generation + 1 WHERE reading_id = $1 AND partition = ANY($2::int[])
RETURNING partition, position, generation
"""

_TELL = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('reading_' || id, '') FROM unnest($1::int[]) AS id"


@dataclass(frozen=True, slots=True)
class Adopted:
    """A partition taken over: where its group stands and the generation that commits must name."""

    partition: int
    position: int
    generation: int


@dataclass(slots=True)
class Survey:
    """Who is there and what is taken, of one topic in one group."""

    members: list[int] = field(default_factory=list)
    owners: dict[int, int] = field(default_factory=dict)

    def fair_share(self, reading: int, partitions: int, member: int) -> int:
        """How many partitions `member` should hold; the shares of all members add up to all partitions.

        Those that do not divide go to other members in each topic, hence the turn by `reading`.
        """
        if member not in self.members:
            return 0
        turn = (sorted(self.members).index(member) + reading) % len(self.members)
        return partitions // len(self.members) + (turn < partitions % len(self.members))

    def free(self, partitions: int) -> list[int]:
        """Partitions that nobody holds."""
        return [partition for partition in range(partitions) if partition not in self.owners]


async def join(link: Link, group: str, topic_ids: Sequence[int]) -> Mapping[int, int]:
    """Become a member on this connection: the reading (this group on this topic) of each topic id."""
    rows = await link.fetch(_JOIN, group, list(topic_ids))
    readings = {row["topic_id"]: row["id"] for row in rows}
    await link.fetch(_ENTER, list(readings.values()))
    return readings


async def survey(link: Link, readings: Sequence[int]) -> Mapping[int, Survey]:
    """Look at the members and owners of each reading."""
    seen = {reading: Survey() for reading in readings}
    for row in await link.fetch(_SURVEY, list(readings)):
        if row["is_member"]:
            seen[row["reading"]].members.append(row["pid"])
        else:
            seen[row["reading"]].owners[row["partition"]] = row["pid"]
    return seen


async def take(link: Link, reading: int, partitions: Sequence[int]) -> Sequence[Adopted]:
    """Own those of `partitions` that nobody else owns."""
    locked = [row["partition"] for row in await link.fetch(_LOCK, reading, list(partitions))]
    if not locked:
        return ()
    rows = await link.fetch(_ADOPT, reading, locked)
    return [Adopted(row["partition"], row["position"], row["generation"]) for row in rows]


async def give(link: Link, held: Sequence[tuple[int, int]]) -> None:
    """Let go of (reading, partition) pairs."""
    await link.fetch(_UNLOCK, [reading for reading, _ in held], [partition for _, partition in held])


async def leave(link: Link, readings: Sequence[int]) -> None:
    """Stop being a member."""
    await link.fetch(_LEAVE, list(readings))


async def tell(link: Link, readings: Sequence[int]) -> None:
    """Ask the other members to look at once."""
    await link.fetch(_TELL, list(readings))


def calls(reading: int) -> str:
    """The notification channel on which members ask each other to look."""
    return f"reading_{reading}"
