"""One run of chaos: a load, a plan of disturbances that a seed repeats, and the judgement from outside."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from devkit.evidence import trust_policy
from devkit.population import Newcomer, newcomers, watermarks
from tests.chaos.disturbing import Disturber, plan
from tests.chaos.judging import Judgement, decided_as_expected_and_proven, judge, the_log_is_whole
from tests.chaos.load import Load
from tests.chaos.reached import by_mail
from tests.chaos.recovery import Recovery, Spread, recoveries
from tests.chaos.servers import Server
from tests.chaos.stage import Stage
from tests.chaos.watching import LogWatch
from tests.support.told import Tell

_SEED = "HUB_CHAOS_SEED"
_SAMPLE = 25
# One in so many gets mail; a mail host that takes its time is what makes a mail's fate unknown when its sender dies.
_MAILED_EACH, _MAIL_HOST_S = 4, 1.0
MONTH_END = date(2026, 3, 31)
# Who was reported before has signed so long ago that a reminder may be due today, which is another story.
_FIRST_DAY = date(2026, 3, 8)
_REST_S = 120.0


@dataclass(frozen=True, slots=True)
class Weather:
    """How much of everything; the people come as fast as the hub answers unless there is a pace."""

    people: int
    kills: int
    restarts: Sequence[Server] = ()
    people_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What was measured; every promise was kept, or there would be none."""

    facts: int
    mailed: int
    unknown: int
    ready: Spread
    after_kills: Spread
    after_restarts: Spread


def the_seed(tell: Tell) -> int:
    """The seed of this run: that of HUB_CHAOS_SEED, else one nobody chose."""
    seed = int(os.environ.get(_SEED) or random.SystemRandom().randrange(2**32))
    tell(f"seed {seed}; the same again with {_SEED}={seed}")
    return seed


def people_of(seed: int, count: int) -> list[Newcomer]:
    """About three quarters of so many newcomers: those who were reported of late."""
    return [person for person in newcomers(seed, count, MONTH_END) if person.reported_on >= _FIRST_DAY]


async def morning(stage: Stage, load: Load) -> None:
    """The first of the following month; every source is complete."""
    await stage.sandbox.morning_of(MONTH_END)
    for fact in watermarks(MONTH_END):
        await load.send(fact)


async def storm(stage: Stage, weather: Weather, tell: Tell, sent_again: Counter[str]) -> Aftermath:
    """Let it rage, and check from outside that nothing was lost, doubled or parked and that the log is whole."""
    chance = random.Random(seed := the_seed(tell))
    people = people_of(seed, weather.people)
    load = Load(stage.partners, people_per_s=weather.people_per_s)
    watch = LogWatch(stage.partners["operator1"], trust_policy(stage.keys))
    disturber = Disturber(stage, load, tell)
    await morning(stage, load)
    await by_mail(stage.partners["vdab"], [person for person in people if chance.randrange(_MAILED_EACH) == 0])
    await stage.sandbox.order("email", answersAfterS=_MAIL_HOST_S)
    facts = sum(len(person.facts) for person in people)

    started = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch.run())
        async with asyncio.TaskGroup() as disturbed:
            disturbed.create_task(load.send_all(people, chance))
            disturbed.create_task(disturber.carry_out(plan(chance, weather.kills, weather.restarts, facts)))
        watch.stop()
    tell(
        f"{time.monotonic() - started:6.1f} s  all sent: {dict(load.ways)}, answered {dict(load.answers)}, "
        f"{sent_again.total()} requests sent again after {dict(sent_again)}"
    )
    await stage.sandbox.settled(_REST_S)
    tell(f"{time.monotonic() - started:6.1f} s  at rest")

    found = await judge(stage, load, people, tell)
    await the_log_is_whole(watch, tell)
    await decided_as_expected_and_proven(stage, chance.sample(people, min(_SAMPLE, len(people))), tell)
    return _aftermath(load, disturber, found, tell)


def _aftermath(load: Load, disturber: Disturber, judged: Judgement, tell: Tell) -> Aftermath:
    found = Aftermath(
        load.accepted,
        judged.mailed,
        judged.unknown,
        Spread.of(disturber.ready_s),
        _spread(recoveries(disturber.killed_at, load.told, judged.done_at)),
        _spread(recoveries(disturber.restarted_at, load.told, judged.done_at)),
    )
    tell(f"          ready again after a kill: {found.ready}; lives that found no database to begin with: {disturber.not_started}")
    tell(f"          letters that were under way at a kill, the last of them at the print house: {found.after_kills}")
    if disturber.restart_s:
        tell(f"          servers back after {Spread.of(disturber.restart_s)}; letters: {found.after_restarts}")
    return found


def _spread(found: Sequence[Recovery]) -> Spread:
    """Over the moments at which something was under way."""
    return Spread.of([one.done_s for one in found if one.under_way])
