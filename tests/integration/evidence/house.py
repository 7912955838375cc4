"""What the tests of the evidence log do, in the words of the service: record events, run sequencers, look at what is published."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from chassis.db import Database
from chassis.health import Health
from chassis.supervisor import Supervisor
from chassis.telemetry import Metrics
from chassis.uow import Units
from chassis.wake import Wake
from contracts.codes import Channel
from contracts.identifiers import PersonId
from devkit.databases import DatabaseUrls, administering, run
from proof import tiles
from proof.checkpoints import Checkpoint, opened
from proof.disclosures import Attachment
from proof.notes import Note
from proof.policy import Policy
from proof.tree import CompactRange, leaf_hash
from services.notifications.evidence.bundles import notice_bundle, opened_by
from services.notifications.evidence.covered import covered
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.record import Recorder, record, sealed_by
from services.notifications.evidence.second_store import SecondStore
from services.notifications.evidence.sequencer import Sequencer
from services.notifications.evidence.signer import LogSigner, load_log_signer
from services.notifications.evidence.vocabulary import EventName
from tests.integration.vault.numbers import tst_numbers
from tests.support.doors import units
from vault.client import Vault
from vault.keyfolder import load_keys
from vault.values import Purpose

LETTER = Attachment("Beste inwoner, u bent ingeschreven.".encode(), "text/plain; charset=utf-8")  # noqa: UP012 - as it would be sent
PATIENCE_S = 20.0


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition; fails with the test's patience."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():
            await asyncio.sleep(0.01)


class House:
    """One notifications database and everything around it."""

    def __init__(self, urls: DatabaseUrls, folder: Path) -> None:
        self.urls = urls
        self.keys = folder / "keys"
        self.store_folder = folder / "checkpoints"
        self.signer: LogSigner = load_log_signer(self.keys, sandbox=True)
        self.wake = Wake()
        self.published = Wake()
        self.health = Health()
        self.metrics = Metrics("notifications")
        self.vault = self._vault("notifications")
        self.registration = self._vault("registration")
        self.database = Database(urls.own("notifications"), "notifications", pool_size=6)
        self.people: list[PersonId] = []
        self._extra: list[Database] = []

    async def settle_in(self, count: int) -> None:
        """Let people be known."""
        self.people = [person.person_id for person in (await self.vault.people(tst_numbers(count))).values()]

    async def close(self) -> None:
        await self.vault.close()
        await self.registration.close()
        for database in (self.database, *self._extra):
            await database.close()

    async def forget_keys(self) -> None:
        """Start the vault's client anew, so that it holds no key."""
        await self.vault.close()
        self.vault = self._vault("notifications")

    def _vault(self, service: str) -> Vault:
        return Vault(Database(self.urls.vault(service), "vault", pool_size=2), load_keys(self.keys, sandbox=True))

    @property
    def units(self) -> Units:
        return units(self.database, {Recorder: Recorder(sealed_by(self.vault), self.wake)})

    @property
    def policy(self) -> Policy:
        return Policy.parse(self.signer.policy())

    def second(self, folder: Path | None = None) -> SecondStore:
        return SecondStore(folder or self.store_folder, self.signer.known)

    def event(
        self, person: int = 0, notice: UUID | None = None, name: EventName = EventName.SUBMISSION_ACCEPTANCE, **more: Any
    ) -> EvidenceEvent:
        more.setdefault("fields", {"recipient": "een inwoner"})
        return EvidenceEvent(person_id=self.people[person], notice_id=notice or uuid4(), name=name, channel=Channel.PAPER, **more)

    async def record(self, *events: EvidenceEvent) -> list[UUID]:
        """Record in one unit of work, as a use case does."""
        async with self.units.open() as uow:
            await uow.take({event.person_id for event in events})
            await record(uow, events)
        return [event.event_id for event in events]

    def sequencer(self, *, database: Database | None = None, second: SecondStore | None = None) -> Sequencer:
        return Sequencer(
            database or self.database, self.signer, second or self.second(), self.wake, self.published, self.health, self.metrics
        )

    @asynccontextmanager
    async def sequencing(self, sequencer: Sequencer | None = None) -> AsyncIterator[Supervisor]:
        """A sequencer at work, kept alive as in the service."""
        supervisor = Supervisor(self.health, self.metrics)
        supervisor.start("sequencer", (sequencer or self.sequencer()).run)
        try:
            yield supervisor
        finally:
            await supervisor.stop()

    async def covered(self, event_ids: Sequence[UUID]) -> frozenset[UUID]:
        async with self.database.statement() as connection:
            return await covered(connection, event_ids)

    async def until_covered(self, event_ids: Sequence[UUID]) -> None:
        async def all_covered() -> bool:
            return await self.covered(event_ids) == set(event_ids)

        await until(all_covered)

    async def bundle(self, notice: UUID) -> bytes:
        async with self.database.transaction() as connection:
            return await notice_bundle(connection, notice, opened_by(self.vault, Purpose("evidenceBundle")))

    async def rows(self, sql: str, params: Mapping[str, object] | None = None) -> Sequence[tuple[Any, ...]]:
        async with self.database.statement() as connection:
            return [tuple(row) for row in await connection.execute(text(sql), params)]

    async def as_owner(self, sql: str) -> None:
        database = Database(self.urls.owner("notifications"), "owner", pool_size=1)
        try:
            async with database.transaction() as connection:
                await connection.execute(text(sql))
        finally:
            await database.close()

    async def backup(self) -> Database:
        """A restored copy of the database as it is now."""
        await self.database.close()
        name = f"restored{len(self._extra)}{self.urls.suffix}"
        async with administering(self.urls.server) as server:
            await run(
                server, "CREATE DATABASE %I OWNER %I TEMPLATE %I STRATEGY file_copy", name, "hub_owner", f"notifications{self.urls.suffix}"
            )
        address = self.urls.own("notifications").removesuffix(f"notifications{self.urls.suffix}") + name
        self._extra.append(Database(address, "restored", pool_size=3))
        return self._extra[-1]

    async def check_log(self, seen: Sequence[Checkpoint] = ()) -> int:
        """Recompute everything from the leaves: entries without gaps, tiles, every checkpoint ever signed; the size."""
        entries = await self.rows("SELECT idx, leaf, leaf_hash FROM log_entry JOIN evidence_event USING (event_id) ORDER BY idx")
        hashes = [leaf_hash(bytes(leaf)) for _, leaf, _ in entries]
        assert [(idx, stored) for idx, _, stored in entries] == list(enumerate(hashes))
        signed = await self.rows("SELECT size, note FROM log_checkpoint")
        checkpoints = [opened(bytes(note), self.signer.known) for _, note in signed]
        tree = CompactRange()
        for checkpoint in sorted((*checkpoints, *seen), key=lambda checkpoint: checkpoint.size):
            tree = tree.append(hashes[tree.size : checkpoint.size])
            assert checkpoint.root == tree.root()
        stored = await self.rows("SELECT level, n, data FROM log_tile")
        expected = tiles.extend(0, {}, hashes)
        assert {(level, n): bytes(data) for level, n, data in stored} == expected
        return len(hashes)

    def published_size(self) -> int:
        path = self.store_folder / "latest.checkpoint"
        return Checkpoint.parse(Note.parse(path.read_bytes()).text).size if path.exists() else 0
