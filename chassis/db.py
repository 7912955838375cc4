"""The one place that connects to PostgreSQL, commits, and tells a lost connection from a bad statement."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeAlias

import asyncpg
from pydantic_core import from_json, to_json
from sqlalchemy.exc import DBAPIError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chassis.errors import DatabaseUnavailable, Unavailable

Connection: TypeAlias = AsyncConnection

# PostgreSQL error classes that pass by themselves: connection, transaction rollback (deadlock, serialisation), resources, operator
# intervention, lock_not_available, an idle transaction cut off, and a standby that took our writes before it was promoted (PostgreSQL
# manual, appendix A).
_PASSING = ("08", "40", "53", "57", "55P03", "25P03", "25006")

# An answer that takes longer will not come: the other end of the connection is gone without a word.
_STATEMENT_S = 60


def is_passing(error: BaseException) -> bool:
    """Whether the same statement can succeed later: the connection, a lock or the server was the cause, not the data."""
    if isinstance(error, PendingRollbackError):
        return True  # the connection broke earlier in this unit, and somebody swallowed that error
    if not isinstance(error, DBAPIError):
        return _is_passing(error)
    if isinstance(error.orig, BaseException) and (driver := error.orig.__cause__) is not None:
        return _is_passing(driver)
    return error.connection_invalidated or isinstance(error, OperationalError)


def _is_passing(error: BaseException) -> bool:
    """The same, of an error of asyncpg or of Python."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate).startswith(_PASSING)
    return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | PoolTimeout | OSError)


def _json(value: object) -> str:
    return to_json(value).decode()


class Database:
    """A pool of connections to one database, for one service."""

    def __init__(self, url: str, name: str, pool_size: int = 5, lock_timeout_s: float = 10.0) -> None:
        self.name = name
        self._engine: AsyncEngine = create_async_engine(
            asyncpg_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=30,
            pool_pre_ping=False,
            # pydantic's own is several times as fast as the standard library's, and jsonb parameters are most of what a batch sends.
            json_serializer=_json,
            json_deserializer=from_json,
            hide_parameters=True,  # an error message must not carry personal data into a log
            connect_args={
                "server_settings": {
                    "application_name": name,
                    "lock_timeout": str(int(lock_timeout_s * 1000)),
                    "idle_in_transaction_session_timeout": "60000",
                    "jit": "off",
                    # Every statement that runs often has its index. A plan that was made while a table was small stays on its connection when the
                    # table has grown, and there reading it whole is what costs.
                    "enable_seqscan": "off",
                },
                "timeout": 10,
                "command_timeout": _STATEMENT_S,
            },
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            DatabaseUnavailable: the connection, a lock or the server failed; nothing of the block is kept, unless the failure hit the
                commit itself, in which case the caller cannot know and must repeat an idempotent unit.
        """
        with self._telling_apart():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own outside any transaction (each statement commits by itself), for session locks and maintenance."""
        with self._telling_apart():
            async with self._engine.connect() as connection:
                session = await connection.execution_options(isolation_level="AUTOCOMMIT")
                try:
                    yield session
                finally:
                    # A session lock would outlive its holder in the pool; a broken connection takes it along anyway.
                    await connection.invalidate()

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncConnection]:
        """A pooled connection on which each statement commits by itself, so in one round trip; not for session locks."""
        with self._telling_apart():
            async with self._engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction_in(self, session: AsyncConnection) -> AsyncIterator[None]:
        """One transaction inside a `session`, for a leader: what it writes goes through the connection that holds its lock."""
        driver = (await session.get_raw_connection()).driver_connection
        if driver is None:
            raise DatabaseUnavailable(self.name)
        transaction = driver.transaction()
        await transaction.start()
        try:
            yield
        except BaseException:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # the session is lost anyway; the cause must not be
                await transaction.rollback()
            raise
        await transaction.commit()

    async def copy(self, connection: AsyncConnection, table: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
        """Load rows with COPY inside the given transaction; the quickest way for bulk (`performance.md` 3)."""
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        if driver is None:
            raise DatabaseUnavailable(self.name)
        await driver.copy_records_to_table(table, records=rows, columns=columns)

    @contextmanager
    def _telling_apart(self) -> Iterator[None]:
        """Name what passes by itself; everything else stays what it is."""
        try:
            yield
        except Unavailable:
            raise
        except Exception as error:
            if is_passing(error):
                raise DatabaseUnavailable(f"{self.name}: {type(error).__name__}") from error
            raise

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def asyncpg_url(url: str) -> str:
    """The same address, for SQLAlchemy's asyncpg dialect."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)
