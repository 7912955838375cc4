"""The broker is gone for five minutes: facts are taken all the same, and afterwards everything flows."""

import asyncio
import random
import time
from collections import Counter

import pytest

from devkit.evidence import trust_policy
from devkit.sandbox.inner import inner_doors
from tests.chaos.judging import judge, the_log_is_whole
from tests.chaos.load import Load
from tests.chaos.stage import Opener, Stage
from tests.chaos.storm import morning, people_of, the_seed
from tests.chaos.watching import LogWatch
from tests.endure.report import Report
from tests.support.told import Tell

pytestmark = [pytest.mark.endure, pytest.mark.timeout(1500)]

_GONE_S, _LOOK_S, _REST_S = 300.0, 10.0, 300.0
# At this pace the load begins before the outage and ends after it.
_PEOPLE, _PEOPLE_PER_S, _BEFORE = 1200, 2.5, 200


@pytest.mark.parametrize("broker", [pytest.param("kafka", marks=pytest.mark.kafka)], indirect=True)
async def test_five_minutes_without_a_broker_lose_nothing(stage: Opener, report: Report, tell: Tell, sent_again: Counter[str]) -> None:
    chance = random.Random(seed := the_seed(tell))
    people = people_of(seed, _PEOPLE)
    with report.section("Five minutes without a broker") as figures:
        async with stage() as hub:
            load = Load(hub.partners, people_per_s=_PEOPLE_PER_S)
            watch = LogWatch(hub.partners["operator1"], trust_policy(hub.keys))
            await morning(hub, load)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(watch.run())
                sending = tasks.create_task(load.send_all(people, chance))
                await load.reached(_BEFORE)
                before, again = load.accepted, sent_again.total()
                deepest = await _without_broker(hub, load, tell)
                figures.add("facts taken meanwhile; asked to come again", f"{load.accepted - before:,}; {sent_again.total() - again}")
                figures.add("events that waited in the outboxes, at most", f"{deepest:,.0f}")
                assert load.accepted > before
                assert sent_again.total() == again, "a fact was not taken at once"
                back_at = time.monotonic()
                await sending
                watch.stop()
            await hub.sandbox.settled(_REST_S)
            figures.add(
                "from the return of the broker until nothing was under way (new facts came meanwhile)",
                f"{time.monotonic() - back_at:.0f} s",
            )
            await judge(hub, load, people, tell)
            await the_log_is_whole(watch, tell)
            figures.add("facts in all; lost, doubled or parked", f"{load.accepted:,}; 0")


async def _without_broker(hub: Stage, load: Load, tell: Tell) -> float:
    """Let it be gone so long, with the load going on; how many events waited at most."""
    deepest, until = 0.0, time.monotonic() + _GONE_S
    async with hub.servers.without_bus(), inner_doors(hub.addresses.services, hub.keys) as doors:
        while (left_s := until - time.monotonic()) > 0:
            await asyncio.sleep(min(_LOOK_S, left_s))
            waiting = sum([(await door.metrics())["hub_outbox_rows"] for door in doors])
            deepest = max(deepest, waiting)
            tell(f"{_GONE_S - left_s:6.1f} s  without a broker; {load.accepted} facts accepted, {waiting:.0f} events wait")
    return deepest
