"""Services at work together on real databases and a real bus: what every house of them has, and what registers say in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import httpx

from chassis.clock import BRUSSELS
from chassis.running import Running, running
from chassis.service import Service
from chassis.settings import Settings
from contracts.identifiers import PersonId, Ssin
from devkit.databases import DatabaseUrls
from devkit.ground import make_keys
from devkit.population import tst
from devkit.sandbox import keys as sandbox_keys
from devkit.sandbox.coordinator import Coordinator
from devkit.sandbox.inner import InnerDoors, inner_doors
from tests.support.tokens import Tokens
from vault.client import Vault

Body: TypeAlias = dict[str, Any]
FLANDERS, BRUSSELS_CITY = "34022", "21004"
REGISTERS = ("populationRegister", "vdabRegister", "workRegister")
# Which service answers at which prefix.
_DOORS: Final = {
    "registration": "registration",
    "notification": "notifications",
    "educationFeed": "education_feed",
    "integrationFeed": "integration_feed",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist."""

    ssin: str
    born: date
    name: str


@dataclass(slots=True)
class AnyHouse:
    """Registration beside other services, their clock, and one method for each thing that registers say."""

    services: Mapping[str, Running]
    tokens: Tokens
    http: httpx.AsyncClient
    inner: Sequence[InnerDoors]
    coordinator: Coordinator
    _serials: "count[int]" = field(default_factory=lambda: count(1))
    _versions: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def registration(self) -> Running:
        """The service that registers."""
        return self.services["registration"]

    def person(self, born: str) -> Person:
        """A person nobody has met."""
        serial = next(self._serials)
        return Person(tst(date.fromisoformat(born), serial), date.fromisoformat(born), f"p-{serial}")

    # -- what is said at the doors

    async def send(self, client: str, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Say something at a door; a problem fails the test."""
        answer = await self.ask(client, method, path, json=body, headers=headers)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json()

    async def ask(self, client: str, method: str, path: str, **said: Any) -> httpx.Response:
        """The answer of a door, problem or not."""
        base = self.services[_DOORS[path.split("/")[1]]].url
        headers = self.tokens.bearer(client) | dict(said.pop("headers", {}))
        return await self.http.request(method, base + path, headers=headers, **said)

    async def lives(self, who: Person, nis: str = FLANDERS, on: str = "2025-01-05") -> None:
        """The register says where a person lives."""
        await self.changes(who, "residence", on, nis=nis)

    async def changes(self, who: Person, kind: str, on: str, *, ref: str = "", version: int = 1, **more: object) -> None:
        """The register says that something happened to a person."""
        body = {"sourceVersion": version, "ssin": who.ssin, "kind": kind, "on": on} | more
        await self.send("vdab", "PUT", f"/registration/v1/personChanges/{ref or f'{who.name}-{kind}-{on}'}", body)

    async def jobseeker(self, who: Person, on: str, ends_on: str | None = None, *, version: int = 1) -> None:
        """VDAB's own register holds a registration."""
        body = {"sourceVersion": version, "ssin": who.ssin, "category": "jobseeker", "startsOn": on, "registeredAt": f"{on}T09:00:00Z"}
        body |= {"origin": "self"} | ({"endsOn": ends_on} if ends_on else {})
        await self.send("vdab", "PUT", f"/registration/v1/jobseekers/{who.name}", body)

    async def works(self, who: Person, since: str, until: str | None = None, *, version: int = 1) -> None:
        """The work register holds an employment."""
        body = {"sourceVersion": version, "ssin": who.ssin, "startsOn": since, "kind": "regular"} | ({"endsOn": until} if until else {})
        await self.send("vdab", "PUT", f"/registration/v1/employments/{who.name}", body)

    async def switch(self, row: str, *, active: bool, valid_from: str | None = None, by: str = "tests") -> None:
        """A person switches a rule row."""
        body = {"active": active, "by": by} | ({"validFrom": valid_from} if valid_from else {})
        inner = next(door for door in self.inner if door.service == "registration")
        answer = await inner.http.put(f"/internal/v1/ruleRows/{row}", json=body)
        assert answer.is_success, answer.text

    async def registers_complete(self, until: str, *sources: str, state: str = "available") -> None:
        """Registers say that they are complete up to a day."""
        for source in sources or REGISTERS:
            body = {"sourceVersion": next(self._versions), "state": state, "completeUntil": until}
            await self.send("vdab", "PUT", f"/registration/v1/sourceStates/{source}", body)

    async def all_complete(self, until: str) -> None:
        """Everybody who says how complete they are says it."""
        await self.registers_complete(until)

    # -- time

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self.coordinator.settled()

    async def until(self, day: str, *, complete: bool = True) -> None:
        """Let it be eight in the morning of that day, by way of everything that is due before."""
        await self.coordinator.advance_to(datetime.fromisoformat(f"{day}T08:00").replace(tzinfo=BRUSSELS).astimezone(UTC))
        if complete:
            await self.all_complete(day)
        await self.settled()

    # -- what became of it

    async def registrations(self, who: Person) -> list[Body]:
        """Everything the hub made for the person."""
        return list((await self.send("operator1", "POST", "/registration/v1/registrations/query", {"ssin": who.ssin}))["items"])

    async def registered(self, who: Person) -> list[str]:
        """On which days the hub registered the person, as far as that stands."""
        return [one["effectiveOn"] for one in await self.registrations(who) if one["state"] in ("registered", "revised")]

    async def person_id(self, who: Person) -> PersonId:
        """The hub's own name for a person."""
        return (await self.registration.parts.get(Vault).people([Ssin(who.ssin)]))[Ssin(who.ssin)].person_id

    async def parked(self) -> list[Body]:
        """Records that failed anywhere."""
        return [record for door in self.inner for record in await door.parked()]


H = TypeVar("H", bound=AnyHouse)


@asynccontextmanager
async def at_work(
    house: type[H], urls: DatabaseUrls, folder: Path, services: Mapping[str, Callable[[Settings], Service]], **more: Any
) -> AsyncIterator[H]:
    """These services at work in a sandbox; `more` are settings of theirs."""
    keys = folder / "keys"
    await asyncio.to_thread(make_keys, keys)
    tokens = Tokens(sandbox_keys.ensure(keys).issuer)

    def settings(service: str) -> Settings:
        return Settings(
            mode="sandbox",
            database=urls.own(service),
            vault_database=urls.vault(service),
            bus=urls.bus(service),
            keys=keys,
            topic_partitions=6,
            port=0,
            **more,
        )

    async with AsyncExitStack() as stack:
        started = {name: await stack.enter_async_context(running(recipe(settings(name)))) for name, recipe in services.items()}
        # A server closes an idle connection just when it is used again; a new one for each request cannot meet that.
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)))
        inner = await stack.enter_async_context(inner_doors({name: one.url for name, one in started.items()}, keys))
        yield house(started, tokens, http, inner, Coordinator(inner))
