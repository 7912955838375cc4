"""Schema migrations: alembic, one history per database, run by the owner role before a service starts."""

import asyncio
import hashlib
from collections.abc import Mapping
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_mock_engine, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.sql import ClauseElement

from chassis.errors import OtherTables

# A migration that cannot get its lock within this time gives way instead of stopping every writer behind it.
_LOCK_TIMEOUT = text("SET lock_timeout = '5s'")
# The digest of the statements that made the tables is kept with them, as the comment of alembic's own table.
_KEPT = text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")
_KEEP = "COMMENT ON TABLE alembic_version IS '{}'"


def upgrade(url: str, location: Path) -> None:
    """Bring the database at `url` (owner role) up to the newest revision under `location`; nothing happens when it is.

    Raises:
        OtherTables: its tables were made by other statements than those of this history.
    """
    config = Config()
    config.set_main_option("script_location", str(location))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    command.upgrade(config, "head")


def run() -> None:
    """What every `migrations/env.py` calls."""
    asyncio.run(_run(context.config.attributes["url"]))


def fingerprints(history: ScriptDirectory) -> Mapping[str, str]:
    """For each revision a digest of every statement that leads there from an empty database; alike for tables without an order."""
    said: list[str] = []

    def hear(statement: ClauseElement, *_: object, **__: object) -> None:
        said.append(str(statement.compile(dialect=mute.dialect)))

    mute = create_mock_engine("postgresql+asyncpg://", hear)
    found = {}
    with Operations.context(MigrationContext.configure(connection=mute)):  # type: ignore[arg-type]  # it only listens
        for step in reversed(list(history.walk_revisions())):
            step.module.upgrade()
            found[step.revision] = hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()
    return found


def asyncpg_url(url: str) -> str:
    """The same address, for SQLAlchemy's asyncpg dialect."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


async def _run(url: str) -> None:
    engine = create_async_engine(asyncpg_url(url))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


def _migrate(connection: Connection) -> None:
    ours = fingerprints(context.script)

    def keep(ctx: MigrationContext, step: MigrationInfo, *_: object, **__: object) -> None:
        ctx.execute(_KEEP.format(ours[str(step.up_revision_id)]))

    context.configure(connection=connection, transaction_per_migration=True, on_version_apply=keep)
    found = context.get_context().get_current_revision()
    if found is not None and connection.scalar(_KEPT) != ours.get(found):
        raise OtherTables(str(connection.engine.url.database))
    connection.rollback()  # nothing was written yet, and each migration has a transaction of its own
    with context.begin_transaction():
        connection.execute(_LOCK_TIMEOUT)
        context.run_migrations()
