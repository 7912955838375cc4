"""Half a million enrolments come in files, one of them broken off and sent again: a result for every line, and memory that stays."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

import httpx
import pytest

from devkit.partners import Partner
from devkit.population import pupils, school_watermarks
from devkit.population.facts import Enrolment
from tests.endure.memory import MB, Memory
from tests.endure.report import Report
from tests.endure.world import REST_S, in_pieces, results, world_at
from tests.support.eventually import eventually

pytestmark = [pytest.mark.endure, pytest.mark.timeout(3000)]

LINES, LINES_A_FILE = 500_000, 12_500
GROWTH_LIMIT = 64 * MB  # issue A3
DAY = date(2026, 9, 26)  # everything of the school year has been told by then, and no window of the summer has ended
_BATCHES = "/educationFeed/v1/factBatches"
_CLIENT, _SERVICE = "education", "education_feed"


async def test_500_000_enrolment_lines_have_their_results_and_leave_nothing_in_memory(report: Report, tmp_path: Path) -> None:
    lines, accepted = enrolments(), 0
    with report.section(f"{LINES:,} enrolment lines through bulk intake") as figures:
        async with world_at(tmp_path, DAY) as world:
            await world.send(school_watermarks(DAY))
            memory, started = Memory({_SERVICE: world.fleet.pids[_SERVICE]}, lambda: given(accepted)), time.monotonic()
            await broken_off(world.partners[_CLIENT], list(islice(enrolments(), LINES_A_FILE)))
            found: Counter[str] = Counter()
            watching = asyncio.create_task(memory.watch())
            while accepted < LINES:
                told = await world.file(_CLIENT, list(islice(lines, LINES_A_FILE)))
                assert told.total() == LINES_A_FILE, "a line without its result"
                accepted += LINES_A_FILE
                found += told
                if accepted % (4 * LINES_A_FILE) == 0:
                    rate = accepted / (time.monotonic() - started)
                    print(f"{time.monotonic() - started:7.1f} s  {accepted:,} lines, {rate:,.0f} lines/s; {memory}", flush=True)  # noqa: T201
            taken_s = time.monotonic() - started
            await world.sandbox.settled(REST_S)
            await memory.stop()
            await watching

            figures.add(f"files of {LINES_A_FILE:,} lines; the first was broken off and sent again", f"{LINES // LINES_A_FILE}")
            figures.add("a result for every line, also read back", f"{LINES / taken_s:,.0f} lines/s, {taken_s:,.0f} s in all")
            figures.add("results", ", ".join(f"{result} {count:,}" for result, count in sorted(found.items())))
            figures.add("until nothing is under way", f"{time.monotonic() - started - taken_s:.1f} s more")
            grown = f"{memory.most(_SERVICE) / MB:.1f} MB at most, {memory.growth(_SERVICE) / MB:.1f} MB by the line"
            figures.add(f"growth of {_SERVICE} from a quarter on", grown)
            assert not found["parked"]
            assert memory.most(_SERVICE) < GROWTH_LIMIT


async def broken_off(partner: Partner, lines: Sequence[bytes]) -> None:
    """Hang up in the middle of a file: what came whole stands, and the batch says that it is truncated."""

    async def body() -> AsyncIterator[bytes]:
        async for piece in in_pieces(lines[: len(lines) // 2]):
            yield piece
        raise httpx.WriteError("the sender's machine went down")

    with contextlib.suppress(httpx.TransportError):
        await partner.stream(_BATCHES, body())
    await eventually(lambda: is_closed(partner), REST_S)
    [batch] = (await partner.get(_BATCHES))["items"]
    assert batch["truncated"]
    kept = await results(partner, batch["href"])
    assert 0 < kept.total() == batch["lineCount"] <= len(lines) // 2


async def is_closed(partner: Partner) -> bool:
    """Whether the only batch so far is there and nothing of it is under way any more."""
    return [batch["status"]["state"] for batch in (await partner.get(_BATCHES))["items"]] == ["failed"]


def enrolments() -> Iterator[bytes]:
    """Enrolments of a school year, pupil by pupil: closed in summer or during the year, and where the pupil went on."""
    for pupil in pupils(3, 10**6, DAY.year - 1):
        for report in pupil.reports:
            if report.fact.client == _CLIENT and isinstance(report.fact.body, Enrolment):
                yield report.fact.encoded


async def given(count: int) -> int:
    """What is counted here and not by the service."""
    return count
