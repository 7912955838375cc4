"""The first loop: lines on a socket -> fact and outbox -> Kafka."""

import asyncio

import orjson

from tests.bench.bare.loop import BATCH, Place, connect, producer, say_ready

_TAKE = """
    WITH t AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::uuid[], $5::bytea[]) AS t (id, reference, version, person_id, body)
    ),
    f AS (INSERT INTO fact (id, reference, version, person_id, body) SELECT * FROM t ON CONFLICT DO NOTHING RETURNING person_id, body),
    o AS (INSERT INTO feed_outbox (person_id, value) SELECT person_id, body FROM f RETURNING id),
    gone AS (DELETE FROM feed_outbox WHERE id <= $6)
    SELECT max(id) AS upto, count(*) AS fresh FROM o
"""
_WAITING = "SELECT id, person_id, value FROM feed_outbox WHERE id > $1 ORDER BY id"


class Lines(asyncio.Protocol):
    """Takes whole lines from a connection and answers a byte for each that is committed."""

    def __init__(self, waiting: list[tuple[bytes, "Lines"]], came: asyncio.Event) -> None:
        self._waiting = waiting
        self._came = came
        self._rest = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Keep what is whole."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._waiting += [(line, self) for line in lines]
        if lines:
            self._came.set()


async def run(place: Place) -> None:
    """Serve until killed."""
    waiting: list[tuple[bytes, Lines]] = []
    came = asyncio.Event()
    connection = await connect(place)
    take, relay = await connection.prepare(_TAKE), await producer(place, "bare.facts")
    await asyncio.get_running_loop().create_server(lambda: Lines(waiting, came), "127.0.0.1", place.port)
    say_ready()
    sent = 0
    while True:
        await came.wait()
        came.clear()
        while waiting:
            lines, waiting[:BATCH] = waiting[:BATCH], []
            facts = [orjson.loads(line) for line, _ in lines]
            row = await take.fetchrow(
                [fact["id"] for fact in facts],
                [fact["reference"] for fact in facts],
                [fact["sourceVersion"] for fact in facts],
                [fact["person"] for fact in facts],
                [line for line, _ in lines],
                sent,
            )
            assert row is not None
            sent = await relay.acked()
            if row["fresh"] == len(facts):
                relay.send([(fact["person"].encode(), line) for fact, (line, _) in zip(facts, lines, strict=True)], row["upto"])
            elif row["fresh"]:  # some were known: send what the outbox holds
                rows = await connection.fetch(_WAITING, sent)
                relay.send([(str(one["person_id"]).encode(), one["value"]) for one in rows], row["upto"])
            for _, sender in lines:
                assert sender.transport is not None
                sender.transport.write(b".")


if __name__ == "__main__":
    asyncio.run(run(Place.given()))
