"""What every rival stands on: one PostgreSQL with fsync on a disk, and one Kafka broker."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

from devkit import embedded_postgres, kafka, processes
from devkit.embedded_postgres import PostgresServer
from devkit.kafka import KafkaProcess

# 12 in production (`mechanics.md` 4); every rival's topics have as many.
PARTITIONS = 12
# Tells which statements a profile should name; costs the same for every rival.
_WATCHED = {"shared_preload_libraries": "pg_stat_statements"}


@dataclass(frozen=True, slots=True)
class Grounds:
    """The two servers, and a folder for what rivals keep beside them."""

    folder: Path
    postgres: PostgresServer
    kafka: KafkaProcess

    @property
    def backends(self) -> psutil.Process:
        """The server whose children do the work of every connection."""
        return psutil.Process(self.postgres.pid)

    async def checkpoint(self) -> None:
        """Write to disk what PostgreSQL has in memory."""
        connection = await asyncpg.connect(self.postgres.url())
        try:
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()


@asynccontextmanager
async def grounds(*, watched: bool = False) -> AsyncIterator[Grounds]:
    """Both servers, in a folder on a disk that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        server = await asyncio.to_thread(embedded_postgres.start, folder, settings=_WATCHED if watched else None, ends_with_us=True)
        broker = await asyncio.to_thread(kafka.up, folder, port=processes.free_port(), ends_with_us=True, say=_silently)
        yield Grounds(folder, server, broker)
    finally:
        await asyncio.to_thread(kafka.down, folder)
        await asyncio.to_thread(embedded_postgres.stop, folder)
        shutil.rmtree(folder, ignore_errors=True)


def _silently(_: str) -> None:
    """The bench has its own way of telling how far it is."""
