"""The dispatcher: hands over deliveries whose intent stands under a published checkpoint, each at most once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from chassis.db import Database
from chassis.health import Health
from chassis.leader import leadership
from chassis.telemetry import Metrics
from chassis.uow import UnitOfWork, Units
from chassis.wake import Wake
from contracts.notification import NoticeDispatched, NoticeFailed
from contracts.people import Address
from contracts.registry import Event
from services.notifications.channels.paper import HandedOver, PaperChannel, PaperLetter
from services.notifications.domain.notices import State
from services.notifications.evidence.covered import covered
from services.notifications.evidence.events import EvidenceEvent
from services.notifications.evidence.record import record
from services.notifications.store import deliveries, notices
from services.notifications.store.deliveries import Claimed
from services.notifications.usecases import leaves
from vault.client import Vault
from vault.values import Erased, Purpose

NAME: Final = "dispatcher"
SENDING = Purpose("noticeDispatch")
_AT_MOST: Final = 50  # letters a round: printing one takes some 15 ms, and an outcome should not wait for hundreds
_POLL_S: Final = 5.0  # the safety net under the wake-up
_LEAD_S: Final = 1.0  # how often a follower tries to lead


@dataclass(frozen=True, slots=True)
class DispatchWake:
    """Woken each time the log has covered something."""

    wake: Wake


class Dispatcher:
    """One leader acts, so that two never hand over one delivery at the same time; what a dead leader began, the next one finishes.

    Order of a round: claim (committed: from here on a withdrawal comes too late), act, outcome. A crash between act and outcome repeats
    the act under the same delivery id, which gives the same file and no second letter.
    """

    def __init__(
        self, database: Database, units: Units, vault: Vault, paper: PaperChannel, published: Wake, health: Health, metrics: Metrics
    ) -> None:
        self._database = database
        self._units = units
        self._vault = vault
        self._paper = paper
        self._published = published
        self._health = health
        self._metrics = metrics

    async def run(self) -> None:
        """Lead when possible, dispatch while leading."""
        while True:
            async with leadership(self._database, NAME) as connection:
                self._health.ready(NAME)
                while connection is not None:
                    while await self.round():
                        pass
                    self._health.ready(NAME)
                    await self._published.wait(_POLL_S)
                    # The lock lives with this connection: a broken one ends this leadership here.
                    await connection.exec_driver_sql("SELECT 1")
            await asyncio.sleep(_LEAD_S)

    async def round(self) -> int:
        """Hand over one batch of what is covered; how many."""
        async with self._database.statement() as connection:
            due = await deliveries.due(connection, _AT_MOST)
            safe = await covered(connection, [row.intent_event_id for row in due]) if due else frozenset()
        ready: list[UUID] = [row.delivery_id for row in due if row.intent_event_id in safe]
        if not ready:
            return 0
        async with self._units.open() as uow:
            claimed = await deliveries.claim(uow, ready)
        outcomes = await self._act(claimed)
        async with self._units.open() as uow:
            await uow.take({item.person_id for item in claimed})
            done = await _conclude(uow, claimed, outcomes)
        self._metrics.count("dispatched", done)
        return len(ready)

    async def _act(self, claimed: Sequence[Claimed]) -> dict[UUID, HandedOver]:
        """Hand these to the print house; what can no longer be opened is not sent."""
        opened = await self._vault.open([box for item in claimed for box in (item.content, item.address)], bytes, SENDING)
        letters, outcomes = [], {}
        for number, item in enumerate(claimed):
            content, address = opened[2 * number : 2 * number + 2]
            if isinstance(content, Erased) or isinstance(address, Erased):
                outcomes[item.delivery_id] = HandedOver(item.delivery_id, reason="erased")
            else:
                lines = leaves.address_lines(Address.model_validate_json(address))
                letters.append(PaperLetter(item.delivery_id, item.batch_id, item.channel, item.intended_at, content, lines))
        handed = await asyncio.to_thread(self._paper.hand_over, letters)
        return outcomes | {outcome.delivery_id: outcome for outcome in handed}


async def _conclude(uow: UnitOfWork, claimed: Sequence[Claimed], outcomes: dict[UUID, HandedOver]) -> int:
    """Keep, log and announce what became of each delivery; how many were news."""
    kept = {
        delivery_id: (
            State.RELAYED if outcome.pdf is not None else State.FAILED,
            sha256(outcome.pdf).digest() if outcome.pdf is not None else None,
            outcome.reason,
        )
        for delivery_id, outcome in outcomes.items()
    }
    news = await deliveries.handed_over(uow, kept)
    fresh = [item for item in claimed if item.delivery_id in news]
    await record(uow, [_leaf(item, outcomes[item.delivery_id]) for item in fresh])
    rows = await notices.move(uow, [(item.notice_id, kept[item.delivery_id][0]) for item in fresh])
    failed = [item.notice_id for item in fresh if outcomes[item.delivery_id].pdf is None]
    if failed:
        await notices.open_task(uow, failed, "deliveryFailed", uow.now)
    after = {row.notice_id: row for row in rows}
    uow.publish(_event(uow, item, outcomes[item.delivery_id], after[item.notice_id]) for item in fresh)
    return len(fresh)


def _leaf(item: Claimed, outcome: HandedOver) -> EvidenceEvent:
    if outcome.pdf is None:
        return leaves.not_relayed(item.person_id, item.notice_id, item.intent_event_id, item.channel, outcome.reason or "unknown")
    return leaves.relayed(item.person_id, item.notice_id, item.intent_event_id, item.channel, outcome.pdf)


def _event(uow: UnitOfWork, item: Claimed, outcome: HandedOver, after: notices.NoticeRow) -> Event:
    said = {
        "person_id": item.person_id,
        "notice_id": item.notice_id,
        "purpose": after.purpose,
        "period": after.period,
        "about_id": after.about_id,
        "version": after.version,
        "delivery_id": item.delivery_id,
        "channel": item.channel,
        "kind": item.kind,
        "at": uow.now,
    }
    if outcome.pdf is None:
        return NoticeFailed.model_validate(said | {"reasons": (outcome.reason,)})
    return NoticeDispatched.model_validate(said)
