"""The dispatcher of one carrier: hands over deliveries whose intent stands under a published checkpoint, each at most once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from chassis.clock import BRUSSELS
from chassis.db import Database
from chassis.health import Health
from chassis.leader import lead_in_rounds
from chassis.merging import Survivors, Whole
from chassis.telemetry import Metrics
from chassis.timer_store import Timer
from chassis.uow import UnitOfWork, Units
from contracts.identifiers import PersonId
from contracts.people import Address
from services.notifications.channels.port import OUTAGES, Carrier, Fate, Outcome, Parcel
from services.notifications.domain.channels import ON_PAPER
from services.notifications.domain.notices import State
from services.notifications.domain.patience import QUIET, RETRIES, SMTP_RETRIES, awake
from services.notifications.evidence.covered import covered
from services.notifications.evidence.record import record
from services.notifications.store import deliveries, faults
from services.notifications.store.deliveries import Claimed, Due, Result
from services.notifications.usecases import leaves
from services.notifications.usecases.choose import before_dispatch
from services.notifications.usecases.dispatch_wake import DispatchWake
from services.notifications.usecases.intend import RELEASED
from services.notifications.usecases.moved import Moved
from services.notifications.usecases.record_receipts import apply_early
from services.notifications.usecases.settle import ERASED, settle
from vault.client import Vault
from vault.values import Erased, Purpose

SENDING = Purpose("noticeDispatch")
GIVEN_UP: Final = "deliveryGivenUp"
_POLL_S: Final = 5.0  # the safety net under the wake-up
_STOP_S: Final = 20.0  # less than what a container gets to stop
_LEAD_S: Final = 1.0  # how often a follower tries to lead
_STATES: Final = {
    Fate.RELAYED: State.RELAYED,
    Fate.DELIVERED: State.DELIVERED,
    Fate.AVAILABLE: State.AVAILABLE,
    Fate.FAILED: State.FAILED,
    Fate.UNKNOWN: State.UNKNOWN,
    Fate.DEFERRED: State.SUBMITTED,
}


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next try, by the technical clock: doubling from the first up to the last."""

    first_s: float = 60.0
    last_s: float = 1800.0

    def after(self, attempts: int) -> float:
        """The pause once this many tries were made before."""
        return float(min(self.first_s * 2 ** min(attempts, 30), self.last_s))


@dataclass(frozen=True, slots=True)
class Desk:
    """What every dispatcher works with."""

    database: Database
    units: Units
    vault: Vault
    survivors: Survivors
    health: Health
    metrics: Metrics
    wake: DispatchWake
    backoff: Backoff = field(default_factory=Backoff)


class Dispatcher:
    """One leader a carrier acts, so that two never hand over one delivery at the same time; carriers do not wait for each other.

    Order of a round: open, claim (committed: from here on a withdrawal comes too late), act, outcome. After a crash between act and
    outcome a carrier that recognises a delivery is asked again; with any other the delivery is `unknown` (`mechanics.md` 26).
    """

    def __init__(self, name: str, desk: Desk, carrier: Carrier) -> None:
        self._desk = desk
        self._carrier = carrier
        self._published = desk.wake.one_more()
        self._name = name

    async def run(self) -> None:
        """Lead when possible, dispatch while leading."""
        desk = self._desk
        await lead_in_rounds(desk.database, desk.health, self._name, self._work, self._until_something, retry_s=_LEAD_S)

    async def _work(self) -> float:
        while await self.round():
            pass
        return await self._pause_s()

    async def _until_something(self, at_most_s: float) -> None:
        """Wait until something may go on these channels, or until it is time to look without being told."""
        clock = asyncio.get_running_loop().time
        until = clock() + at_most_s
        while await self._published.wait(max(0.0, until - clock())):
            if not self._carrier.channels.isdisjoint(await self._desk.wake.channels(self._look)):
                return

    async def _look(self) -> frozenset[str]:
        async with self._desk.database.statement() as connection:
            return await deliveries.pending(connection, self._desk.units.clock.now())

    async def _pause_s(self) -> float:
        async with self._desk.database.statement() as connection:
            again_s = await deliveries.next_try_s(connection, self._carrier.channels)
        return _POLL_S if again_s is None else min(_POLL_S, again_s + 0.01)

    async def round(self) -> int:
        """Hand over one batch of what is covered; how many."""
        desk = self._desk
        async with desk.database.statement() as connection:
            due = await deliveries.due(connection, self._carrier.channels, desk.units.clock.now(), self._carrier.at_most)
            safe = await covered(connection, [row.intent_event_id for row in due]) if due else frozenset()
        ready = [row for row in due if row.intent_event_id in safe]
        if not ready:
            return 0
        # Opened before the claim: what is claimed and never acted upon would be `unknown` with some carriers.
        opened = await self._open(ready)
        people = list({row.person_id for row in ready})
        wholes = await desk.survivors(people)
        async with desk.units.open() as uow:
            await uow.take(people, wholes)
            claimed = await self._claim(uow, ready)
        begun = frozenset(row.delivery_id for row in ready if row.begun)
        finishing = asyncio.create_task(self._finish(claimed, opened, begun, wholes), name=f"{self._name} round")
        try:
            await asyncio.shield(finishing)
        except asyncio.CancelledError:
            # A stop in good order does not leave mail `unknown`: what was begun is finished, within the carrier's own time limits.
            await asyncio.wait({finishing}, timeout=_STOP_S)
            finishing.cancel()
            raise
        return len(ready)

    async def _finish(
        self,
        claimed: Sequence[Claimed],
        opened: Mapping[UUID, tuple[bytes | Erased, bytes | Erased]],
        begun: frozenset[UUID],
        wholes: Mapping[PersonId, Whole],
    ) -> None:
        """Act, and keep what became of it."""
        outcomes = await self._act(claimed, opened, begun)
        async with self._desk.units.open() as uow:
            # As the vault answered before the act: were it asked again and did not answer, what was sent by mail would be `unknown`.
            await uow.take({item.person_id for item in claimed}, wholes)
            done = await self._conclude(uow, claimed, outcomes)
        self._desk.metrics.count("dispatched", done)

    async def _open(self, ready: Sequence[Due]) -> dict[UUID, tuple[bytes | Erased, bytes | Erased]]:
        """The target and the content of each."""
        opened = await self._desk.vault.open([box for row in ready for box in (row.address, row.content)], bytes, SENDING)
        return {row.delivery_id: (opened[2 * number], opened[2 * number + 1]) for number, row in enumerate(ready)}

    async def _claim(self, uow: UnitOfWork, ready: Sequence[Due]) -> list[Claimed]:
        begun = [row.delivery_id for row in ready if row.begun]
        fresh = list(await before_dispatch(uow, [row.delivery_id for row in ready if not row.begun]))
        quiet = [awake(uow.now, QUIET[channel], BRUSSELS) for channel in self._carrier.channels & QUIET.keys()]
        if (until := max(quiet, default=uow.now)) > uow.now:
            await deliveries.postpone(uow, fresh, until)
            uow.schedule(Timer(RELEASED, str(row.delivery_id), row.person_id, until) for row in ready if row.delivery_id in fresh)
            fresh = []
        return await deliveries.claim(uow, [*begun, *fresh])

    async def _act(
        self, claimed: Sequence[Claimed], opened: Mapping[UUID, tuple[bytes | Erased, bytes | Erased]], begun: frozenset[UUID]
    ) -> dict[UUID, Outcome]:
        """Hand these over; what can no longer be opened is not sent, what may have been sent is not sent again."""
        parcels, outcomes = [], {}
        for item in claimed:
            target, content = opened[item.delivery_id]
            if item.delivery_id in begun and not self._carrier.repeatable:
                outcomes[item.delivery_id] = Outcome(delivery_id=item.delivery_id, fate=Fate.UNKNOWN, reason="interrupted")
            elif isinstance(target, Erased) or isinstance(content, Erased):
                outcomes[item.delivery_id] = Outcome(delivery_id=item.delivery_id, fate=Fate.FAILED, reason=ERASED)
            else:
                parcels.append(_parcel(item, target, content))
        handed = await self._carrier.hand_over(parcels) if parcels else ()
        return outcomes | {outcome.delivery_id: outcome for outcome in handed}

    async def _conclude(self, uow: UnitOfWork, claimed: Sequence[Claimed], outcomes: Mapping[UUID, Outcome]) -> int:
        """Keep, log and announce what became of each delivery; how many were news."""
        results = {item.delivery_id: self._result(item, outcomes[item.delivery_id]) for item in claimed}
        news = await deliveries.handed_over(uow, results)
        fresh = [item for item in claimed if item.delivery_id in news]
        await record(uow, [leaves.handed_over(item, outcomes[item.delivery_id]) for item in fresh])
        deferred = [item for item in fresh if outcomes[item.delivery_id].fate is Fate.DEFERRED]
        uow.schedule(
            Timer(GIVEN_UP, str(item.delivery_id), item.person_id, _last_try(item, uow.now)) for item in deferred if not item.attempts
        )
        await faults.begin(uow, [item for item in deferred if outcomes[item.delivery_id].reason in OUTAGES], uow.now)
        done = [item for item in fresh if item not in deferred]
        await faults.end(uow, [item.delivery_id for item in done if item.attempts], uow.now)
        uow.cancel(GIVEN_UP, [item.delivery_id for item in done if item.attempts])
        await settle(uow, [_moved(item, outcomes[item.delivery_id], uow.now) for item in done])
        await apply_early(uow, [item.delivery_id for item in done])
        return len(fresh)

    def _result(self, item: Claimed, outcome: Outcome) -> Result:
        digest = sha256(outcome.sent.data).digest() if outcome.sent is not None else None
        again_s = self._desk.backoff.after(item.attempts) if outcome.fate is Fate.DEFERRED else None
        return Result(_STATES[outcome.fate], digest, outcome.reason, again_s)


def _last_try(item: Claimed, now: datetime) -> datetime:
    """Until when a delivery is tried again, by the business clock: it decides where the notice goes next."""
    return now + RETRIES.get(item.channel, SMTP_RETRIES).lasts


def _moved(item: Claimed, outcome: Outcome, at: datetime) -> Moved:
    return Moved(item, _STATES[outcome.fate], at, (outcome.reason,) if outcome.reason else (), handed_over=True)


def _parcel(item: Claimed, target: bytes, content: bytes) -> Parcel:
    on_paper = item.channel in ON_PAPER
    return Parcel(
        delivery_id=item.delivery_id,
        notice_id=item.notice_id,
        batch_id=item.batch_id,
        contact_point_id=item.contact_point_id,
        channel=item.channel,
        kind=item.kind,
        intended_at=item.intended_at,
        target=Address.model_validate_json(target) if on_paper else target.decode(),
        content=content,
    )
