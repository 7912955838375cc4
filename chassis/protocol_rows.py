"""Which data flows have a valid protocol now: what the contracts ship, overridden by what a person switched."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from chassis import schema
from chassis.clock import technical_now
from chassis.db import Database
from contracts import protocols

# How long a switch may go unseen by another process of the service; the process that switched sees it at once.
_FRESH_S = 1.0


@dataclass(frozen=True, slots=True)
class _Override:
    active: bool
    valid_from: date | None
    valid_to: date | None


class ProtocolRows:
    """The data protocols as this service knows them, at most a second old."""

    def __init__(self, *, sandbox: bool) -> None:
        self._sandbox = sandbox
        self._overrides: Mapping[str, _Override] = {}
        self._read_at = 0.0
        self._forgotten = 0
        self._lock = asyncio.Lock()

    def active(self, flow: str, on: date) -> bool:
        """Whether data may flow on that date (both ends of the validity included)."""
        row = self._overrides.get(flow)
        if row is None:
            return protocols.valid(flow, on, sandbox=self._sandbox)
        return row.active and (row.valid_from is None or row.valid_from <= on) and (row.valid_to is None or on <= row.valid_to)

    def forget(self) -> None:
        """Read the rows again at the next unit of work, whatever a read under way brings."""
        self._read_at = 0.0
        self._forgotten += 1

    async def refresh(self, database: Database) -> None:
        """Read the rows again when they are older than a second; concurrent callers share one read."""
        if technical_now().timestamp() - self._read_at < _FRESH_S:
            return
        async with self._lock:
            started = technical_now().timestamp()
            if started - self._read_at < _FRESH_S:
                return
            forgotten = self._forgotten
            async with database.statement() as connection:
                rows = (await connection.execute(select(schema.data_protocol))).all()
            self._overrides = {row.flow: _Override(row.active, row.valid_from, row.valid_to) for row in rows}
            if forgotten == self._forgotten:
                self._read_at = started
