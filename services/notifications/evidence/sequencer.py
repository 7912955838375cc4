"""The sequencer: one leader gives committed events their places in the tree, signs, and publishes what it signed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from chassis.clock import technical_now
from chassis.db import Connection, Database
from chassis.health import Health
from chassis.ids import uuid7
from chassis.leader import lead
from chassis.logs import logger
from chassis.telemetry import Metrics
from chassis.wake import Wake
from proof import tiles
from proof.checkpoints import Checkpoint
from proof.errors import ProofError
from proof.leaves import GenesisLeaf
from proof.tree import CompactRange, Span, check_consistency, consistency_proof, consistency_spans, span_hash
from services.notifications.evidence import guard, log_store
from services.notifications.evidence.errors import LogDamaged, LogHalted
from services.notifications.evidence.guard import LogState
from services.notifications.evidence.second_store import SecondStore
from services.notifications.evidence.signer import LogSigner

NAME: Final = "sequencer"

# At once when idle, else five times a second: a round signs, flushes a disk and runs five statements, for one leaf as for a thousand.
_ROUND_S: Final = 0.2
_AT_MOST: Final = 5_000  # leaves in one round; 105-160 ms of work (evidence design, 7.3)
_POLL_S: Final = 1.0  # the safety net under the wake-up, and how often a follower tries to lead


class Sequencer:
    """Extends the log; `published` is woken each time events are newly covered, so that dispatchers may act on them.

    Order of a round: tree, checkpoint and queue in one transaction on the connection that holds the leader's lock; COMMIT; then the
    compare-and-swap in the second store; only then do the events count as covered. The other order forks (evidence design, 7.4).
    """

    def __init__(
        self, database: Database, signer: LogSigner, second: SecondStore, wake: Wake, published: Wake, health: Health, metrics: Metrics
    ) -> None:
        self._database = database
        self._signer = signer
        self._second = second
        self._wake = wake
        self._published = published
        self._health = health
        self._metrics = metrics
        self._busy = False
        self._log = logger(NAME)

    @property
    def idle(self) -> bool:
        """Whether no round is under way."""
        return not self._busy

    async def run(self) -> None:
        """Lead when possible, sequence while leading.

        Raises:
            LogHalted: the log must not be continued before a person has looked.
            Exception: anything else ends this leadership; the next one starts from what is stored.
        """
        await lead(self._database, self._health, NAME, self._lead, retry_s=_POLL_S)

    async def _lead(self, connection: Connection) -> None:
        try:
            state = await guard.resume(connection, self._second, self._signer)
        except LogHalted as halt:
            self._log.error("log halted", why=str(halt))
            raise
        if state.unpublished:
            state = await self._publish(connection, state)
        elif state.published is not None:  # a crash may have come between its publication and its mark
            await log_store.mark_published(connection, state.published.size)
            self._published.set()
        if not state.tree.size:
            state = await self._round(connection, state, genesis=True)
        clock = asyncio.get_running_loop().time
        while True:
            started = clock()
            grown = await self._round(connection, state)
            self._health.ready(NAME)
            taken, state = grown.tree.size - state.tree.size, grown
            if taken:
                await asyncio.sleep(max(0.0, started + _ROUND_S - clock()))
            if taken == _AT_MOST:
                continue
            self._metrics.gauge("evidence_waiting", 0)
            # What this process recorded meanwhile has woken it; what another one did is found by the next look.
            if not await self._wake.wait(_POLL_S):
                await self._report(connection, state.signed_at)

    async def _round(self, connection: Connection, state: LogState, *, genesis: bool = False) -> LogState:
        """Sequence, sign and publish what waits; the same state when nothing does."""
        self._busy = True
        try:
            async with self._database.transaction_in(connection):
                hashes = [await self._begin(connection)] if genesis else await log_store.enter(connection, state.tree.size, _AT_MOST)
                grown = await self._extend(connection, state, hashes) if hashes else state
            if grown is state:
                return state
            return await self._publish(connection, grown)
        finally:
            self._busy = False

    async def _extend(self, connection: Connection, state: LogState, hashes: Sequence[bytes]) -> LogState:
        """Grow the tree by these leaves, and sign it as it is read back from the database."""
        tree = state.tree.append(hashes)
        changed = tiles.extend(state.tree.size, state.edge, hashes)
        await log_store.store_tiles(connection, changed)
        await self._check_stored(connection, state.tree, tree)
        note = Checkpoint(self._signer.origin, tree.size, tree.root()).signed(self._signer.note)
        await log_store.store_checkpoint(connection, tree.size, note)
        kept = {**state.edge, **changed}
        return replace(state, tree=tree, edge={tile: kept[tile] for tile in tiles.edge(tree.size)}, note=note, signed_at=technical_now())

    async def _check_stored(self, connection: Connection, old: CompactRange, new: CompactRange) -> None:
        """What is signed is what is stored: a flipped bit in memory or on disk must not get a signature."""
        needed = {*tiles.edge(new.size), *tiles.tiles_of(consistency_spans(old.size, new.size))}
        read = tiles.reader(await log_store.tiles(connection, needed))
        try:
            root = span_hash(Span(0, new.size), read)
            check_consistency(old.size, new.size, consistency_proof(old.size, new.size, read), old.root(), root)
        except ProofError as error:
            raise LogDamaged(str(error)) from error
        if root != new.root():
            raise LogDamaged(f"the tiles read back do not give the root of {new.size} entries")

    async def _publish(self, connection: Connection, state: LogState) -> LogState:
        """Let the committed checkpoint cover its events."""
        await asyncio.to_thread(self._second.advance, state.published, state.note)
        await log_store.mark_published(connection, state.tree.size)
        before = state.published.size if state.published else 0
        self._metrics.count("sequenced", state.tree.size - before)
        self._metrics.gauge("checkpoint_age", 0)
        self._published.set()
        return replace(state, published=Checkpoint(self._signer.origin, state.tree.size, state.tree.root()))

    async def _report(self, connection: Connection, signed_at: datetime | None) -> None:
        self._metrics.gauge("evidence_waiting", await log_store.waiting(connection))
        if signed_at is not None:
            self._metrics.gauge("checkpoint_age", (technical_now() - signed_at).total_seconds())

    async def _begin(self, connection: Connection) -> bytes:
        event_id, vkey = uuid7(), str(self._signer.note.verifier)
        leaf = GenesisLeaf(event_id=event_id, origin=self._signer.origin, vkey=vkey, at=technical_now())
        return await log_store.begin(connection, event_id, bytes(leaf))
