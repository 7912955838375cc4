"""The numbering leader: gives each partner's committed outcomes consecutive positions, independent of the bus (`mechanics.md` 18)."""

import asyncio

from sqlalchemy import text

from chassis.db import Connection, Database
from chassis.health import Health
from chassis.intake.intake import Intake
from chassis.leader import lead
from chassis.service import Parts

_NAME = "numbering"
_BATCH = 5000
# Outcomes recorded by a consumer, or by another process, are found by this poll.
_POLL_S = 0.5
_REST_S = 0.2

# Only committed rows are seen, so a position never fills in below one that was read. One statement, hence one transaction.
_NUMBER = text("""
    WITH fresh AS (
        SELECT id, organisation, row_number() OVER (PARTITION BY organisation ORDER BY id) AS n
        FROM (SELECT id, organisation FROM outcome WHERE position IS NULL ORDER BY id LIMIT :batch) AS unnumbered
    ), counted AS (
        SELECT organisation, count(*) AS n FROM fresh GROUP BY organisation
    ), head AS (
        INSERT INTO outcome_head AS h (organisation, next) SELECT organisation, n + 1 FROM counted
        ON CONFLICT (organisation) DO UPDATE SET next = h.next + excluded.next - 1
        RETURNING organisation, next
    )
    UPDATE outcome SET position = head.next - counted.n + fresh.n - 1
    FROM fresh JOIN counted USING (organisation) JOIN head USING (organisation)
    WHERE outcome.id = fresh.id
""")
_WAITING = text("SELECT EXISTS (SELECT FROM outcome WHERE position IS NULL)")


class Numbering:
    """The loop; `Service(loops={"numbering": lambda parts: Numbering(parts.get(Intake), parts.database, parts.health).run})`."""

    def __init__(self, intake: Intake, database: Database, health: Health) -> None:
        self._intake = intake
        self._database = database
        self._health = health

    async def run(self) -> None:
        """Lead when possible, number while leading; ends with an exception on any failure, to be started anew."""
        await lead(self._database, self._health, _NAME, self._lead, retry_s=_POLL_S)

    async def _lead(self, connection: Connection) -> None:
        woken = False
        while True:
            while await number(connection):
                pass
            self._health.ready(_NAME)
            if woken:
                # What is recorded meanwhile is numbered together: partners poll, and a round for one costs as much as for a hundred.
                await asyncio.sleep(_REST_S)
            woken = await self._intake.recorded.wait(_POLL_S)


async def number(connection: Connection) -> bool:
    """Number what is committed now, on the leader's own connection; whether more may be waiting."""
    return await connection.count(_NUMBER, {"batch": _BATCH}) == _BATCH


async def waiting(connection: Connection) -> bool:
    """Whether outcomes are not numbered yet: then the service is not settled."""
    return bool((await connection.execute(_WAITING)).scalar_one())


async def unnumbered(parts: Parts) -> list[str]:
    """The same, as a service reports what of it is not at rest."""
    async with parts.database.statement() as connection:
        return ["numbering"] if await waiting(connection) else []
