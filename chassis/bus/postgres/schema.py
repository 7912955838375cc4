"""The tables of the bus database."""

import hashlib

import asyncpg

from chassis.bus.postgres.link import Connection
from chassis.errors import OtherTables

# Services start at once; `IF NOT EXISTS` alone would race.
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('bus schema'))"

# `log` is the head of a partition: an append locks its row, so positions have no gaps and become visible in order (`mechanics.md` 12).
# `record` has no foreign key: a look-up per row to guard what only an append can write. `progress` is where a group (`reading`) stands;
# its generation rises with each new owner. Head rows are updated in place: the fill factor leaves room for many versions on a page.
_TABLES = """
CREATE TABLE IF NOT EXISTS topic (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    partitions integer NOT NULL CHECK (partitions > 0),
    retention_s integer NOT NULL,
    max_record_bytes integer NOT NULL
);
CREATE TABLE IF NOT EXISTS log (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_id integer NOT NULL REFERENCES topic,
    partition integer NOT NULL,
    first bigint NOT NULL DEFAULT 0,
    next bigint NOT NULL DEFAULT 0,
    UNIQUE (topic_id, partition)
) WITH (fillfactor = 20);
CREATE TABLE IF NOT EXISTS record (
    log_id integer NOT NULL,
    position bigint NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    headers bytea,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log_id, position)
);
CREATE TABLE IF NOT EXISTS reading (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_name text NOT NULL,
    topic_id integer NOT NULL REFERENCES topic,
    UNIQUE (group_name, topic_id)
);
CREATE TABLE IF NOT EXISTS progress (
    reading_id integer NOT NULL REFERENCES reading,
    partition integer NOT NULL,
    position bigint NOT NULL DEFAULT 0,
    generation bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (reading_id, partition)
) WITH (fillfactor = 20);
"""


# The digest of the statement that made the tables is kept with them, as in every other database (`chassis/migrations.py`).
_OURS = hashlib.sha256(_TABLES.encode()).hexdigest()
_KEPT = "SELECT coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class WHERE oid = to_regclass('topic')"
_KEEP = f"COMMENT ON TABLE topic IS '{_OURS}'"


async def create_schema(connection: Connection) -> None:
    """Create the tables that are missing, as the owner of the database.

    Raises:
        OtherTables: those that are there were made by another statement.
    """
    async with connection.transaction():
        await connection.execute(_ALONE)
        if await connection.fetchval(_KEPT) not in {None, _OURS}:
            raise OtherTables("bus")
        await connection.execute(_TABLES)
        await connection.execute(_KEEP)


async def migrate(url: str) -> None:
    """Bring the bus database at `url` (owner role) up to date; nothing happens when it is."""
    connection = await asyncpg.connect(url)
    try:
        await create_schema(connection)
    finally:
        await connection.close()
