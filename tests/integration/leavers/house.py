"""The education feed at work beside registration on real databases and a real bus, and everybody at their public doors."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from chassis.bus.port import Subscription
from chassis.running import Running
from contracts.education import LeaverDetected, LeaverRetracted, LeaverReviewNeeded
from contracts.envelope import decode
from devkit.databases import DatabaseUrls
from services.education_feed.main import education_feed
from services.registration.main import registration
from tests.integration.house import AnyHouse, Body, Person, at_work

Told: TypeAlias = LeaverDetected | LeaverReviewNeeded | LeaverRetracted
SOURCES = ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led")
# Full-time secondary education of the labour market finality, as most of those who leave it early were in.
SCHOOL: Body = {"source": "compulsory", "institution": "125252", "level": 3, "educationKind": 1, "programme": 1}
DIPLOMA: Body = {
    "category": "Secundair onderwijs",
    "proofType": "Diploma",
    "proofState": "Eindbewijs",
    "authentic": True,
    "ledStatus": 1,
    "issuedOn": "2026-06-30",
}


@dataclass(slots=True)
class House(AnyHouse):
    """Both services, their clock, and one method for each thing that schools and registers say."""

    listening: Subscription = field(init=False)
    _heard: list[bytes] = field(default_factory=list)

    @property
    def feed(self) -> Running:
        """The service that leavers come from."""
        return self.services["education_feed"]

    def someone(self, born: str = "2007-03-15") -> Person:
        """A pupil nobody has met, of age since the last spring."""
        return self.person(born)

    # -- what is said at the doors

    def enrolment(
        self, who: Person, starts_on: str = "2025-09-01", *, left_on: str | None = None, version: int = 1, **more: object
    ) -> Body:
        """An enrolment as a school sends it; closed when the pupil left."""
        body = {"sourceVersion": version, "ssin": who.ssin, "familyName": "Zorianyk", "givenName": "Oles", "birthDate": str(who.born)}
        closure = {"endsOn": left_on, "reason": "X", "situationAfter": 10} if left_on else None
        body |= {**SCHOOL, "startsOn": starts_on} | ({"closure": closure} if closure else {}) | more
        return {name: value for name, value in body.items() if value is not None}

    async def enrols(self, who: Person, starts_on: str = "2025-09-01", *, ref: str = "", **how: Any) -> Body:
        """A school reports an enrolment."""
        body = self.enrolment(who, starts_on, **how)
        return dict(await self.send("education", "PUT", f"/educationFeed/v1/enrolments/{ref or who.name}", body))

    async def deletes(self, who: Person, *, ref: str = "", version: int = 2, kind: str = "enrolments") -> Body:
        """A school says that a record never was."""
        path = f"/educationFeed/v1/{kind}/{ref or who.name}?sourceVersion={version}"
        return dict(await self.send("education", "DELETE", path))

    async def retracts(self, who: Person, reason: str = "noLeaver", *, ref: str = "", version: int = 2) -> Body:
        """A school says that this is no leave."""
        body = {"sourceVersion": version, "reason": reason}
        return dict(await self.send("education", "POST", f"/educationFeed/v1/enrolments/{ref or who.name}/retractions", body))

    async def proves(self, who: Person, *, version: int = 1, ref: str = "", **more: object) -> Body:
        """The database of proofs holds a proof: a diploma of secondary education unless told otherwise."""
        body = {"sourceVersion": version, "ssin": who.ssin, **DIPLOMA, **more}
        return dict(await self.send("education", "PUT", f"/educationFeed/v1/qualifications/{ref or who.name}", body))

    async def teaches_at_home(self, who: Person, starts_on: str) -> None:
        """Parents notified that they teach at home."""
        body = {"sourceVersion": 1, "ssin": who.ssin, "startsOn": starts_on}
        await self.send("education", "PUT", f"/educationFeed/v1/homeEducations/{who.name}", body)

    async def complete(self, until: str, *sources: str, state: str = "available") -> None:
        """Education's sources say that they are complete up to a day."""
        for source in sources or SOURCES:
            body = {"sourceVersion": next(self._versions), "state": state, "completeUntil": until}
            await self.send("education", "PUT", f"/educationFeed/v1/sourceStates/{source}", body)

    async def all_complete(self, until: str) -> None:
        """Education's sources and the registers say that they are."""
        await self.complete(until)
        await self.registers_complete(until)

    # -- what became of it

    async def decisions(self, who: Person) -> list[Body]:
        """Every decision of the feed about a pupil, oldest first."""
        return list((await self.send("operator1", "POST", "/educationFeed/v1/decisions/query", {"ssin": who.ssin}))["items"])

    async def decision(self, who: Person) -> Body:
        """The last of them."""
        return (await self.decisions(who))[-1]

    async def decided(self, who: Person) -> tuple[str, str]:
        """Its outcome and rule."""
        last = await self.decision(who)
        return last["outcome"], last["rule"]

    async def announced(self, who: Person) -> list[Told]:
        """What the bus carries of the feed about a pupil, in order."""
        person = await self.person_id(who)
        return [event for event in await self.everything_announced() if event.person_id == person]

    async def everything_announced(self) -> list[Told]:
        """Everything of the feed that the bus carries."""
        records = await self._records()
        return [event for event in (decode(value).data for value in records) if isinstance(event, Told)]

    async def words(self, who: Person) -> list[tuple[str, str]]:
        """The same, in short: which event, and its outcome."""
        return [(type(event).__name__, event.outcome) for event in await self.announced(who)]

    async def outcomes(self, who: Person, *, kind: str = "enrolment", ref: str = "") -> list[tuple[str, str | None]]:
        """Everything Education was told of a record, oldest first: result and reason."""
        found: list[Body] = []
        path = "/educationFeed/v1/outcomes?pageSize=500"
        page = await self.send("education", "GET", path)
        found += page["items"]
        while "next" in page:
            page = await self.send("education", "GET", f"{path}&after={page['cursor']}")
            found += page["items"]
        return [(one["result"], one.get("reason")) for one in found if (one["kind"], one["reference"]) == (kind, ref or who.name)]

    async def told(self, who: Person, **of: str) -> tuple[str, str | None]:
        """The last of them."""
        return (await self.outcomes(who, **of))[-1]

    async def _records(self) -> Sequence[bytes]:
        """Every record of the feed's topic so far."""
        while records := await self.listening.poll(500, 0.05):
            self._heard.extend(record.value for record in records)
        return self._heard


@asynccontextmanager
async def open_house(urls: DatabaseUrls, folder: Path, at: str) -> AsyncIterator[House]:
    """Both services at work, on the morning of that day, with every source complete."""
    services = {"registration": registration, "education_feed": education_feed}
    # An erasure waits until no process can hold a key any more.
    async with at_work(House, urls, folder, services, key_cache_s=0.2) as house:
        house.listening = await house.feed.parts.bus.subscribe("tests", [LeaverDetected.topic], "test")
        await house.until(at)
        yield house
        await house.listening.close()
