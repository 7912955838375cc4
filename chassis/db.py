"""The one place where services connect to their databases, commit, and tell a lost connection from a bad statement."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from pydantic_core import from_json
from sqlalchemy import Executable

from chassis.errors import DatabaseUnavailable, Unavailable
from chassis.rows import Answer, Row, row_class
from chassis.statements import prepared

# PostgreSQL error classes that pass by themselves: connection, transaction rollback (deadlock, serialisation), resources, operator
# intervention, lock_not_available, an idle transaction cut off, and a standby that took our writes before it was promoted (PostgreSQL
# manual, appendix A).
_PASSING = ("08", "40", "53", "57", "55P03", "25P03", "25006")

# The same when connecting: the database takes no connections (object_not_in_prerequisite_state), or a password is being changed.
_SHUT = ("55000", "28")

# An answer that takes longer will not come: the other end of the connection is gone without a word.
_STATEMENT_S = 60
_CONNECT_S = 10
# So long a unit waits for a connection of the pool, and so long the pool waits for its last connections when it is closed.
_POOL_S, _LAST_S = 30, 5
# Statements that a connection keeps ready; a service has some 150.
_KEPT_READY = 500
_JSONB = b"\x01"  # the version that PostgreSQL writes before binary jsonb

StatementFailed: TypeAlias = asyncpg.PostgresError

if TYPE_CHECKING:
    _Driver: TypeAlias = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    _Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    _Driver, _Pool = asyncpg.Connection, asyncpg.Pool


def is_passing(error: BaseException) -> bool:
    """Whether the same statement can succeed later: the connection, a lock or the server was the cause, not the data."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate).startswith(_PASSING)
    return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError)


class _Unreset(asyncpg.Connection):
    """A connection that is given back as it is: locks of a session live on connections that are not, and nothing else is left behind."""

    def get_reset_query(self) -> str:
        """Say nothing to the server."""
        return ""


async def _connect(*where: Any, **how: Any) -> Any:
    """Connect; a database that lets nobody in at the moment is no fault of what was to be done there."""
    try:
        return await asyncpg.connect(*where, **how)
    except asyncpg.PostgresError as error:
        if str(error.sqlstate).startswith(_SHUT):
            raise DatabaseUnavailable(f"{how['server_settings']['application_name']}: {type(error).__name__}") from error
        raise


async def _speak_json(driver: _Driver) -> None:
    """Take jsonb arguments as the text that `chassis.statements` makes, and give values of both types as Python has them."""
    await driver.set_type_codec("json", schema="pg_catalog", encoder=_text, decoder=from_json, format="binary")
    await driver.set_type_codec("jsonb", schema="pg_catalog", encoder=_write_jsonb, decoder=_read_jsonb, format="binary")


def _text(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


def _write_jsonb(value: str | bytes) -> bytes:
    return _JSONB + _text(value)


def _read_jsonb(value: bytes) -> object:
    return from_json(value[1:])


class Connection:
    """A connection on which statements of SQLAlchemy run; its transaction is its opener's."""

    __slots__ = ("driver",)

    def __init__(self, driver: _Driver) -> None:
        self.driver = driver

    async def execute(self, statement: Executable, params: Mapping[str, object] | None = None) -> Answer:
        """Run a statement; its rows."""
        given = params or {}
        ready = prepared(statement, given)
        return Answer(_rows(await self.driver.fetch(ready.text, *ready.arguments(given))))

    async def count(self, statement: Executable, params: Mapping[str, object] | Sequence[Mapping[str, object]] | None = None) -> int:
        """Run a statement; how many rows it touched, which nobody counts where it runs once for each of several parameters."""
        if isinstance(params, Sequence):
            if params:
                ready = prepared(statement, params[0])
                await self.driver.executemany(ready.text, [ready.arguments(each) for each in params])
            return -1
        given = params or {}
        ready = prepared(statement, given)
        status = await self.driver.execute(ready.text, *ready.arguments(given))
        number = status.rpartition(" ")[2]
        return int(number) if number.isdigit() else 0

    async def script(self, sql: str) -> None:
        """Run SQL as it stands."""
        await self.driver.execute(sql)


def _rows(records: Sequence[asyncpg.Record]) -> Sequence[Row]:
    if not records:
        return []
    row = row_class(tuple(records[0].keys()))
    return [tuple.__new__(row, record) for record in records]


class Database:
    """A pool of connections to one database, for one service."""

    def __init__(self, url: str, name: str, pool_size: int = 5, lock_timeout_s: float = 10.0) -> None:
        self.name = name
        self._url = url
        self._pool_size = pool_size
        self._settings = {
            "application_name": name,
            "lock_timeout": str(int(lock_timeout_s * 1000)),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
            # A statement is planned once a connection, for whatever values come: planning each run cost a lone unit a fifth of its time in
            # PostgreSQL. And no such plan reads a table whole that has an index: made while it was small, it stays when that has grown.
            "plan_cache_mode": "force_generic_plan",
            "enable_seqscan": "off",
        }
        self._pool: _Pool | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            DatabaseUnavailable: the connection, a lock or the server failed; nothing of the block is kept, unless the failure hit the
                commit itself, in which case the caller cannot know and must repeat an idempotent unit.
        """
        async with self.statement() as connection, connection.driver.transaction():
            yield connection

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Connection]:
        """A connection of its own outside any transaction (each statement commits by itself), for session locks and maintenance."""
        async with self.statement() as connection:
            try:
                yield connection
            finally:
                # A session lock would outlive its holder in the pool; a broken connection takes it along anyway.
                connection.driver.terminate()

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Connection]:
        """A pooled connection on which each statement commits by itself, so in one round trip; not for session locks."""
        with self._telling_apart():
            async with (await self._opened()).acquire(timeout=_POOL_S) as driver:
                yield Connection(driver)

    @asynccontextmanager
    async def transaction_in(self, session: Connection) -> AsyncIterator[None]:
        """One transaction inside a `session`, for a leader: what it writes goes through the connection that holds its lock."""
        transaction = session.driver.transaction()
        await transaction.start()
        try:
            yield
        except BaseException:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # the session is lost anyway; the cause must not be
                await transaction.rollback()
            raise
        await transaction.commit()

    async def _opened(self) -> _Pool:
        """The pool, which connects when it is asked to."""
        if self._pool is None:
            pool: Any = asyncpg.create_pool(
                self._url,
                min_size=0,
                max_size=self._pool_size,
                max_inactive_connection_lifetime=0,
                connect=_connect,
                connection_class=_Unreset,
                init=_speak_json,
                server_settings=self._settings,
                statement_cache_size=_KEPT_READY,
                max_cached_statement_lifetime=0,
                timeout=_CONNECT_S,
                command_timeout=_STATEMENT_S,
            )
            self._pool = pool
            await pool  # connects to nothing yet, so nobody comes between
        return self._pool

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
        """Close every connection; one that is still used is cut off after some seconds."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            async with asyncio.timeout(_LAST_S):
                await pool.close()
        except TimeoutError:
            pool.terminate()
