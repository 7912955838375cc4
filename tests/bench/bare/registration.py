"""The second loop: facts from Kafka -> inbox, decision, registration and outbox -> Kafka."""

import asyncio
from datetime import date
from typing import Any

import orjson

from tests.bench.bare.loop import Place, Record, connect, consume, producer

_ADULT = 18
_REGISTER = """
    WITH t AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::date[], $6::bytea[])
            AS t (id, person_id, outcome, rule, since, value)
    ),
    new AS (INSERT INTO registration_inbox (id) SELECT id FROM t ON CONFLICT DO NOTHING RETURNING id),
    d AS (INSERT INTO decision (id, person_id, outcome, rule) SELECT id, person_id, outcome, rule FROM t JOIN new USING (id)),
    r AS (
        INSERT INTO registration (id, person_id, since) SELECT id, person_id, since FROM t JOIN new USING (id) WHERE outcome = 'required'
        ON CONFLICT DO NOTHING RETURNING id
    ),
    o AS (INSERT INTO registration_outbox (person_id, value) SELECT person_id, value FROM t JOIN r USING (id) RETURNING id),
    gone AS (DELETE FROM registration_outbox WHERE id <= $7)
    SELECT max(id) AS upto, count(*) AS fresh FROM o
"""
_WAITING = "SELECT id, person_id, value FROM registration_outbox WHERE id > $1 ORDER BY id"


def decide(fact: dict[str, Any]) -> tuple[str, str]:
    """Who is an adult on the day of the contract is registered."""
    born, signed = date.fromisoformat(fact["birthDate"]), date.fromisoformat(fact["signedOn"])
    if fact["region"] != "flanders":
        return "otherRegion", "N5"
    if (signed.year - born.year - ((signed.month, signed.day) < (born.month, born.day))) < _ADULT:
        return "noLabourMarketPerspective", "N8"
    return "required", "N13"


def _registered(fact: dict[str, Any]) -> bytes:
    """What is said of a registration."""
    return orjson.dumps(
        {
            "id": fact["id"],
            "person": fact["person"],
            "since": fact["signedOn"],
            "familyName": fact["familyName"],
            "givenName": fact["givenName"],
            "address": fact["address"],
            "category": "jobseeker",
        }
    )


async def run(place: Place) -> None:
    """Work until killed."""
    connection = await connect(place)
    register, relay = await connection.prepare(_REGISTER), await producer(place, "bare.registrations")
    sent = 0

    async def handle(records: list[Record]) -> None:
        nonlocal sent
        facts = [orjson.loads(value) for _, value in records]
        decisions = [decide(fact) for fact in facts]
        values = [_registered(fact) for fact in facts]
        row = await register.fetchrow(
            [fact["id"] for fact in facts],
            [fact["person"] for fact in facts],
            [outcome for outcome, _ in decisions],
            [rule for _, rule in decisions],
            [date.fromisoformat(fact["signedOn"]) for fact in facts],
            values,
            sent,
        )
        assert row is not None
        sent = await relay.acked()
        if row["fresh"] == len(facts):
            relay.send([(key, value) for (key, _), value in zip(records, values, strict=True)], row["upto"])
        elif row["fresh"]:
            rows = await connection.fetch(_WAITING, sent)
            relay.send([(str(one["person_id"]).encode(), one["value"]) for one in rows], row["upto"])

    await consume(place, "bare.facts", "bare-registration", handle)


if __name__ == "__main__":
    asyncio.run(run(Place.given()))
