"""Brings back what the simulated providers answer, each answer once, and not before the business instant it is held until."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from chassis.http.clients.doors import DoorClient
from chassis.http.clients.errors import PeerUnavailable
from devkit.sandbox.providers import Providers
from devkit.simulators.orders import Held, Receipt

CLIENT: Final = "carriers"
_RECEIPTS: Final = "/notification/v1/deliveryReceipts"
_MAILS: Final = "/notification/v1/inboundMails"
_LOOK_S: Final = 0.1


class Courier:
    """Sends answers through the doors that carriers use."""

    def __init__(self, providers: Providers, notifications: str, doors: DoorClient, now: Callable[[], Awaitable[datetime]]) -> None:
        self._providers = providers
        self._url = notifications
        self._doors = doors
        self._now = now
        self._sending = asyncio.Lock()
        self.brought = 0  # answers so far
        providers.sms.tell = self.tell

    async def tell(self, held: Held[Receipt]) -> None:
        """Send a receipt at once, before its provider answers."""
        await self._receipt(held.content, await self._now())

    async def run(self) -> int:
        """Send every answer whose time has come; how many."""
        async with self._sending:
            waiting: list[Held[bytes] | Held[Receipt]] = [*self._providers.mail.reports, *self._providers.receipts]
            if not waiting:
                return 0
            now = await self._now()
            due = [held for held in waiting if held.not_before is None or held.not_before <= now]
            for held in due:
                await self._bring(held, now)
                self._providers.sent(held)
                self.brought += 1
            return len(due)

    async def keep_running(self) -> None:
        """Look for answers until cancelled."""
        while True:
            with contextlib.suppress(PeerUnavailable):  # notifications is not there yet, or again; the answers wait
                await self.run()
            await asyncio.sleep(_LOOK_S)

    async def _bring(self, held: Held[Receipt] | Held[bytes], now: datetime) -> None:
        if isinstance(held.content, bytes):
            await self._doors.post(self._url + _MAILS, {"message": base64.b64encode(held.content).decode()})
        else:
            await self._receipt(held.content, now)

    async def _receipt(self, said: Receipt, now: datetime) -> None:
        body: dict[str, Any] = {**said, "at": now.isoformat()}
        await self._doors.post(self._url + _RECEIPTS, body)


@asynccontextmanager
async def at_work(courier: Courier) -> AsyncIterator[Courier]:
    """The courier on its way to and fro for as long as the block lasts."""
    task = asyncio.create_task(courier.keep_running(), name="courier")
    try:
        yield courier
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
