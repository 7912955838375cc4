"""Schema migrations: alembic, one history per database, run by the owner role before a service starts."""

import asyncio
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.db import asyncpg_url

# A migration that cannot get its lock within this time gives way instead of stopping every writer behind it.
_LOCK_TIMEOUT = text("SET lock_timeout = '5s'")


def upgrade(url: str, location: Path) -> None:
    """Bring the database at `url` (owner role) up to the newest revision under `location`; nothing happens when it is."""
    config = Config()
    config.set_main_option("script_location", str(location))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    command.upgrade(config, "head")


def run() -> None:
    """What every `migrations/env.py` calls."""
    asyncio.run(_run(context.config.attributes["url"]))


async def _run(url: str) -> None:
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        connection.execute(_LOCK_TIMEOUT)
        context.run_migrations()
