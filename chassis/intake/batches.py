"""Bulk batches and the result of each of their lines, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from chassis.clock import technical_now
from chassis.intake.bulk_line import Line
from chassis.rows import Row
from chassis.uow import UnitOfWork

# A batch whose process died stands still; none rests this long between two chunks.
_DEAD_AFTER = timedelta(minutes=5)

_BEGIN = text("INSERT INTO fact_batch (id, organisation, client_id, state) VALUES (:id, :organisation, :client_id, 'processing')")
_END = text("""
    UPDATE fact_batch SET state = :state, truncated = :truncated, touched_at = clock_timestamp(), completed_at = clock_timestamp()
    WHERE id = :id
""")
# A chunk that was repeated after a lost answer to its commit finds its lines there already.
_LINES = text("""
    WITH told AS (
        INSERT INTO fact_batch_line (batch_id, line, kind, reference, source_version, result, reason, detail)
        SELECT :id, t.*
        FROM unnest(CAST(:lines AS integer[]), CAST(:kinds AS text[]), CAST(:references AS text[]), CAST(:versions AS bigint[]),
                    CAST(:results AS text[]), CAST(:reasons AS text[]), CAST(:details AS text[])) AS t
        ON CONFLICT (batch_id, line) DO NOTHING
    )
    UPDATE fact_batch SET touched_at = clock_timestamp() WHERE id = :id
""")
_FIND = text("SELECT * FROM fact_batch WHERE id = :id AND organisation = :organisation")
_COUNTS = text("SELECT result, count(*) AS lines FROM fact_batch_line WHERE batch_id = :id GROUP BY result ORDER BY result")
_READ = text("""
    SELECT line, kind, reference, source_version, result, reason, detail FROM fact_batch_line
    WHERE batch_id = :id AND line > :after ORDER BY line LIMIT :size
""")
_LIST = text("""
    SELECT * FROM fact_batch WHERE organisation = :organisation AND (CAST(:before AS uuid) IS NULL OR id < :before)
    ORDER BY id DESC LIMIT :size
""")
_PRUNE = text("""
    WITH old AS (SELECT id FROM fact_batch WHERE received_at < :before LIMIT :most),
         lines AS (DELETE FROM fact_batch_line WHERE batch_id = ANY (ARRAY(SELECT id FROM old)))
    DELETE FROM fact_batch WHERE id = ANY (ARRAY(SELECT id FROM old))
""")
_FULL = text("SELECT count(*) FROM (SELECT FROM outbox LIMIT :more) AS waiting")


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of one line."""

    line: int
    kind: str | None
    reference: str | None
    source_version: int | None
    result: str
    reason: str | None = None
    detail: str | None = None

    @classmethod
    def of(cls, line: Line, result: str, reason: str | None = None, detail: str | None = None) -> "LineResult":
        """The result of a line that was read."""
        return cls(line.number, line.kind, line.reference, line.source_version, result, reason, detail)


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch; `state` is processing, done or failed."""

    id: UUID
    state: str
    truncated: bool
    received_at: datetime
    completed_at: datetime | None


async def begin(uow: UnitOfWork, batch_id: UUID, organisation: str, client_id: str) -> None:
    """Open a batch."""
    await uow.execute(_BEGIN, {"id": batch_id, "organisation": organisation, "client_id": client_id})


async def write(uow: UnitOfWork, batch_id: UUID, results: Sequence[LineResult]) -> None:
    """Add the results of some lines, in the unit that took them."""
    columns = {
        "lines": [result.line for result in results],
        "kinds": [result.kind for result in results],
        "references": [result.reference for result in results],
        "versions": [result.source_version for result in results],
        "results": [result.result for result in results],
        "reasons": [result.reason for result in results],
        "details": [result.detail for result in results],
    }
    await uow.execute(_LINES, {"id": batch_id} | columns)


async def end(uow: UnitOfWork, batch_id: UUID, *, truncated: bool) -> None:
    """Close a batch: done, or failed because the body did not come whole."""
    await uow.execute(_END, {"id": batch_id, "state": "failed" if truncated else "done", "truncated": truncated})


async def find(uow: UnitOfWork, batch_id: UUID, organisation: str) -> Batch | None:
    """A batch of this organisation."""
    row = await uow.one_or_none(_FIND, {"id": batch_id, "organisation": organisation})
    return None if row is None else _batch(row)


async def newest(uow: UnitOfWork, organisation: str, before: UUID | None, size: int) -> list[Batch]:
    """Batches of this organisation, newest first."""
    rows = await uow.all(_LIST, {"organisation": organisation, "before": before, "size": size})
    return [_batch(row) for row in rows]


async def counts(uow: UnitOfWork, batch_id: UUID) -> dict[str, int]:
    """Lines by result."""
    return {row.result: row.lines for row in await uow.all(_COUNTS, {"id": batch_id})}


async def results(uow: UnitOfWork, batch_id: UUID, after: int, size: int) -> list[LineResult]:
    """Results of the lines after a number, in order."""
    rows = await uow.all(_READ, {"id": batch_id, "after": after, "size": size})
    return [LineResult(**row.mapping) for row in rows]


async def prune(uow: UnitOfWork, before: datetime, most: int = 10) -> int:
    """Remove a few batches received before an instant, with the results of their lines; how many went."""
    return await uow.execute(_PRUNE, {"before": before, "most": most})


async def outbox_full(uow: UnitOfWork, limit: int) -> bool:
    """Whether more than `limit` rows wait for the bus."""
    row = await uow.one_or_none(_FULL, {"more": limit + 1})
    return row is not None and int(str(row[0])) > limit


def _batch(row: Row) -> Batch:
    dead = row.state == "processing" and technical_now() - row.touched_at > _DEAD_AFTER
    return Batch(row.id, "failed" if dead else row.state, dead or row.truncated, row.received_at, row.completed_at)
