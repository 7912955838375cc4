"""What the log in PostgreSQL adds to the suite: positions without gaps, ownership by locks, quiet when idle, bounded by retention."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chassis.bus.errors import BusUnavailable, NotOwner, PublishFailed
from chassis.bus.port import Outgoing, TopicPartition, TopicSpec
from chassis.bus.postgres import producer as producing
from chassis.bus.postgres.bus import PostgresBus
from chassis.bus.postgres.link import Connection
from chassis.bus.postgres.producer import PostgresProducer
from chassis.bus.postgres.schema import create_schema, migrate
from devkit import embedded_postgres
from devkit.databases import BUS, DatabaseUrls, administering, run
from tests.conformance.members import ends, eventually, members, read
from tests.conformance.test_postgres_bus import BUS_DATABASE, CUT
from tests.support.postgres import Postgres, folder_for_data

TOPIC = "vdab.test.v1"

AGE = """
UPDATE record SET at = at - interval '2 hours'
WHERE position < $1 AND log_id IN (SELECT log.id FROM log JOIN topic ON topic.id = topic_id WHERE name = $2)
"""


@pytest.fixture
async def databases(postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
    async with postgres.fresh(BUS_DATABASE) as urls:
        yield urls


@pytest.fixture
async def bus(databases: DatabaseUrls) -> AsyncIterator[PostgresBus]:
    bus = PostgresBus(databases.bus("registration"), "registration")
    await bus.ensure_topics([TopicSpec(TOPIC, 3)])
    yield bus
    await bus.close()


@pytest.fixture
async def watching(databases: DatabaseUrls) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(databases.owner(BUS))
    yield connection
    await connection.close()


@pytest.fixture
async def cutting(databases: DatabaseUrls) -> AsyncIterator[Connection]:
    """A connection of the services' role, which may end that role's other connections."""
    connection = await asyncpg.connect(databases.bus("registration"))
    yield connection
    await connection.close()


def batch(count: int) -> list[Outgoing]:
    return [Outgoing(TOPIC, b"person-%d" % number, b"%d" % number) for number in range(count)]


async def test_m12_positions_have_no_gaps_and_are_visible_in_order(bus: PostgresBus, watching: Connection, cutting: Connection) -> None:
    """Producers compete and are cut off half-way; whoever looks at any moment sees each log from 0 on, without holes."""
    producers = [await bus.producer() for _ in range(4)]
    failures = 0

    async def publish(index: int) -> None:
        nonlocal failures
        for size in range(1, 40):
            try:
                await producers[index].publish(batch(size))
            except PublishFailed:
                failures += 1

    async def look() -> None:
        seen = await watching.fetch("SELECT log_id, count(*), min(position), max(position) FROM record GROUP BY log_id")
        assert all(row["min"] == 0 and row["max"] == row["count"] - 1 for row in seen)

    publishing = asyncio.gather(*(publish(index) for index in range(4)))
    while not publishing.done():
        await look()
        if failures < 3:  # a cut that meets nobody half-way proves nothing: cut again
            await cutting.execute(CUT)
        await asyncio.sleep(0)
    await publishing
    await look()
    heads = await watching.fetch("SELECT id, next FROM log ORDER BY id")
    assert heads == await watching.fetch("SELECT log_id, count(*) FROM record GROUP BY log_id ORDER BY log_id")
    assert failures > 0


async def test_m12_ownership_ends_with_the_connection_that_commits(bus: PostgresBus, cutting: Connection) -> None:
    producer = await bus.producer()
    await producer.publish(batch(30))
    subscription = await bus.subscribe("group", [TOPIC], "1")
    records = await read(subscription, 30)
    assert len(subscription.assignment()) == 3

    await cutting.execute(CUT)
    await eventually(lambda: not subscription.assignment())

    with pytest.raises(NotOwner):
        await subscription.commit(ends(records))


async def test_m12_a_commit_of_an_older_generation_is_refused(bus: PostgresBus, watching: Connection) -> None:
    producer = await bus.producer()
    await producer.publish(batch(30))
    subscription = await bus.subscribe("group", [TOPIC], "1")
    records = await read(subscription, 30)
    await watching.execute("UPDATE progress SET generation = generation + 1 WHERE partition = 0")

    with pytest.raises(NotOwner):
        await subscription.commit(ends(records))

    positions = {row["partition"]: row["position"] for row in await watching.fetch("SELECT partition, position FROM progress")}
    assert positions == {record.partition: record.position + 1 for record in records} | {0: 0}


async def test_m10_a_server_that_takes_no_writes_for_now_is_a_bus_that_is_away(databases: DatabaseUrls) -> None:
    """As a standby is that was addressed before its promotion."""
    async with administering(databases.owner(BUS)) as owner:
        await run(owner, "ALTER DATABASE %I SET default_transaction_read_only = on", f"{BUS}{databases.suffix}")
    bus = PostgresBus(databases.bus("registration"), "registration")
    with pytest.raises(BusUnavailable, match="ReadOnly"):
        await bus.ensure_topics([TopicSpec("vdab.other.v1", 1)])
    await bus.close()


async def test_m08_no_notify_inside_the_business_transaction(bus: PostgresBus, watching: Connection) -> None:
    """The append speaks no word of it; the announcement follows on its own, holds no data, and many become one."""
    assert "notify" not in producing._APPEND.lower()
    heard: list[str] = []
    topic_id = await watching.fetchval("SELECT id FROM topic")
    await watching.add_listener(f"topic_{topic_id}", lambda *said: heard.append(str(said[2])))
    producer = await bus.producer()

    for _ in range(100):
        await producer.publish(batch(1))

    await eventually(lambda: bool(heard))
    await producer.close()
    assert 1 <= len(heard) <= 50


async def test_m08_a_lost_announcement_costs_a_second_at_most(bus: PostgresBus, watching: Connection) -> None:
    subscription = await bus.subscribe("group", [TOPIC], "1")
    await subscription.poll(1, 0.1)
    waiting = asyncio.create_task(subscription.poll(10, 20))
    await asyncio.sleep(0)

    await watching.execute("UPDATE log SET next = 1 WHERE partition = 0")
    await watching.execute("INSERT INTO record (log_id, position, key, value) SELECT id, 0, '', '' FROM log WHERE partition = 0")

    async with asyncio.timeout(3):
        assert len(await waiting) == 1


async def test_an_idle_member_asks_little(bus: PostgresBus) -> None:
    """Two statements a second: look at the group, look for records."""
    subscription = await bus.subscribe("group", [TOPIC], "1")
    await subscription.poll(1, 0.1)
    asked: list[str] = []
    assert subscription._link.connection is not None
    subscription._link.connection.add_query_logger(lambda query: asked.append(query.query))

    await subscription.poll(1, 3)

    assert 4 <= len(asked) <= 9


async def test_a_batch_goes_round_all_partitions_so_that_a_long_one_starves_none(bus: PostgresBus) -> None:
    producer = await bus.producer()
    await producer.publish([Outgoing(TOPIC, b"person-0", b"%d" % number) for number in range(500)])
    await producer.publish(batch(30))
    subscription = await bus.subscribe("group", [TOPIC], "1")

    first_three = [record for _ in range(3) for record in await read(subscription, 10, max_records=10)]

    assert {record.partition for record in first_three} == {0, 1, 2}


async def test_members_with_other_topics_leave_no_partition_unread(bus: PostgresBus) -> None:
    """As during a release that reads one topic more."""
    second = f"{TOPIC}.second"
    await bus.ensure_topics([TopicSpec(second, 3)])
    async with members(bus, "group", TOPIC, "old") as (old,), members(bus, "group", second, "other") as (other,):
        both = await bus.subscribe("group", [TOPIC, second], "new")
        async with asyncio.timeout(20):
            while len(old.held | other.held | both.assignment()) < 6 or len(both.assignment()) not in {2, 3, 4}:
                await both.poll(1, 0.05)
        assert {log.topic for log in both.assignment()} == {TOPIC, second}
        await both.close()


async def test_records_are_pruned_once_they_outlive_their_topic(bus: PostgresBus, watching: Connection) -> None:
    short = f"{TOPIC}.short"
    await bus.ensure_topics([TopicSpec(short, 1, retention_s=3600)])
    producer = await bus.producer()
    await producer.publish([Outgoing(short, b"k", b"%d" % number) for number in range(2500)])
    await producer.publish(batch(10))
    await watching.execute(AGE, 2400, short)

    assert await bus.prune() == 2400
    assert await bus.prune() == 0

    subscription = await bus.subscribe("group", [short, TOPIC], "1")
    records = await read(subscription, 110)
    assert sorted(int(record.value) for record in records if record.topic == short) == list(range(2400, 2500))
    assert (await subscription.lag())[TopicPartition(short, 0)] == 100


async def test_the_schema_can_be_made_again(databases: DatabaseUrls, watching: Connection) -> None:
    await create_schema(watching)
    assert await watching.fetchval("SELECT count(*) FROM topic") == 0
    assert databases.suffix


async def _publish_until_it_fails(producer: PostgresProducer) -> int:
    """How many single records were acked before: a backend notices a moment after its server."""
    acked = 0
    while True:
        try:
            await producer.publish(batch(1))
        except PublishFailed:
            return acked
        acked += 1


async def test_what_was_acked_survives_a_killed_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    with folder_for_data(tmp_path_factory.mktemp("postgres")) as home:
        server = embedded_postgres.start(home, ends_with_us=True)
        await migrate(server.url())
        bus = PostgresBus(server.url(), "registration")
        await bus.ensure_topics([TopicSpec(TOPIC, 3)])
        producer = await bus.producer()
        subscription = await bus.subscribe("group", [TOPIC], "1")
        await producer.publish(batch(300))

        embedded_postgres.stop(home, how=signal.SIGKILL)
        more = await _publish_until_it_fails(producer)
        with pytest.raises(BusUnavailable):
            await subscription.poll(1, 0)
        embedded_postgres.start(home, port=server.port, ends_with_us=True)

        assert Counter(int(record.value) for record in await read(subscription, 300 + more)) == Counter(range(300)) + Counter({0: more})
        await producer.publish(batch(1))
        assert len(await read(subscription, 1)) == 1
        await bus.close()
        embedded_postgres.stop(home)
