"""The load: a month of newcomers reported by partners who send each request again until the hub has answered it."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx

from chassis.http.clients.retry import send
from devkit.partners import Partners
from devkit.population import Fact, Newcomer
from devkit.population.facts import Contract, Participant
from tests.chaos.stage import PATIENCE

# This agency sends files; the other client sends each fact by itself.
FILES = "atlas"
_PEOPLE_A_FILE = 12
_SENDERS = 8
_TICK_S = 0.005
_FEED = "/integrationFeed/v1"

Record = tuple[str, str, str]  # client, kind, reference


@dataclass(slots=True)
class Load:
    """What was sent and accepted so far: requests by way, answers by result, and every record a 2xx stands for."""

    partners: Partners
    ways: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    records: set[Record] = field(default_factory=set)
    told: dict[str, float] = field(default_factory=dict)  # when the last fact about each person was accepted, by the machine's clock
    accepted: int = 0
    people_per_s: float | None = None  # at most; None: as fast as the hub answers
    _next_at: float = 0.0

    async def send_all(self, people: Sequence[Newcomer], chance: random.Random) -> None:
        """Report these people: facts of one person in order, people in any order, several at once."""
        alone = [[person] for person in people if person.contract.agency != FILES]
        filed = [person for person in people if person.contract.agency == FILES]
        jobs = alone + [filed[at : at + _PEOPLE_A_FILE] for at in range(0, len(filed), _PEOPLE_A_FILE)]
        chance.shuffle(jobs)
        async with asyncio.TaskGroup() as senders:
            for _ in range(_SENDERS):
                senders.create_task(self._work_off(jobs))

    async def reached(self, accepted: int) -> None:
        """Wait until so many facts are accepted."""
        while not self.accepted >= accepted:
            await asyncio.sleep(_TICK_S)

    async def _work_off(self, jobs: list[list[Newcomer]]) -> None:
        while jobs:
            people = jobs.pop()
            await self._turn(len(people))
            facts = [fact for person in people for fact in person.facts]
            for fact in facts:
                if not _in_file(fact):
                    await self.send(fact)
            if lines := [fact for fact in facts if _in_file(fact)]:
                await self._send_file(lines)
            self.told |= dict.fromkeys((person.reference for person in people), time.time())

    async def _turn(self, people: int) -> None:
        """Wait as the pace asks; what was missed while a door was away is not made up for."""
        if self.people_per_s is not None:
            at = max(self._next_at, time.monotonic())
            self._next_at = at + people / self.people_per_s
            while not time.monotonic() >= at:
                await asyncio.sleep(_TICK_S)

    async def send(self, fact: Fact) -> None:
        """Send one fact."""
        said = await self.partners[fact.client].send(fact.method, fact.path, fact.json)
        self._count("one by one", fact, str(said["result"]))

    async def _send_file(self, facts: Sequence[Fact]) -> None:
        """Send a file, and again from its start when the answer did not come; then read what became of each line."""
        agency = self.partners[FILES]
        door = f"{agency.addresses.integration_feed}{_FEED}/factBatches"
        response = await send(lambda: agency.doors.stream(door, _lines(facts)), PATIENCE)
        assert response.status_code == httpx.codes.ACCEPTED, response.text
        lines = [json.loads(line) for line in (await agency.get_bytes(f"{response.json()['href']}/results")).splitlines()]
        assert len(lines) == len(facts), "an accepted file lost lines"
        for fact, line in zip(facts, lines, strict=True):
            self._count("in files", fact, str(line["result"]))

    def _count(self, way: str, fact: Fact, result: str) -> None:
        assert result != "parked", f"{fact.path.rpartition('/')[0]} was parked"
        self.ways[way] += 1
        self.answers[result] += 1
        self.accepted += 1
        if "/sourceStates/" not in fact.path:
            self.records.add(_record(fact))


def _record(fact: Fact) -> Record:
    """Which record a fact is about: `/service/v1/<kind>s/<reference>`; a termination is about its contract."""
    _, _, _, kind, reference, *_ = fact.path.split("/")
    return fact.client, kind.removesuffix("s"), reference


async def _lines(facts: Sequence[Fact]) -> AsyncIterator[bytes]:
    for fact in facts:
        yield json.dumps(fact.line, ensure_ascii=False).encode() + b"\n"


def _in_file(fact: Fact) -> bool:
    return fact.client == FILES and isinstance(fact.body, Contract | Participant)
