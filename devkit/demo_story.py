"""The demo's story: newcomers and pupils told of through the public doors, day by day, and the legal windows passing."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from chassis.clock import technical_now
from devkit.partners import Partners
from devkit.population import Fact, Newcomer, Pupil, school_watermarks, watermarks
from devkit.population.facts import Contract, Participant
from devkit.sandbox_client import SandboxClient

# A newcomer's longest term is two months from the signature; the day after its last day tells who is overdue.
AFTERWARDS = timedelta(days=63)
_STRIDE = timedelta(days=7)
# These send files; the others send each fact by itself. Of an agency only what it has many of goes into a file.
BY_FILE: Mapping[str, str] = {"atlas": "integrationFeed", "education": "educationFeed"}
_AT_ONCE = 8

# Facts that have to come one behind the other: those of one person, from one sender.
Told: TypeAlias = Sequence[Fact]


@dataclass(slots=True)
class Fed:
    """What was sent: facts by kind, how, what the doors said, which records they are of, and when each contract was posted alone."""

    kinds: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    records: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))  # by client and API: `kind/reference`
    posted_at: dict[str, datetime] = field(default_factory=dict)


class Story:
    """Feeds a hub everybody's facts on their days."""

    def __init__(self, partners: Partners, sandbox: SandboxClient, say: Callable[[date], None]) -> None:
        self._partners = partners
        self._sandbox = sandbox
        self._say = say
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.fed = Fed()

    async def tell(self, newcomers: Sequence[Newcomer], pupils: Sequence[Pupil], month: date) -> None:
        """Live through the newcomers' month and the windows after it, and through every day on which a school or a register speaks."""
        told: dict[date, list[Told]] = defaultdict(list)
        for newcomer in newcomers:
            told[newcomer.reported_on].append(newcomer.facts)
        for pupil in pupils:
            for on, reports in groupby(pupil.reports, key=lambda report: report.on):
                told[on].append([report.fact for report in reports])
        for day in sorted({*_days(month, max(one.reported_on for one in newcomers)), *told}):
            await self._live(day, told[day])
        await self._sandbox.settled()

    async def pass_by(self, windows: Iterable[date]) -> None:
        """Let days come on which nobody reports anything but how complete the sources are."""
        for day in windows:
            await self._live(day, ())
        await self._sandbox.settled()
        await self._sandbox.print_run()
        await self._sandbox.settled()

    async def _live(self, day: date, told: Sequence[Told]) -> None:
        """One day, or the days up to it: the sources say first up to when they are complete, for the terms that end meanwhile."""
        self._say(day)
        await asyncio.gather(*(self._send(fact) for fact in (*watermarks(day), *school_watermarks(day))))
        await self._sandbox.morning_of(day)
        if told:
            await self._report(told)

    async def _report(self, told: Sequence[Told]) -> None:
        """The registers speak first, the others when that has been heard: then no fact needs a second decision."""
        if registers := [[fact for fact in some if fact.client == "vdab"] for some in told]:
            await asyncio.gather(*(self._each(some) for some in registers))
            await self._sandbox.settled()
        alone = [[fact for fact in some if fact.client != "vdab" and not _in_file(fact)] for some in told]
        await asyncio.gather(*(self._each(some) for some in alone))
        for client in BY_FILE:
            await self._bulk(client, [fact for some in told for fact in some if fact.client == client and _in_file(fact)])
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
        self._count(fact, "one by one")
        self.fed.answers[said["result"]] += 1

    async def _bulk(self, client: str, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        partner = self._partners[client]
        batch = await partner.stream(f"/{BY_FILE[client]}/v1/factBatches", _lines(facts))
        for line in (await partner.get_bytes(f"{batch['href']}/results")).splitlines():
            self.fed.answers[json.loads(line)["result"]] += 1
        for fact in facts:
            self._count(fact, "in files")

    def _count(self, fact: Fact, way: str) -> None:
        self.fed.kinds[type(fact.body).__name__] += 1
        self.fed.ways[way] += 1
        [_, api, _, collection, reference, *_] = fact.path.split("/")
        if collection != "sourceStates":
            self.fed.records[fact.client, api].add(f"{collection.removesuffix('s')}/{reference}")


def _days(month: date, last: date) -> Iterator[date]:
    """Every day on which a newcomer may be reported, then a day a week until their terms have passed."""
    yield from (month + timedelta(days=number) for number in range((last - month).days + 1))
    yield from (last + (number + 1) * _STRIDE for number in range(AFTERWARDS // _STRIDE))


async def _lines(facts: Iterable[Fact]) -> AsyncIterator[bytes]:
    for fact in facts:
        yield fact.encoded


def _in_file(fact: Fact) -> bool:
    return fact.client == "education" or (fact.client in BY_FILE and isinstance(fact.body, Contract | Participant))
