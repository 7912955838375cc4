"""Counts how often a client waits for its database, by sitting between the two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit, urlunsplit

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Counter:
    """`count` rises each time the client speaks after the server spoke."""

    url: str
    count: int = 0

    @classmethod
    def of(cls, url: str, port: int) -> Self:
        parts = urlsplit(url)
        login, _, _ = parts.netloc.rpartition("@")
        return cls(urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{port}")))

    async def talk(self, client: Ends, server: Ends) -> None:
        """Carry bytes both ways until either side hangs up."""
        asked = asyncio.Event()

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, asking: bool) -> None:
            while data := await source.read(1 << 16):
                if asking and not asked.is_set():
                    self.count += 1
                    asked.set()
                elif not asking:
                    asked.clear()
                sink.write(data)

        ways = [
            asyncio.create_task(carry(client[0], server[1], asking=True)),
            asyncio.create_task(carry(server[0], client[1], asking=False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for _, writer in (client, server):
                writer.close()
            await asyncio.gather(*(writer.wait_closed() for _, writer in (client, server)), return_exceptions=True)


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[Counter]:
    """Give an address that leads to the same database, and the counter of round trips over it; every connection breaks at the end."""
    parts = urlsplit(url)
    talks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        await counter.talk((reader, writer), await asyncio.open_connection(parts.hostname, parts.port))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    counter = Counter.of(url, server.sockets[0].getsockname()[1])
    try:
        yield counter
    finally:
        server.close()
        await server.wait_closed()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
