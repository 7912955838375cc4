"""Tables of the chassis in a database of a test, without the migrations of any service."""

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.db import asyncpg_url


async def create_tables(url: str, *tables: MetaData) -> None:
    """Make them as their owner."""
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.begin() as connection:
            for each in tables:
                await connection.run_sync(each.create_all)
    finally:
        await engine.dispose()
