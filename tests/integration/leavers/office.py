"""Registration and notifications at work on what an education feed would announce; everybody else speaks at their public doors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from chassis.bus.port import Outgoing
from chassis.clock import local_midnight
from chassis.ids import uuid7
from contracts.education import LeaverDetected, LeaverRetracted, LeaverReviewNeeded
from contracts.envelope import Envelope, encode
from contracts.identifiers import IncompleteDate, Ssin
from contracts.people import FeedDecision, PersonFacts
from contracts.protocols import protocol_id
from contracts.registry import Event
from devkit.databases import DatabaseUrls
from services.notifications.main import notifications
from services.registration.main import registration
from tests.integration.house import AnyHouse, Body, Person, at_work
from vault.client import Vault
from vault.values import DataClass

HOME = {"street": "Proefstraat", "number": "7", "postCode": "8500", "municipality": "Kortrijk"}
YEAR = 2025


@dataclass(slots=True)
class Office(AnyHouse):
    """What any house can, with events of the education feed put on the bus."""

    born: dict[str, IncompleteDate | None] = field(default_factory=dict)  # by number, where it is not simply the birthday

    async def dweller(self, born: str = "2007-03-15") -> Person:
        """Someone who lives in Kortrijk, at an address that a letter reaches."""
        who = self.person(born)
        await self.changes(who, "residence", "2020-01-05", nis="34022", address=HOME)
        return who

    async def objects(self, who: Person) -> Body:
        """Somebody objects."""
        body = {"ssin": who.ssin, "kind": "objection"}
        objection = await self.send("operator1", "POST", "/registration/v1/objections", body, **{"Idempotency-Key": str(uuid7())})
        await self.settled()
        return dict(objection)

    async def decides(self, objection: Body, outcome: str) -> None:
        """Someone decides about the objection."""
        body = {"outcome": outcome, "reason": "herbekeken", "decidedBy": "behandelaar-7"}
        path = f"/registration/v1/objections/{objection['id']}/decisions"
        await self.send("operator1", "POST", path, body, **{"If-Match": f'"v{objection["version"]}"'})
        await self.settled()

    # -- what the education feed announces

    async def detected(self, who: Person, on: str, *, case: UUID | None = None, version: int = 1, **more: Any) -> LeaverDetected:
        """The event by which the feed says that somebody left unqualified, decided as of that day; nobody hears it yet."""
        return LeaverDetected.model_validate(await self._leave(who, on, case, version, outcome="detected", rule_id="detected") | more)

    async def to_review(self, who: Person, on: str, *, case: UUID | None = None, version: int = 1, **more: Any) -> LeaverReviewNeeded:
        """The event by which the feed asks for a person."""
        said = {"outcome": "review", "rule_id": "S10", "reasons": ("receptionClass",)}
        return LeaverReviewNeeded.model_validate(await self._leave(who, on, case, version, **said) | more)

    def retracted(self, leave: LeaverDetected | LeaverReviewNeeded, on: str, **more: Any) -> LeaverRetracted:
        """The event by which the feed takes that back: re-opened, unless `more` says otherwise."""
        said = leave.model_dump(include={"person_id", "case_id", "school_year", "rule_set"})
        said |= {"outcome": "withdrawn", "rule_id": "S6", "reasons": ("reopened",), "effective_on": on, "version": leave.version + 1}
        return LeaverRetracted.model_validate(said | more)

    async def hears(self, *events: Event) -> None:
        """Put these on the bus, one after the other, as the feed would, and wait until nothing is under way."""
        await self.announces(*events)
        await self.settled()

    async def announces(self, *events: Event) -> None:
        """Put these on the bus."""
        protocols = [protocol_id(event.needed_flows()[0]) for event in events]
        now = datetime(2026, 10, 1, tzinfo=UTC)
        records = [Envelope(uuid7(), now, event, protocol_id=protocol) for event, protocol in zip(events, protocols, strict=True)]
        producer = await self.registration.parts.bus.producer()
        await producer.publish([Outgoing(one.data.topic, str(one.data.key).encode(), encode(one)) for one in records])
        await producer.close()

    async def leaves(self, who: Person, on: str = "2026-10-20", **more: Any) -> LeaverDetected:
        """Somebody left unqualified, and everybody heard."""
        leave = await self.detected(who, on, **more)
        await self.hears(leave)
        return leave

    async def _leave(self, who: Person, on: str, case: UUID | None, version: int, **said: Any) -> Body:
        person, vault = await self.person_id(who), self.registration.parts.get(Vault)
        born = self.born.get(who.ssin, IncompleteDate.of(who.born))
        facts = PersonFacts(ssin=Ssin(who.ssin), family_name="Verlinde", given_name="Noor", birth_date=born)
        day = date.fromisoformat(on)
        decided = FeedDecision(outcome=said["outcome"], rule_id=said["rule_id"], rule_set="leavers-2025.1", due_on=day)
        boxes = await vault.seal([(person, DataClass.DOSSIER, facts), (person, DataClass.DOSSIER, decided)])
        return {
            "person_id": person,
            "case_id": case or uuid7(),
            "school_year": YEAR,
            "rule_set": "leavers-2025.1",
            "effective_on": day,
            "version": version,
            "left_on": date(2026, 8, 31),
            "complete_at": local_midnight(day),
            "person": boxes[0],
            "decision": boxes[1],
            **said,
        }

    # -- what became of it

    async def stands(self, who: Person) -> Body:
        """What the hub last made of the person's leave."""
        return (await self.registrations(who))[-1]

    async def became(self, who: Person) -> tuple[str, str, str]:
        """State, outcome and rule of it."""
        stands = await self.stands(who)
        return stands["state"], stands["outcome"], stands["rule"]

    async def decisions(self, who: Person) -> list[Body]:
        """Every decision about the person, oldest first."""
        return list((await self.send("operator1", "POST", "/registration/v1/decisions/query", {"ssin": who.ssin}))["items"])

    async def notices(self, who: Person) -> list[Body]:
        """The notices to a person."""
        return list((await self.send("operator1", "POST", "/notification/v1/notices/query", {"ssin": who.ssin}))["items"])


@asynccontextmanager
async def open_office(urls: DatabaseUrls, folder: Path, at: str) -> AsyncIterator[Office]:
    """Both services at work, on the morning of that day, with every register complete."""
    services = {"registration": registration, "notifications": notifications}
    folders = {"checkpoints": folder / "checkpoints", "print_folder": folder / "print"}
    async with at_work(Office, urls, folder, services, key_cache_s=1, **folders) as office:
        await office.until(at)
        yield office
