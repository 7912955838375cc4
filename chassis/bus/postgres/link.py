"""One connection to the bus database that is opened when needed and given up at the first sign of trouble."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from chassis.bus.errors import BusUnavailable
from chassis.db import is_passing

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

_CONNECT_S, _STATEMENT_S, _CLOSE_S = 10, 30, 5

# Statements are planned once and for all, perhaps while `record` is still empty: only by index, then, or they would scan it when it is not.
_SETTINGS = {
    "lock_timeout": "10s",
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
}


class Link:
    """A connection used by one statement at a time; a failure closes it, with all session locks held on it."""

    def __init__(self, url: str, name: str, *, durable: bool = True) -> None:
        self._url = url
        self._settings = {**_SETTINGS, "application_name": name, "synchronous_commit": "on" if durable else "off"}
        self._connection: Connection | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def connection(self) -> Connection | None:
        """The connection while it stands."""
        if self._connection is not None and self._connection.is_closed():
            self._connection = None
        return self._connection

    async def fetch(self, statement: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """Run one statement, which commits by itself; opens the connection when there is none.

        Raises:
            BusUnavailable: the connection is closed; whether the statement took effect is unknown.
        """
        async with self._one_at_a_time:
            try:
                connection = self.connection or await self._open()
                return await connection.fetch(statement, *arguments)
            except BaseException as error:
                # Also when cancelled half-way: a connection in an unknown state keeps no locks.
                self.drop()
                if is_passing(error):
                    raise BusUnavailable(type(error).__name__) from error
                raise

    async def listen(self, channel: str, heard: Callable[[int], None]) -> None:
        """Call `heard` with the sender's process id for every notification on `channel`.

        Raises:
            BusUnavailable: the connection is closed.
        """
        async with self._one_at_a_time:
            try:
                connection = self.connection or await self._open()
                await connection.add_listener(channel, lambda _connection, sender, _channel, _payload: heard(sender))
            except BaseException as error:
                self.drop()
                if is_passing(error):
                    raise BusUnavailable(type(error).__name__) from error
                raise

    def drop(self) -> None:
        """Close at once; the server lets go of everything held on it."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Close in good order, or at once when that does not work."""
        async with self._one_at_a_time:
            if self.connection is not None:
                try:
                    await self.connection.close(timeout=_CLOSE_S)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
                    self.drop()
            self._connection = None

    async def _open(self) -> Connection:
        self._connection = await asyncpg.connect(
            self._url, timeout=_CONNECT_S, command_timeout=_STATEMENT_S, server_settings=self._settings
        )
        return self._connection
