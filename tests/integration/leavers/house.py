"""The education feed at work beside registration on real databases and a real bus, and everybody at their public doors."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from chassis.bus.port import Subscription
from chassis.clock import BRUSSELS
from chassis.running import Running, running
from chassis.settings import Settings
from contracts.education import LeaverDetected, LeaverRetracted, LeaverReviewNeeded
from contracts.envelope import decode
from contracts.identifiers import PersonId, Ssin
from devkit.databases import DatabaseUrls
from devkit.ground import make_keys
from devkit.population import tst
from devkit.sandbox import keys as sandbox_keys
from devkit.sandbox.coordinator import Coordinator
from devkit.sandbox.inner import InnerDoors, inner_doors
from services.education_feed.main import education_feed
from services.registration.main import registration
from tests.support.tokens import Tokens
from vault.client import Vault

Body: TypeAlias = dict[str, Any]
Told: TypeAlias = LeaverDetected | LeaverReviewNeeded | LeaverRetracted
FLANDERS, BRUSSELS_CITY = "34022", "21004"
REGISTERS = ("populationRegister", "vdabRegister", "workRegister")
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


@dataclass(frozen=True, slots=True)
class Pupil:
    """Someone who does not exist."""

    ssin: str
    born: date
    name: str


@dataclass(slots=True)
class House:
    """Both services, their clock, and one method for each thing that schools and registers say."""

    feed: Running
    registration: Running
    tokens: Tokens
    http: httpx.AsyncClient
    inner: Sequence[InnerDoors]
    coordinator: Coordinator
    listening: Subscription
    _serials: "count[int]" = field(default_factory=lambda: count(1))
    _versions: "count[int]" = field(default_factory=lambda: count(1))
    _heard: list[bytes] = field(default_factory=list)

    def someone(self, born: str = "2007-03-15") -> Pupil:
        """A pupil nobody has met, of age since the last spring."""
        serial = next(self._serials)
        return Pupil(tst(date.fromisoformat(born), serial), date.fromisoformat(born), f"p-{serial}")

    # -- what is said at the doors

    async def send(self, client: str, method: str, path: str, body: object = None) -> Any:
        """Say something at a door; a problem fails the test."""
        answer = await self.ask(client, method, path, json=body)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json()

    async def ask(self, client: str, method: str, path: str, **said: Any) -> httpx.Response:
        """The answer of a door, problem or not."""
        base = self.feed.url if path.startswith("/educationFeed") else self.registration.url
        headers = self.tokens.bearer(client) | dict(said.pop("headers", {}))
        return await self.http.request(method, base + path, headers=headers, **said)

    def enrolment(self, who: Pupil, starts_on: str = "2025-09-01", *, left_on: str | None = None, version: int = 1, **more: object) -> Body:
        """An enrolment as a school sends it; closed when the pupil left."""
        body = {"sourceVersion": version, "ssin": who.ssin, "familyName": "Zorianyk", "givenName": "Oles", "birthDate": str(who.born)}
        closure = {"endsOn": left_on, "reason": "X", "situationAfter": 10} if left_on else None
        body |= {**SCHOOL, "startsOn": starts_on} | ({"closure": closure} if closure else {}) | more
        return {name: value for name, value in body.items() if value is not None}

    async def enrols(self, who: Pupil, starts_on: str = "2025-09-01", *, ref: str = "", **how: Any) -> Body:
        """A school reports an enrolment."""
        body = self.enrolment(who, starts_on, **how)
        return dict(await self.send("education", "PUT", f"/educationFeed/v1/enrolments/{ref or who.name}", body))

    async def deletes(self, who: Pupil, *, ref: str = "", version: int = 2, kind: str = "enrolments") -> Body:
        """A school says that a record never was."""
        path = f"/educationFeed/v1/{kind}/{ref or who.name}?sourceVersion={version}"
        return dict(await self.send("education", "DELETE", path))

    async def retracts(self, who: Pupil, reason: str = "noLeaver", *, ref: str = "", version: int = 2) -> Body:
        """A school says that this is no leave."""
        body = {"sourceVersion": version, "reason": reason}
        return dict(await self.send("education", "POST", f"/educationFeed/v1/enrolments/{ref or who.name}/retractions", body))

    async def proves(self, who: Pupil, *, version: int = 1, ref: str = "", **more: object) -> Body:
        """The database of proofs holds a proof: a diploma of secondary education unless told otherwise."""
        body = {"sourceVersion": version, "ssin": who.ssin, **DIPLOMA, **more}
        return dict(await self.send("education", "PUT", f"/educationFeed/v1/qualifications/{ref or who.name}", body))

    async def teaches_at_home(self, who: Pupil, starts_on: str) -> None:
        """Parents notified that they teach at home."""
        body = {"sourceVersion": 1, "ssin": who.ssin, "startsOn": starts_on}
        await self.send("education", "PUT", f"/educationFeed/v1/homeEducations/{who.name}", body)

    async def lives(self, who: Pupil, nis: str = FLANDERS, on: str = "2025-01-05") -> None:
        """The register says where a person lives."""
        await self.changes(who, "residence", on, nis=nis)

    async def changes(self, who: Pupil, kind: str, on: str, *, version: int = 1, **more: object) -> None:
        """The register says that something happened to a person."""
        body = {"sourceVersion": version, "ssin": who.ssin, "kind": kind, "on": on} | more
        await self.send("vdab", "PUT", f"/registration/v1/personChanges/{who.name}-{kind}-{on}", body)

    async def complete(self, until: str, *sources: str, state: str = "available") -> None:
        """Education's sources say that they are complete up to a day."""
        for source in sources or SOURCES:
            body = {"sourceVersion": next(self._versions), "state": state, "completeUntil": until}
            await self.send("education", "PUT", f"/educationFeed/v1/sourceStates/{source}", body)

    async def registers_complete(self, until: str) -> None:
        """The registers that registration asks say that they are complete up to a day."""
        for source in REGISTERS:
            body = {"sourceVersion": next(self._versions), "state": "available", "completeUntil": until}
            await self.send("vdab", "PUT", f"/registration/v1/sourceStates/{source}", body)

    # -- time

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self.coordinator.settled()

    async def until(self, day: str, *, complete: bool = True) -> None:
        """Let it be eight in the morning of that day, by way of everything that is due before."""
        await self.coordinator.advance_to(datetime.fromisoformat(f"{day}T08:00").replace(tzinfo=BRUSSELS).astimezone(UTC))
        if complete:
            await self.complete(day)
            await self.registers_complete(day)
        await self.settled()

    # -- what became of it

    async def decisions(self, who: Pupil) -> list[Body]:
        """Every decision of the feed about a pupil, oldest first."""
        return list((await self.send("operator1", "POST", "/educationFeed/v1/decisions/query", {"ssin": who.ssin}))["items"])

    async def decision(self, who: Pupil) -> Body:
        """The last of them."""
        return (await self.decisions(who))[-1]

    async def decided(self, who: Pupil) -> tuple[str, str]:
        """Its outcome and rule."""
        last = await self.decision(who)
        return last["outcome"], last["rule"]

    async def announced(self, who: Pupil) -> list[Told]:
        """What the bus carries of the feed about a pupil, in order."""
        person = await self.person_id(who)
        return [event for event in await self.everything_announced() if event.person_id == person]

    async def everything_announced(self) -> list[Told]:
        """Everything of the feed that the bus carries."""
        records = await self._records()
        return [event for event in (decode(value).data for value in records) if isinstance(event, Told)]

    async def words(self, who: Pupil) -> list[tuple[str, str]]:
        """The same, in short: which event, and its outcome."""
        return [(type(event).__name__, event.outcome) for event in await self.announced(who)]

    async def outcomes(self, who: Pupil, *, kind: str = "enrolment", ref: str = "") -> list[tuple[str, str | None]]:
        """Everything Education was told of a record, oldest first: result and reason."""
        found: list[Body] = []
        path = "/educationFeed/v1/outcomes?pageSize=500"
        page = await self.send("education", "GET", path)
        found += page["items"]
        while "next" in page:
            page = await self.send("education", "GET", f"{path}&after={page['cursor']}")
            found += page["items"]
        return [(one["result"], one.get("reason")) for one in found if (one["kind"], one["reference"]) == (kind, ref or who.name)]

    async def told(self, who: Pupil, **of: str) -> tuple[str, str | None]:
        """The last of them."""
        return (await self.outcomes(who, **of))[-1]

    async def person_id(self, who: Pupil) -> PersonId:
        """The hub's own name for a person."""
        return (await self.feed.parts.get(Vault).people([Ssin(who.ssin)]))[Ssin(who.ssin)].person_id

    async def parked(self) -> list[Mapping[str, Any]]:
        """Records that failed anywhere."""
        return [record for door in self.inner for record in await door.parked()]

    async def _records(self) -> Sequence[bytes]:
        """Every record of the feed's topic so far."""
        while records := await self.listening.poll(500, 0.05):
            self._heard.extend(record.value for record in records)
        return self._heard


@asynccontextmanager
async def open_house(urls: DatabaseUrls, folder: Path, at: str) -> AsyncIterator[House]:
    """Both services at work, on the morning of that day, with every source complete."""
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
            key_cache_s=0.2,  # an erasure waits for it
        )

    async with (
        running(registration(settings("registration"))) as second,
        running(education_feed(settings("education_feed"))) as first,
        # A server closes an idle connection just when it is used again; a new one for each request cannot meet that.
        httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)) as http,
        inner_doors({"registration": second.url, "education_feed": first.url}, keys) as inner,
    ):
        listening = await first.parts.bus.subscribe("tests", [LeaverDetected.topic], "test")
        house = House(first, second, tokens, http, inner, Coordinator(inner), listening)
        await house.until(at)
        yield house
        await listening.close()
