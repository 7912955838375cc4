"""The integration feed and registration at work together on real databases and a real bus, and everybody at their public doors."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import httpx

from chassis.clock import BRUSSELS
from chassis.running import Running, running
from chassis.settings import Settings
from contracts.envelope import decode
from contracts.persons import PersonMerged
from contracts.registry import Event
from devkit.databases import DatabaseUrls
from devkit.ground import make_keys
from devkit.population import tst
from devkit.sandbox import keys as sandbox_keys
from devkit.sandbox.coordinator import Coordinator
from devkit.sandbox.inner import InnerDoors, inner_doors
from services.integration_feed.main import integration_feed
from services.registration.main import registration
from tests.support.tokens import Tokens

Body: TypeAlias = dict[str, Any]
FLANDERS, BRUSSELS_CITY, WALLONIA = "34022", "21004", "62063"
REGISTERS = ("populationRegister", "vdabRegister", "workRegister")
WORKER: Body = {"ground": "other", "validFrom": "2020-01-01", "rightToWork": True}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist."""

    ssin: str
    born: date
    name: str


@dataclass(slots=True)
class House:
    """Both services, their clock, and one method for each thing that partners say."""

    feed: Running
    registration: Running
    tokens: Tokens
    http: httpx.AsyncClient
    inner: Sequence[InnerDoors]
    coordinator: Coordinator
    _serials: "count[int]" = field(default_factory=lambda: count(1))
    _versions: "count[int]" = field(default_factory=lambda: count(1))

    def someone(self, born: str = "1991-04-12") -> Person:
        """A person nobody has met."""
        serial = next(self._serials)
        return Person(tst(date.fromisoformat(born), serial), date.fromisoformat(born), f"p-{serial}")

    # -- what is said at the doors

    async def send(self, client: str, method: str, path: str, body: object = None) -> Any:
        """Say something at a door; a problem fails the test."""
        base = self.feed.url if path.startswith("/integrationFeed") else self.registration.url
        answer = await self.http.request(method, base + path, json=body, headers=self.tokens.bearer(client))
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json()

    async def contract(
        self, who: Person, signed_on: str | None, *, by: str = "agii", version: int = 1, ref: str = "", **more: object
    ) -> Body:
        """An agency reports a contract."""
        body = {"sourceVersion": version, "ssin": who.ssin, "familyName": "Zorianyk", "givenName": "Oles", "birthDate": str(who.born)}
        body |= {"agency": by} | ({"signedOn": signed_on} if signed_on else {}) | more
        return dict(await self.send(by, "PUT", f"/integrationFeed/v1/contracts/{ref or who.name}", body))

    async def ends(self, who: Person, kind: str, on: str, *, by: str = "agii", version: int = 2) -> Body:
        """An agency reports that a contract was stopped or withdrawn."""
        body = {"sourceVersion": version, "kind": kind, "on": on}
        return dict(await self.send(by, "POST", f"/integrationFeed/v1/contracts/{who.name}/terminations", body))

    async def deletes(self, who: Person, *, version: int) -> Body:
        """An agency says that a contract never was."""
        return dict(await self.send("agii", "DELETE", f"/integrationFeed/v1/contracts/{who.name}?sourceVersion={version}"))

    async def participant(self, who: Person, *titles: Body, version: int = 1, by: str = "agii", **more: object) -> None:
        """An agency says what it knows of a person; one who may work unless told otherwise."""
        body = {"sourceVersion": version, "ssin": who.ssin, "status": "entitled", "agency": by, "titles": titles or [WORKER]}
        await self.send(by, "PUT", f"/integrationFeed/v1/participants/{who.name}", body | more)

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

    async def complete(self, until: str, *sources: str, state: str = "available") -> None:
        """Registers say that they are complete up to a day."""
        for source in sources or REGISTERS:
            body = {"sourceVersion": next(self._versions), "state": state, "completeUntil": until}
            await self.send("vdab", "PUT", f"/registration/v1/sourceStates/{source}", body)

    async def switch(self, row: str, *, active: bool, valid_from: str | None = None) -> None:
        """A person switches a rule row."""
        body = {"active": active} | ({"validFrom": valid_from} if valid_from else {})
        inner = next(door for door in self.inner if door.service == "registration")
        answer = await inner.http.put(f"/internal/v1/ruleRows/{row}", json=body)
        assert answer.is_success, answer.text

    async def newcomer(self, signed_on: str, **how: Any) -> Person:
        """Someone who lives in Kortrijk, may work, and signed a contract that day."""
        who = self.someone(**how)
        await self.lives(who)
        await self.participant(who)
        await self.settled()
        await self.contract(who, signed_on)
        await self.settled()
        return who

    # -- time

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self.coordinator.settled()

    async def until(self, day: str, *, complete: bool = True) -> None:
        """Let it be eight in the morning of that day, by way of everything that is due before."""
        await self.coordinator.advance_to(datetime.fromisoformat(f"{day}T08:00").replace(tzinfo=BRUSSELS).astimezone(UTC))
        if complete:
            await self.complete(day)
        await self.settled()

    # -- what became of it

    async def obligations(self, who: Person, client: str = "operator1") -> list[Body]:
        """Everything the person owes or owed, oldest first, as that client sees it."""
        return list((await self.send(client, "POST", "/integrationFeed/v1/obligations/query", {"ssin": who.ssin}))["items"])

    async def obligation(self, who: Person) -> Body:
        """The last of them."""
        return (await self.obligations(who))[-1]

    async def registrations(self, who: Person) -> list[Body]:
        """Everything the hub made for the person."""
        return list((await self.send("operator1", "POST", "/registration/v1/registrations/query", {"ssin": who.ssin}))["items"])

    async def registered(self, who: Person) -> list[str]:
        """On which days the hub registered the person, as far as that stands."""
        return [one["effectiveOn"] for one in await self.registrations(who) if one["state"] in ("registered", "revised")]

    async def outcomes(self, who: Person, client: str = "agii") -> list[Body]:
        """Everything that agency was told of its contract with the person, oldest first."""
        page = await self.send(client, "GET", "/integrationFeed/v1/outcomes?pageSize=500")
        return [one for one in page["items"] if (one["kind"], one["reference"]) == ("contract", who.name)]

    async def told(self, who: Person, client: str = "agii") -> Body:
        """The last of them."""
        return (await self.outcomes(who, client))[-1]

    async def announced(self) -> list[Event]:
        """All that registration announced so far, each person's events in order."""
        listening = await self.registration.parts.bus.subscribe(f"tests-{uuid4()}", [PersonMerged.topic], "test")
        found: list[Event] = []
        while records := await listening.poll(500, 1.0):
            found += [decode(record.value).data for record in records]
        await listening.close()
        return found

    async def steps(self, kind: str, who: Person) -> list[Mapping[str, Any]]:
        """The steps of this kind that the feed tells of a person's journey, in order."""
        journey = await self._journey(who)
        return [step for step in journey if step["what"] == kind]

    async def parked(self) -> list[Body]:
        """Records that failed anywhere."""
        return [record for door in self.inner for record in await door.parked()]

    async def _journey(self, who: Person) -> list[Mapping[str, Any]]:
        kept = await self.obligation(who)
        feed = next(door for door in self.inner if door.service == "integration_feed")
        answer = await feed.http.get(f"/internal/v1/journeys/{kept['id']}")
        return list(answer.json()["steps"])


@asynccontextmanager
async def open_house(urls: DatabaseUrls, folder: Path, at: str) -> AsyncIterator[House]:
    """Both services at work, on the morning of that day, with every register complete."""
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
        )

    async with (
        running(registration(settings("registration"))) as second,
        running(integration_feed(settings("integration_feed"))) as first,
        # A server closes an idle connection just when it is used again; a new one for each request cannot meet that.
        httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)) as http,
        inner_doors({"registration": second.url, "integration_feed": first.url}, keys) as inner,
    ):
        house = House(first, second, tokens, http, inner, Coordinator(inner))
        await house.until(at)
        yield house
