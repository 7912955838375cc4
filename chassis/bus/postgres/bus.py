"""The bus on PostgreSQL, seen from a service."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TypeVar

from chassis.bus.errors import BusUnavailable
from chassis.bus.port import Busy, TopicSpec
from chassis.bus.postgres import retention
from chassis.bus.postgres.catalogue import declare
from chassis.bus.postgres.link import Link
from chassis.bus.postgres.producer import PostgresProducer
from chassis.bus.postgres.subscription import PostgresSubscription

_PRUNE_EVERY_S = 60.0

_Part = TypeVar("_Part", PostgresProducer, PostgresSubscription)


class PostgresBus:
    """A durable partitioned log in a database of its own; survives kill -9 of any part; for one machine."""

    def __init__(self, url: str, client_id: str) -> None:
        self._url = url
        self._client_id = client_id
        self._open: list[PostgresProducer | PostgresSubscription] = []
        self._housekeeping: asyncio.Task[None] | None = None

    async def ensure_topics(self, specs: Sequence[TopicSpec]) -> None:
        """Declare topics; those that exist are left as they are.

        Raises:
            BusUnavailable: some may be missing; try again.
        """
        link = self._link()
        try:
            for spec in specs:
                await declare(link, spec.name, spec.partitions, spec.retention_s, spec.max_record_bytes)
        finally:
            await link.close()

    async def producer(self) -> PostgresProducer:
        """A new, independent producer."""
        self._keep_house()
        return self._remember(PostgresProducer(self._url, self._client_id))

    async def subscribe(self, group: str, topics: Sequence[str], instance: str, busy: Busy | None = None) -> PostgresSubscription:
        """Join `group`. The instance is not needed here: a member lives and dies with its connection.

        Raises:
            UnknownTopic: a topic was never declared.
            BusUnavailable: try again.
        """
        self._keep_house()
        subscription = PostgresSubscription(self._url, f"{self._client_id} {instance}", group, topics, busy)
        try:
            await subscription.join()
        except BaseException:
            await subscription.close()
            raise
        return self._remember(subscription)

    async def prune(self) -> int:
        """Remove records older than their topics keep them; runs by itself every minute."""
        link = self._link()
        try:
            return await retention.prune(link)
        finally:
            await link.close()

    async def close(self) -> None:
        """Release everything made from here."""
        if self._housekeeping is not None:
            self._housekeeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._housekeeping
        for part in self._open:
            await part.close()
        self._open.clear()

    def _remember(self, part: _Part) -> _Part:
        self._open = [*(one for one in self._open if not one.closed), part]
        return part

    def _link(self) -> Link:
        return Link(self._url, self._client_id)

    def _keep_house(self) -> None:
        if self._housekeeping is None:
            self._housekeeping = asyncio.create_task(self._keep_pruning())

    async def _keep_pruning(self) -> None:
        while True:
            await asyncio.sleep(_PRUNE_EVERY_S)
            with contextlib.suppress(BusUnavailable):
                await self.prune()
