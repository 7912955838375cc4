"""The integration feed and registration at work together on real databases and a real bus, and everybody at their public doors."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from chassis.running import Running
from contracts.envelope import decode
from contracts.persons import PersonMerged
from contracts.registry import Event
from devkit.databases import DatabaseUrls
from services.integration_feed.main import integration_feed
from services.registration.main import registration
from tests.integration.house import AnyHouse, Body, Person, at_work

WALLONIA = "62063"
WORKER: Body = {"ground": "other", "validFrom": "2020-01-01", "rightToWork": True}


@dataclass(slots=True)
class House(AnyHouse):
    """Both services, their clock, and one method for each thing that partners say."""

    @property
    def feed(self) -> Running:
        """The service that newcomers come from."""
        return self.services["integration_feed"]

    def someone(self, born: str = "1991-04-12") -> Person:
        """A person nobody has met."""
        return self.person(born)

    # -- what is said at the doors

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

    async def newcomer(self, signed_on: str, **how: Any) -> Person:
        """Someone who lives in Kortrijk, may work, and signed a contract that day."""
        who = self.someone(**how)
        await self.lives(who)
        await self.participant(who)
        await self.settled()
        await self.contract(who, signed_on)
        await self.settled()
        return who

    # -- what became of it

    async def obligations(self, who: Person, client: str = "operator1") -> list[Body]:
        """Everything the person owes or owed, oldest first, as that client sees it."""
        return list((await self.send(client, "POST", "/integrationFeed/v1/obligations/query", {"ssin": who.ssin}))["items"])

    async def obligation(self, who: Person) -> Body:
        """The last of them."""
        return (await self.obligations(who))[-1]

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

    async def _journey(self, who: Person) -> list[Mapping[str, Any]]:
        kept = await self.obligation(who)
        feed = next(door for door in self.inner if door.service == "integration_feed")
        answer = await feed.http.get(f"/internal/v1/journeys/{kept['id']}")
        return list(answer.json()["steps"])


@asynccontextmanager
async def open_house(urls: DatabaseUrls, folder: Path, at: str) -> AsyncIterator[House]:
    """Both services at work, on the morning of that day, with every register complete."""
    services = {"registration": registration, "integration_feed": integration_feed}
    async with at_work(House, urls, folder, services) as house:
        await house.until(at)
        yield house
