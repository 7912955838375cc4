"""Polls an outbox every 100 ms, and sends what it finds."""

import asyncio

from faststream.kafka import KafkaBroker
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.bench.idiomatic.models import Outgoing

_EVERY_S = 0.1
_MOST = 500


async def poll(
    sessions: async_sessionmaker[AsyncSession], outbox: type[Outgoing], broker: KafkaBroker, topic: str, ended: asyncio.Event
) -> None:
    """Send until ended; a crash between sending and the commit sends again."""
    while not ended.is_set():
        async with sessions.begin() as session:
            for row in (await session.scalars(select(outbox).order_by(outbox.id).limit(_MOST))).all():
                await broker.publish(row.value.encode(), topic, key=row.key.encode())
                await session.delete(row)
        await asyncio.sleep(_EVERY_S)
