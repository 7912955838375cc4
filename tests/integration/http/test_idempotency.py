"""Idempotency-Key against a real database: one key, one effect, whoever asks and however often."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Column, MetaData, Table, Text, text

from chassis import schema
from chassis.clock import technical_now
from chassis.db import Database
from chassis.http import idempotency, idempotency_schema
from chassis.http.api import Answer, Api, Uow
from chassis.http.models import Body, View
from chassis.http.problems import Conflict
from chassis.uow import Units
from devkit.databases import DatabaseUrls
from tests.support.doors import calling, doors, units
from tests.support.postgres import Postgres, Template
from tests.support.tables import create_tables
from tests.support.tokens import Tokens

DOOR = "/registration/v1/objections"
HELD = text("SELECT pg_advisory_xact_lock_shared(15)")
EFFECTS = MetaData()
Table("effect", EFFECTS, Column("id", Text, primary_key=True), Column("note", Text, nullable=False))
MADE = text("INSERT INTO effect (id, note) VALUES (:id, :note)")

api = Api("/registration/v1", "registration")


class NewObjection(Body):
    kind: str


class ObjectionView(View):
    id: str


@api.post("/objections", scope="registration.write", summary="Object", status=201, idempotent=True)
async def create_objection(body: NewObjection, uow: Uow) -> Answer[ObjectionView]:
    """Makes an effect; whoever holds lock 15 keeps it waiting in the middle, which a test can then watch."""
    made = str(uuid4())
    await uow.execute(MADE, {"id": made, "note": body.kind})
    await uow.all(HELD)
    if body.kind == "refused":
        raise Conflict("an objection is open")
    if body.kind == "fault":
        raise RuntimeError(body.kind)
    return Answer(ObjectionView(id=made), location=f"{DOOR}/{made}", version=1)


async def _tables(urls: DatabaseUrls) -> None:
    await create_tables(urls.owner("registration"), schema.metadata, idempotency_schema.metadata, EFFECTS)


@pytest.fixture
async def urls(postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
    async with postgres.fresh(Template("http_doors", _tables)) as found:
        yield found


@pytest.fixture
async def database(urls: DatabaseUrls) -> AsyncIterator[Database]:
    found = Database(urls.own("registration"), "test", pool_size=5)
    yield found
    await found.close()


@pytest.fixture
def unit_of_work(database: Database) -> Units:
    return units(database)


@pytest.fixture
async def client(unit_of_work: Units) -> AsyncIterator[httpx.AsyncClient]:
    tokens = Tokens()
    async with calling(doors([api], tokens, unit_of_work), tokens.bearer("vdab")) as found:
        yield found


async def ask(client: httpx.AsyncClient, key: str, kind: str = "objection") -> httpx.Response:
    return await client.post(DOOR, json={"kind": kind}, headers={"Idempotency-Key": key})


async def effects(database: Database) -> int:
    async with database.transaction() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM effect"))).scalar_one())


async def until_waiting(database: Database, requests: int) -> None:
    """Wait until so many sessions wait for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")

    async def waiting() -> int:
        async with database.transaction() as connection:
            return int((await connection.execute(query)).scalar_one())

    async with asyncio.timeout(20):
        while await waiting() < requests:
            await asyncio.sleep(0.01)


async def test_m15_two_requests_at_once_with_one_key_have_one_effect_and_one_replay(client: httpx.AsyncClient, database: Database) -> None:
    key = str(uuid4())
    async with database.transaction() as door_keeper:
        await door_keeper.execute(text("SELECT pg_advisory_xact_lock(15)"))
        both = [asyncio.create_task(ask(client, key)) for _ in range(2)]
        await until_waiting(database, 2)

    first, second = sorted([await task for task in both], key=lambda response: "idempotency-replayed" in response.headers)

    assert [first.status_code, second.status_code] == [201, 201]
    assert (first.content, first.headers["location"], first.headers["etag"]) == (
        second.content,
        second.headers["location"],
        second.headers["etag"],
    )
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await effects(database) == 1


async def test_m15_a_request_that_waited_for_a_failed_one_has_the_effect(client: httpx.AsyncClient, database: Database) -> None:
    key = str(uuid4())
    async with database.transaction() as door_keeper:
        await door_keeper.execute(text("SELECT pg_advisory_xact_lock(15)"))
        failing = asyncio.create_task(ask(client, key, "fault"))
        await until_waiting(database, 1)
        repeated = asyncio.create_task(ask(client, key))
        await until_waiting(database, 2)

    assert (await failing).status_code == 500
    answer = await repeated
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)
    assert await effects(database) == 1


async def test_m15_a_request_that_waits_beyond_the_lock_timeout_is_told_to_come_back(
    client: httpx.AsyncClient, urls: DatabaseUrls, database: Database
) -> None:
    key, tokens = str(uuid4()), Tokens()
    hasty = Database(urls.own("registration"), "hasty", lock_timeout_s=0.05)
    app = doors([api], tokens, units(hasty))
    async with database.transaction() as door_keeper, calling(app, tokens.bearer("vdab")) as impatient:
        await door_keeper.execute(text("SELECT pg_advisory_xact_lock(15)"))
        first = asyncio.create_task(ask(client, key))
        await until_waiting(database, 1)
        second = await ask(impatient, key)
    await hasty.close()

    assert (second.status_code, second.json()["type"].rpartition(":")[2]) == (409, "idempotencyKeyInProgress")
    assert second.headers["retry-after"] == "5"
    assert (await first).status_code == 201


async def test_m15_a_repeated_request_is_answered_as_before(client: httpx.AsyncClient, database: Database) -> None:
    first = await ask(client, "repeat-1")
    bare, quoted = await ask(client, "repeat-1"), await ask(client, '"repeat-1"')

    for replay in (bare, quoted):
        assert (replay.status_code, replay.content) == (first.status_code, first.content)
        assert replay.headers["idempotency-replayed"] == "true"
        assert replay.headers["belgov-trace-id"] != first.headers["belgov-trace-id"]
    assert await effects(database) == 1


async def test_m15_the_same_key_with_another_payload_is_a_conflict(client: httpx.AsyncClient, database: Database) -> None:
    await ask(client, "reused-1")
    other = await ask(client, "reused-1", "restriction")

    assert (other.status_code, other.json()["type"]) == (409, "urn:problem-type:vdab:idempotencyKeyReused")
    assert await effects(database) == 1


async def test_m15_keys_of_two_clients_are_two_keys(unit_of_work: Units, database: Database) -> None:
    tokens = Tokens()
    async with calling(doors([api], tokens, unit_of_work)) as anyone:
        for who in ("vdab", "operator1"):
            headers = tokens.bearer(who) | {"Idempotency-Key": "shared-key"}
            assert "idempotency-replayed" not in (await anyone.post(DOOR, json={"kind": "objection"}, headers=headers)).headers

    assert await effects(database) == 2


@pytest.mark.parametrize(("kind", "status"), [("refused", 409), ("fault", 500)])
async def test_m15_what_failed_left_nothing_and_may_be_tried_again(
    client: httpx.AsyncClient, database: Database, kind: str, status: int
) -> None:
    first, second = await ask(client, "failed-1", kind), await ask(client, "failed-1", kind)
    corrected = await ask(client, "failed-1")

    assert [first.status_code, second.status_code, corrected.status_code] == [status, status, 201]
    assert await effects(database) == 1


async def test_the_effect_is_committed_before_the_answer_leaves(unit_of_work: Units, database: Database) -> None:
    tokens, counted = Tokens(), list[int]()
    app = doors([api], tokens, unit_of_work)

    async def watched(scope: dict[str, object], receive: object, send: object) -> None:
        async def counting(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                counted.append(await effects(database))
            await send(message)  # type: ignore[operator]

        await app(scope, receive, counting)  # type: ignore[arg-type]

    transport = httpx.ASGITransport(watched)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test", headers=tokens.bearer("vdab")) as client:
        await ask(client, "committed-1")

    assert counted == [1]


async def test_records_go_after_48_hours_in_small_steps(client: httpx.AsyncClient, unit_of_work: Units, database: Database) -> None:
    for number in range(4):
        await ask(client, f"pruned-{number}")
    async with database.transaction() as connection:
        old = technical_now() - idempotency.RETENTION - timedelta(minutes=1)
        await connection.execute(text("UPDATE idempotency SET recorded_at = :old WHERE key <> 'pruned-3'"), {"old": old})

    gone = []
    for _ in range(3):
        async with unit_of_work.open() as uow:
            gone.append(await idempotency.prune(uow, most=2))

    assert gone == [2, 1, 0]
    assert (await ask(client, "pruned-3")).headers["idempotency-replayed"] == "true"


async def test_a_database_that_is_away_is_a_503(urls: DatabaseUrls) -> None:
    tokens = Tokens()
    wrong = urls.own("registration").rpartition("@")[0] + "@127.0.0.1:1/nothing"
    away = Database(wrong, "away")
    async with calling(doors([api], tokens, units(away)), tokens.bearer("vdab")) as client:
        response = await ask(client, "away-key-1")
    await away.close()

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
