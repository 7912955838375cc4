"""Removes records that are older than their topic keeps them, in small steps."""

from chassis.bus.postgres.link import Link

# A step holds the head of its log only while it commits; a thousand rows take a few milliseconds.
_STEP = 1_000

# One process at a time; the lock is taken for a run and ends with the connection at the latest.
_ALONE = "SELECT pg_try_advisory_lock(hashtextextended('bus retention', 0)) AS alone"
_DONE = "SELECT pg_advisory_unlock(hashtextextended('bus retention', 0))"

_LOGS = "SELECT log.id, topic.retention_s FROM log JOIN topic ON topic.id = log.topic_id WHERE log.next > log.first ORDER BY log.id"

# From `first` on, so that a run does not walk over the dead rows of the last one; only the oldest are looked at, so a young log costs
# little.
_PRUNE = """
WITH oldest AS (
    SELECT record.position, record.at FROM record, (SELECT first FROM log WHERE id = $1) AS start
    WHERE record.log_id = $1 AND record.position >= start.first ORDER BY record.position LIMIT $3
), gone AS (
    DELETE FROM record USING oldest
    WHERE record.log_id = $1 AND record.position = oldest.position AND oldest.at < clock_timestamp() - make_interval(secs => $2)
    RETURNING record.position
)
UPDATE log SET first = greatest(log.first, (SELECT max(position) + 1 FROM gone))
WHERE log.id = $1 AND EXISTS (SELECT FROM gone) RETURNING (SELECT count(*) FROM gone) AS pruned
"""


async def prune(link: Link) -> int:
    """Remove what has outlived its topic's retention, whether it was read or not; how many records that were."""
    if not (await link.fetch(_ALONE))[0]["alone"]:
        return 0
    total = 0
    for row in await link.fetch(_LOGS):
        while step := await _prune(link, row["id"], row["retention_s"]):
            total += step
            if step < _STEP:
                break
    await link.fetch(_DONE)
    return total


async def _prune(link: Link, log_id: int, retention_s: int) -> int:
    rows = await link.fetch(_PRUNE, log_id, float(retention_s), _STEP)
    return int(rows[0]["pruned"]) if rows else 0
