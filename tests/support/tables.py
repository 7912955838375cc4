"""Tables in a database of a test, without the migrations of any service."""

from collections.abc import Callable

from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.migrations import asyncpg_url


async def create_tables(url: str, *tables: MetaData | Callable[[Connection], None]) -> None:
    """Make them as their owner."""
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.begin() as connection:
            for each in tables:
                await connection.run_sync(each.create_all if isinstance(each, MetaData) else each)
    finally:
        await engine.dispose()
