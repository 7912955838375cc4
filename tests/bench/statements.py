"""What PostgreSQL's own statistics say each statement cost."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from devkit.databases import DATABASES
from tests.bench.ground import Grounds

_MAKE = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"
_FORGET = "SELECT pg_stat_statements_reset()"
_COSTLIEST = """
    SELECT datname, calls, total_exec_time, rows, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query
    FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
    WHERE datname = ANY($1) ORDER BY total_exec_time DESC LIMIT $2
"""
_BY_DATABASE = """
    SELECT datname, sum(calls) AS calls, sum(total_exec_time) AS total
    FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
    WHERE datname = ANY($1) GROUP BY 1 ORDER BY 3 DESC
"""


@dataclass(frozen=True, slots=True)
class Statements:
    """The statistics of one server that watches its statements."""

    url: str

    async def forget(self) -> None:
        """Begin anew."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(_MAKE)
            await connection.execute(_FORGET)
        finally:
            await connection.close()

    async def table(self, top: int) -> Sequence[str]:
        """Calls and milliseconds by database, then the costliest statements of the hub."""
        connection = await asyncpg.connect(self.url)
        try:
            databases = await connection.fetch(_BY_DATABASE, list(DATABASES))
            costliest = await connection.fetch(_COSTLIEST, list(DATABASES), top)
        finally:
            await connection.close()
        return [
            *(f"  {row['datname']:<18} {row['calls']:>8} calls {row['total']:>9.0f} ms" for row in databases),
            *(
                f"  {row['datname']:<18} {row['calls']:>8} calls {row['total_exec_time']:>9.0f} ms {row['rows']:>8} rows  {row['query']}"
                for row in costliest
            ),
        ]


def watching(grounds: Grounds) -> Statements:
    """Those of the bench's server."""
    return Statements(grounds.postgres.url())
