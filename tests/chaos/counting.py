"""Counts what came of a load, at the doors and at the print house only."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from devkit.partners import Partner, Partners
from devkit.population import Newcomer
from tests.chaos.load import Record

_OPERATOR = "operator1"
_AT_ONCE = 8
_PAGE = 100
Found = TypeVar("Found")


async def outcomes(partner: Partner, service: str) -> list[dict[str, Any]]:
    """Every outcome a partner was ever told, in order."""
    found: list[dict[str, Any]] = []
    page = await partner.get(f"/{service}/v1/outcomes", {"pageSize": _PAGE})
    while page["items"]:
        found += page["items"]
        page = await partner.get(f"/{service}/v1/outcomes", {"pageSize": _PAGE, "after": page["cursor"]})
    return found


async def current_outcomes(partners: Partners) -> Counter[Record]:
    """How many outcomes that nothing supersedes each record has; positions must follow each other without a gap."""
    counted: Counter[Record] = Counter()
    for client, service in (("vdab", "registration"), ("agii", "integrationFeed"), ("atlas", "integrationFeed")):
        entries = await outcomes(partners[client], service)
        assert [int(entry["id"]) for entry in entries] == list(range(1, len(entries) + 1)), f"{client} was told with gaps"
        superseded = {entry["supersedes"] for entry in entries if "supersedes" in entry}
        counted.update((client, entry["kind"], entry["reference"]) for entry in entries if entry["id"] not in superseded)
    return counted


async def registrations(partners: Partners, people: Sequence[Newcomer]) -> list[int]:
    """How often each person is registered."""
    operator = partners[_OPERATOR]

    async def of(person: Newcomer) -> int:
        items = (await operator.post("/registration/v1/registrations/query", {"ssin": person.contract.ssin}))["items"]
        return sum(item["state"] == "registered" for item in items)

    return await _each(of, people)


async def notices(partners: Partners, people: Sequence[Newcomer]) -> list[list[dict[str, Any]]]:
    """The notices of each person."""
    operator = partners[_OPERATOR]

    async def of(person: Newcomer) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await operator.post("/notification/v1/notices/query", {"ssin": person.contract.ssin}))["items"]
        return items

    return await _each(of, people)


def letters(folder: Path) -> Counter[str]:
    """How often the print house was handed each delivery; every manifest must describe the letter that lies beside it."""
    handed: Counter[str] = Counter()
    for path in folder.glob("*.json"):
        manifest = json.loads(path.read_bytes())
        assert hashlib.sha256((folder / manifest["file"]).read_bytes()).hexdigest() == manifest["sha256"]
        handed[manifest["deliveryId"]] += 1
    assert len(list(folder.glob("*.pdf"))) == handed.total(), "a letter lies there without its manifest"
    return handed


async def _each(of: Callable[[Newcomer], Awaitable[Found]], people: Sequence[Newcomer]) -> list[Found]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(person: Newcomer) -> Found:
        async with gate:
            return await of(person)

    return list(await asyncio.gather(*(one(person) for person in people)))
