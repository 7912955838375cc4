"""The demo's story: a month of newcomers reported day by day through the public doors, then the legal windows passing."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby

from chassis.clock import technical_now
from devkit.partners import Partners
from devkit.population import Fact, Newcomer, watermarks
from devkit.population.facts import Contract, Participant
from devkit.sandbox_client import SandboxClient

# The longest term is two months from the signature; the day after its last day tells who is overdue. Nothing is reported meanwhile.
AFTERWARDS = timedelta(days=63)
_STRIDE = timedelta(days=7)
# This agency sends a file a day; the other sends each fact by itself.
BY_FILE = "atlas"
_AT_ONCE = 8


@dataclass(slots=True)
class Fed:
    """What was sent: facts by kind, how, what the doors said of them, and when each contract was posted by itself."""

    kinds: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    posted_at: dict[str, datetime] = field(default_factory=dict)


class Month:
    """Feeds a hub one month of newcomers."""

    def __init__(self, partners: Partners, sandbox: SandboxClient, say: Callable[[date], None]) -> None:
        self._partners = partners
        self._sandbox = sandbox
        self._say = say
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.fed = Fed()

    async def pass_over(self, people: Sequence[Newcomer], month: date) -> None:
        """Live through the month and the windows after it."""
        by_day = {day: list(some) for day, some in groupby(sorted(people, key=_reported), key=lambda one: one.reported_on)}
        last = max(by_day)
        for number in range((last - month).days + 1):
            await self._live(month + timedelta(days=number), by_day.get(month + timedelta(days=number), ()))
        for number in range(AFTERWARDS // _STRIDE):
            await self._live(last + (number + 1) * _STRIDE, ())
        await self._sandbox.settled()

    async def _live(self, day: date, reported: Sequence[Newcomer]) -> None:
        """One day, or the days up to it: the sources say first up to when they are complete, for the terms that end meanwhile."""
        self._say(day)
        await asyncio.gather(*(self._send(fact) for fact in watermarks(day)))
        await self._sandbox.morning_of(day)
        if reported:
            await self._report(reported)

    async def _report(self, people: Sequence[Newcomer]) -> None:
        """The registers speak first, the agencies when that has been heard: then no fact needs a second decision."""
        facts = [fact for person in people for fact in person.facts]
        await asyncio.gather(*(self._each(fact for fact in person.facts if fact.client == "vdab") for person in people))
        await self._sandbox.settled()
        alone = [[fact for fact in person.facts if fact.client != "vdab" and not _in_file(fact)] for person in people]
        await asyncio.gather(*(self._each(some) for some in alone))
        await self._bulk([fact for fact in facts if _in_file(fact)])
        await self._sandbox.settled()
        await self._sandbox.print_run()

    async def _each(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            async with self._gate:
                await self._send(fact)

    async def _send(self, fact: Fact) -> None:
        if isinstance(fact.body, Contract):
            self.fed.posted_at.setdefault(fact.body.ssin, technical_now())
        said = await self._partners[fact.client].send(fact.method, fact.path, fact.json)
        self.fed.kinds[type(fact.body).__name__] += 1
        self.fed.ways["one by one"] += 1
        self.fed.answers[said["result"]] += 1

    async def _bulk(self, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        agency = self._partners[BY_FILE]
        batch = await agency.stream("/integrationFeed/v1/factBatches", _lines(facts))
        results = (await agency.get_bytes(f"{batch['href']}/results")).splitlines()
        for line in results:
            self.fed.answers[json.loads(line)["result"]] += 1
        for fact in facts:
            self.fed.kinds[type(fact.body).__name__] += 1
            self.fed.ways["in files"] += 1


async def _lines(facts: Sequence[Fact]) -> AsyncIterator[bytes]:
    for fact in facts:
        yield json.dumps(fact.line, ensure_ascii=False).encode() + b"\n"


def _in_file(fact: Fact) -> bool:
    return fact.client == BY_FILE and isinstance(fact.body, Contract | Participant)


def _reported(person: Newcomer) -> date:
    return person.reported_on
