"""Service processes die at random under load: nothing is lost and nothing happens twice, counted from outside."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import median

import pytest

from devkit.evidence import trust_policy
from devkit.findings import Looking
from devkit.fleet import Fleet
from devkit.home import Addresses
from devkit.partners import Partners
from devkit.population import Newcomer, newcomers, watermarks
from devkit.sandbox.inner import inner_doors
from devkit.sandbox_client import SandboxClient
from tests.chaos import counting
from tests.chaos.killing import Killer, plan
from tests.chaos.load import PATIENCE, Load
from tests.chaos.watching import LogWatch
from tests.support.told import Tell

pytestmark = pytest.mark.slow

_SEED = "HUB_CHAOS_SEED"
_KILLS = 10
_PEOPLE = 320
_SAMPLE = 25
_MONTH_END = date(2026, 3, 31)
# Who was reported before has signed so long ago that a reminder may be due today, which is another story.
_FIRST_DAY = date(2026, 3, 8)


async def test_ten_kills_of_service_processes_under_load_lose_nothing_and_double_nothing(
    fleet: tuple[Fleet, Addresses], tell: Tell, sent_again: Counter[str]
) -> None:
    processes, addresses = fleet
    seed = int(os.environ.get(_SEED) or random.SystemRandom().randrange(2**32))
    tell(f"seed {seed}; the same again with {_SEED}={seed}")
    chance = random.Random(seed)
    people = [person for person in newcomers(seed, _PEOPLE, _MONTH_END) if person.reported_on >= _FIRST_DAY]
    keys = processes.ground.home.keys

    async with Partners(addresses, keys, PATIENCE) as partners, SandboxClient(addresses.sandbox) as sandbox:
        load, watch = Load(partners), LogWatch(partners["operator1"], trust_policy(keys))
        killer = Killer(processes, load, tell)
        await sandbox.morning_of(_MONTH_END)
        for fact in watermarks(_MONTH_END):
            await load.send(fact)
        facts = sum(len(person.facts) for person in people)

        started = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(watch.run())
            async with asyncio.TaskGroup() as disturbed:
                disturbed.create_task(load.send_all(people, chance))
                disturbed.create_task(killer.carry_out(plan(chance, _KILLS, facts)))
            watch.stop()
        tell(
            f"{time.monotonic() - started:6.1f} s  all sent: {dict(load.ways)}, answered {dict(load.answers)}, "
            f"{sent_again.total()} requests sent again after {dict(sent_again)}"
        )
        tell(f"          back after a kill in {median(killer.back_s):.1f} s (median), {max(killer.back_s):.1f} s at most")
        await sandbox.settled()
        tell(f"{time.monotonic() - started:6.1f} s  at rest")

        await _nothing_is_lost_or_doubled(partners, sandbox, people, load, processes, tell)
        await _the_log_is_whole(watch, tell)
        await _a_sample_is_decided_as_expected_and_proven(addresses, partners, processes, chance.sample(people, _SAMPLE), tell)


async def _nothing_is_lost_or_doubled(
    partners: Partners, sandbox: SandboxClient, people: Sequence[Newcomer], load: Load, processes: Fleet, tell: Tell
) -> None:
    told = await counting.current_outcomes(partners)
    assert {record: count for record, count in told.items() if count != 1} == {}
    assert set(told) == load.records
    tell(f"          {len(load.records)} records accepted, {told.total()} current outcomes")

    expected = [int(person.expected.registered) for person in people]
    assert await counting.registrations(partners, people) == expected
    notices = await counting.notices(partners, people)
    assert [len(of_person) for of_person in notices] == expected

    handed = counting.letters(processes.ground.home.print_folder)
    ordered = [delivery["id"] for of_person in notices for notice in of_person for delivery in notice["deliveries"]]
    assert len(ordered) == len(set(ordered)) == sum(expected)
    assert handed == dict.fromkeys(ordered, 1)
    assert await sandbox.print_run() == {"posted": sum(expected), "refused": 0}
    tell(f"          {sum(expected)} people to register: as many registrations, notices, letters at the print house; none twice")

    async with inner_doors(processes.urls, processes.ground.home.keys) as doors:
        parked = {door.service: await door.parked() for door in doors}
    assert not any(parked.values()), parked
    tell("          nothing parked")


async def _the_log_is_whole(watch: LogWatch, tell: Tell) -> None:
    size = await watch.prove_all_seen()
    tell(f"          {len(watch.seen)} checkpoints seen on the way are all states of the log of {size} entries")


async def _a_sample_is_decided_as_expected_and_proven(
    addresses: Addresses, partners: Partners, processes: Fleet, people: Sequence[Newcomer], tell: Tell
) -> None:
    keys = processes.ground.home.keys
    async with inner_doors(addresses.services, keys) as doors:
        found = await Looking(partners["operator1"], doors, trust_policy(keys)).at_newcomers(people)
    assert [(one.outcome, one.rule) for one in found if not one.as_expected] == []
    evidence = [one for person in found for one in person.journey.evidence]
    assert [one.why for one in evidence if one.report is None] == []
    for one in evidence:
        assert one.report is not None
        assert [event.name for event in one.report.events].count("DispatchIntended") == 1
    tell(f"          {len(found)} people decided as expected, the evidence of their {len(evidence)} notices proven")
