"""A notifications service in a test's hands: it hears events, its loops run when they are told to, its doors answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from chassis.batch import BatchRunner
from chassis.bus.connect import connect
from chassis.bus.port import Record
from chassis.clock import MovableClock
from chassis.db import Database
from chassis.health import Health
from chassis.ids import uuid7
from chassis.protocol_rows import ProtocolRows
from chassis.service import Parts
from chassis.settings import Settings
from chassis.supervisor import Supervisor
from chassis.telemetry import Metrics
from chassis.uow import Units
from contracts.codes import Category, Cause, PersonChangeKind, RegistrationState
from contracts.envelope import Envelope, decode, encode
from contracts.identifiers import PersonId
from contracts.integration import ReminderDue, Term
from contracts.people import Address, PersonFacts
from contracts.persons import PersonChanged, PersonDeceased
from contracts.registration import RegistrationRegistered
from contracts.registry import Event
from contracts.sealed import Sealed
from devkit.databases import DatabaseUrls
from proof.policy import Policy
from services.notifications.consumers import on
from services.notifications.evidence.signer import LogSigner
from services.notifications.http.api import api
from services.notifications.main import busy, dispatcher, furnish, sequencer
from services.notifications.usecases.merge_people import merge_people
from tests.integration.vault.numbers import tst_numbers
from tests.support.doors import calling, doors
from tests.support.tokens import Tokens
from vault.client import Vault
from vault.keyfolder import load_keys
from vault.values import DataClass

PATIENCE_S = 30.0
NOW = datetime(2026, 6, 22, 9, 0, tzinfo=UTC)
HOME = Address(street="Grote Markt", number="1", box="2", post_code="8500", municipality="Kortrijk")


class Office:
    """One notifications database and everything around it."""

    def __init__(self, urls: DatabaseUrls, folder: Path) -> None:
        self.folder = folder
        self.print_folder = folder / "print"
        self.settings = Settings(
            mode="sandbox",
            database=urls.own("notifications"),
            vault_database=urls.vault("notifications"),
            bus=urls.bus("notifications"),
            keys=folder / "keys",
            checkpoints=folder / "checkpoints",
            print_folder=self.print_folder,
        )
        self.clock = MovableClock(NOW)
        self.database = Database(self.settings.database, "notifications", pool_size=6)
        resources: dict[type, object] = {}
        self.units = Units(self.database, self.clock, ProtocolRows(sandbox=True), resources, testmode=True, merge=merge_people)
        bus = connect(self.settings.bus, "never reached")
        self.parts = Parts(self.settings, self.database, self.clock, self.units, bus, Health(), Metrics("notifications"), resources)
        self.registration = Vault(Database(urls.vault("registration"), "vault", pool_size=2), load_keys(self.settings.keys, sandbox=True))
        self.tokens = Tokens()
        self.numbers = tst_numbers(40)
        self.people: list[PersonId] = []
        self._positions = count()

    async def open(self) -> None:
        """Furnish it, and let people be known."""
        furniture = await furnish(self.parts)
        self.parts.resources.update(furniture.resources)
        self.parts.closers.extend(furniture.close)
        self.runner = BatchRunner(on, self.units, self.parts.metrics, furniture.survivors)
        self.people = [person.person_id for person in (await self.registration.people(self.numbers)).values()]

    async def close(self) -> None:
        """Let go of everything."""
        for close in self.parts.closers:
            await close()
        await self.registration.close()
        await self.database.close()

    # -- what others announce

    def facts(self, person: int = 0, *, address: Address | None = HOME, given: str = "Żofia", family: str = "Đorđević") -> PersonFacts:
        return PersonFacts(ssin=self.numbers[person], family_name=family, given_name=given, address=address)

    async def sealed(self, person: int, facts: PersonFacts) -> Sealed[PersonFacts]:
        (box,) = await self.registration.seal([(self.people[person], DataClass.NOTICE, facts)])
        return box

    async def registered(self, person: int = 0, facts: PersonFacts | None = None, **changed: Any) -> RegistrationRegistered:
        said: dict[str, Any] = {
            "person_id": self.people[person],
            "registration_id": uuid7(),
            "case_id": uuid7(),
            "cause": Cause.NEWCOMER,
            "state": RegistrationState.REGISTERED,
            "outcome": "required",
            "rule_id": "N13",
            "rule_set": "newcomers.1",
            "effective_on": date(2026, 6, 22),
            "version": 1,
            "category": Category.JOBSEEKER,
            "period": str(uuid7()),
            "person": await self.sealed(person, facts or self.facts(person)),
        }
        return RegistrationRegistered.model_validate(said | changed)

    async def reminder(self, person: int = 0, purpose: str = "obligationReminder30") -> ReminderDue:
        due = Term(rule_id="nieuwkomer.inschrijving.wettelijk", due_on=date(2026, 8, 1), due_at=datetime(2026, 8, 1, 22, tzinfo=UTC))
        return ReminderDue(
            person_id=self.people[person],
            obligation_id=uuid7(),
            contract_id=uuid7(),
            agency="agii",
            version=2,
            effective_on=date(2026, 6, 22),
            purpose=purpose,
            terms=(due,),
            person=await self.sealed(person, self.facts(person, address=None)),
        )

    async def moved(self, person: int, address: Address, version: int = 1) -> PersonChanged:
        box = await self.sealed(person, self.facts(person, address=address))
        return self.changed(person, PersonChangeKind.RESIDENCE, version, box)

    def changed(self, person: int, kind: PersonChangeKind, version: int, box: Sealed[PersonFacts] | None = None) -> PersonChanged:
        return PersonChanged(person_id=self.people[person], kind=kind, changed_on=date(2026, 6, 1), version=version, person=box)

    def died(self, person: int) -> PersonDeceased:
        return PersonDeceased(person_id=self.people[person], deceased_on=date(2026, 6, 21), version=9)

    async def merges(self, one: int = 0, other: int = 1) -> PersonId:
        """Registration finds that these two are one, and nobody here has heard of it; who survives."""
        merged = await self.registration.merge(self.people[one], self.people[other])
        assert merged is not None
        return merged.survivor

    async def hears(self, *events: Event) -> Sequence[Record]:
        """Let the service read these from the bus; the records, to be read again."""
        records = [self._record(event) for event in events]
        assert await self.runner.run(records) == 0
        assert await self.rows("SELECT count(*) FROM parked") == [(0,)]
        return records

    def _record(self, event: Event) -> Record:
        value = encode(Envelope(id=uuid7(), time=NOW, data=event, testmode=True))
        return Record(event.topic, 0, next(self._positions), event.partition_key.encode(), value, (), NOW)

    # -- its loops

    @asynccontextmanager
    async def sequencing(self) -> AsyncIterator[None]:
        async with self._loop("sequencer", sequencer(self.parts).run):
            yield

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with self.sequencing(), self._loop("dispatcher", dispatcher(self.parts).run):
            yield

    @asynccontextmanager
    async def _loop(self, name: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        supervisor = Supervisor(self.parts.health, self.parts.metrics)
        supervisor.start(name, run)
        try:
            yield
        finally:
            await supervisor.stop()

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        await until(self._idle)

    async def _idle(self) -> bool:
        return not await busy(self.parts)

    async def signed(self) -> None:
        """Wait until all evidence stands under a checkpoint."""

        async def done() -> bool:
            return "sequencer" not in await busy(self.parts)

        await until(done)

    # -- what can be seen

    def letters(self) -> list[Path]:
        return sorted(self.print_folder.glob("*.pdf")) if self.print_folder.exists() else []

    async def rows(self, sql: str, params: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        async with self.database.statement() as connection:
            return [tuple(row) for row in await connection.execute(text(sql), params)]

    async def announced(self) -> list[Event]:
        return [decode(bytes(value)).data for (value,) in await self.rows("SELECT value FROM outbox ORDER BY id")]

    async def notice_ids(self) -> list[UUID]:
        return [row[0] for row in await self.rows("SELECT notice_id FROM notice ORDER BY notice_id")]

    @property
    def policy(self) -> Policy:
        return Policy.parse(self.parts.get(LogSigner).policy())

    @asynccontextmanager
    async def calling(self, who: str = "vdab", **claims: Any) -> AsyncIterator[httpx.AsyncClient]:
        async with calling(doors([api], self.tokens, self.units), self.tokens.bearer(who, **claims)) as client:
            yield client


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition; fails with the test's patience."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():
            await asyncio.sleep(0.01)
