"""The third loop: registrations from Kafka -> inbox, notice and evidence leaf."""

import asyncio
import os
from hashlib import sha256

import orjson

from tests.bench.bare.loop import Place, Record, connect, consume

_NOTIFY = """
    WITH t AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[]) AS t (id, person_id, content, salt, hash)
    ),
    new AS (INSERT INTO notice_inbox (id) SELECT id FROM t ON CONFLICT DO NOTHING RETURNING id),
    n AS (
        INSERT INTO notice (registration_id, person_id, content) SELECT id, person_id, content FROM t JOIN new USING (id)
        ON CONFLICT DO NOTHING RETURNING registration_id
    )
    INSERT INTO leaf (registration_id, salt, hash) SELECT id, salt, hash FROM t JOIN n ON n.registration_id = t.id
"""
# As long as the hub's confirmation without its layout.
TEXT = (
    "Beste {givenName} {familyName},\n\nU bent vanaf {since} als werkzoekende ingeschreven bij VDAB.\n"
    + "U krijgt deze brief omdat u een inburgeringscontract hebt ondertekend. Wat u moet weten staat hieronder.\n" * 12
)


async def run(place: Place) -> None:
    """Work until killed."""
    connection = await connect(place)
    notify = await connection.prepare(_NOTIFY)

    async def handle(records: list[Record]) -> None:
        told = [orjson.loads(value) for _, value in records]
        contents = [TEXT.format_map(one) for one in told]
        salts = [os.urandom(16) for _ in told]
        hashes = [
            sha256(b"\0" + salt + one["id"].encode() + sha256(content.encode()).digest()).digest()
            for one, content, salt in zip(told, contents, salts, strict=True)
        ]
        await notify.fetch([one["id"] for one in told], [one["person"] for one in told], contents, salts, hashes)

    await consume(place, "bare.registrations", "bare-notifications", handle)


if __name__ == "__main__":
    asyncio.run(run(Place.given()))
