"""The consumer loop: poll, run the batch, commit the positions; pauses instead of not polling, and stops rather than parking everything."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from chassis.attempts import Attempts
from chassis.batch import BatchRunner
from chassis.bus.errors import BusError, BusUnavailable
from chassis.bus.port import Bus, Record, Subscription, TopicPartition
from chassis.consumer import Consumer
from chassis.errors import Unavailable
from chassis.health import Health
from chassis.logs import logger
from chassis.telemetry import Metrics

_POLL_S = 1.0
_LAG_EVERY_S = 5.0
# Positions are told to the bus so often, and at once to whoever asks how far the group is: each telling costs the bus and us as much as a
# small batch, and what is told late only comes again after a crash, which the inbox absorbs (`mechanics.md` 9).
_COMMIT_EVERY_S = 0.5
_FIRST_HOLD_S, _LAST_HOLD_S = 0.2, 5.0
# A consumer that parks this share of so many records in a row is broken itself; it stops instead of emptying its topics.
_RUN_LIMIT, _RATIO_LIMIT, _RATIO_SAMPLE = 200, 0.5, 500


class ParkingLimit:
    """Watches how much of what is read gets parked (as arroyo's dead-letter limits do: by ratio and by run)."""

    def __init__(self) -> None:
        self._run = 0
        self._parked = 0
        self._seen = 0

    def exceeded(self, seen: int, parked: int) -> bool:
        """Count a batch in; whether the consumer should stop."""
        self._run = self._run + parked if parked == seen else 0
        self._seen += seen
        self._parked += parked
        over = self._run >= _RUN_LIMIT or (self._seen >= _RATIO_SAMPLE and self._parked / self._seen > _RATIO_LIMIT)
        if self._seen >= _RATIO_SAMPLE:
            self._seen = self._parked = 0
        return over


class Reader:
    """Reads one consumer group's topics for one service process."""

    def __init__(  # noqa: PLR0913 - the composition root names every part once
        self,
        consumer: Consumer,
        runner: BatchRunner,
        bus: Bus,
        attempts: Attempts,
        health: Health,
        metrics: Metrics,
        *,
        instance: str,
        batch: int,
        linger_s: float,
    ) -> None:
        self._consumer = consumer
        self._runner = runner
        self._bus = bus
        self._attempts = attempts
        self._health = health
        self._metrics = metrics
        self._instance = instance
        self._batch = batch
        self._linger_s = linger_s
        self._limit = ParkingLimit()
        self._stopped = False
        self._open = asyncio.Lock()
        self._lag_at = 0.0
        self._subscription: Subscription | None = None
        self._owed: dict[TopicPartition, int] = {}  # handled, and not yet committed on the bus
        self._committed_at = 0.0
        self._log = logger("consumer")

    async def idle(self) -> None:
        """Return once no unit of work is open; the bus waits for this before it gives a partition away."""
        async with self._open:
            return

    async def behind(self) -> bool:
        """Whether a batch is under way, records wait on the bus, or no partition is ours yet."""
        if self._open.locked() or self._subscription is None or not self._subscription.assignment():
            return True
        try:
            await self._commit(self._subscription)
            return any((await self._subscription.lag()).values())
        except BusError:
            return True

    async def ends(self) -> Mapping[TopicPartition, int]:
        """Where the topics it reads end now.

        Raises:
            BusUnavailable: it is no member of its group at the moment.
        """
        return await self._joined().ends()

    async def standing(self) -> Mapping[TopicPartition, int]:
        """Where the group stands now: everything before has had its effect, or was parked.

        Raises:
            BusUnavailable: it is no member of its group at the moment.
        """
        await self._commit(self._joined())
        return await self._joined().standing()

    def _joined(self) -> Subscription:
        if self._subscription is None:
            raise BusUnavailable("not a member yet")
        return self._subscription

    async def run(self) -> None:
        """Read until cancelled; ends with an exception when the bus fails, to be started anew."""
        subscription = await self._bus.subscribe(self._consumer.group, self._consumer.topics, self._instance, self)
        self._attempts.forget()
        self._subscription = subscription
        self._owed.clear()
        try:
            if self._stopped:
                await self._stand_still(subscription)
            while True:
                records = await self._poll(subscription)
                self._health.ready("consumer")
                if records:
                    await self._take(subscription, records)
                if not records or asyncio.get_running_loop().time() - self._committed_at >= _COMMIT_EVERY_S:
                    await self._commit(subscription)
                await self._measure(subscription)
        finally:
            self._subscription = None
            await self._commit(subscription)
            await subscription.close()
            if (task := asyncio.current_task()) is not None and task.cancelling():
                with suppress(Unavailable):
                    await self._attempts.withdraw()

    async def _poll(self, subscription: Subscription) -> Sequence[Record]:
        records = await subscription.poll(self._batch, _COMMIT_EVERY_S if self._owed else _POLL_S)
        if records and self._linger_s and len(records) < self._batch:
            records = [*records, *await subscription.poll(self._batch - len(records), self._linger_s)]
        return records

    async def _take(self, subscription: Subscription, records: Sequence[Record]) -> None:
        hold_s = _FIRST_HOLD_S
        while records:
            try:
                async with self._open:
                    parked = await self._run(subscription, records)
            except Unavailable as error:
                self._health.failing("consumer", str(error))
                records = await self._hold(subscription, records, hold_s)
                hold_s = min(hold_s * 2, _LAST_HOLD_S)
            else:
                if self._limit.exceeded(len(records), parked):
                    await self._stand_still(subscription)
                return

    async def _run(self, subscription: Subscription, records: Sequence[Record]) -> int:
        started = asyncio.get_running_loop().time()
        if await self._attempts.begin(records):
            parked = await self._one_by_one(subscription, records)
        else:
            parked = await self._runner.run(records)
            self._owe(records)
        await self._attempts.done(records)
        self._metrics.batch("consumer", asyncio.get_running_loop().time() - started)
        return parked

    async def _one_by_one(self, subscription: Subscription, records: Sequence[Record]) -> int:
        """One of these seems to kill the process: find it."""
        self._log.warning("reading one by one", records=len(records))
        parked = 0
        for record in records:
            if await self._attempts.begin_alone(record):
                parked += await self._runner.park([record], "killedProcess", "the process died each time this record was handled")
            else:
                parked += await self._runner.run([record])
            self._owe([record])
            await self._commit(subscription)
        return parked

    def _owe(self, records: Sequence[Record]) -> None:
        for record in records:
            self._owed[record.log] = record.position + 1

    async def _commit(self, subscription: Subscription) -> None:
        """Tell the bus what was handled; whoever asks may do so while the loop does."""
        told = dict(self._owed)
        if not told:
            return
        self._committed_at = asyncio.get_running_loop().time()
        try:
            await subscription.commit(told)
        except BusError as error:
            # The records may come again and the inbox makes that harmless (`mechanics.md` 9); what is still ours is committed later,
            # for timers wait until the group is seen to have caught up.
            self._log.info("positions not committed", error=type(error).__name__)
            held = subscription.assignment()
            self._owed = {log: position for log, position in self._owed.items() if log in held}
        else:
            self._owed = {log: position for log, position in self._owed.items() if told.get(log) != position}

    async def _hold(self, subscription: Subscription, records: Sequence[Record], hold_s: float) -> Sequence[Record]:
        """Wait with the partitions paused but the membership alive; what we no longer own is dropped, what came meanwhile is added."""
        held = list(subscription.assignment())
        subscription.pause(held)
        try:
            extra = await subscription.poll(self._batch, hold_s)
        finally:
            subscription.resume(held)
        owned = subscription.assignment()
        return [record for record in (*records, *extra) if record.log in owned]

    async def _stand_still(self, subscription: Subscription) -> None:
        """Too much was parked: stay a member, take nothing, say so until an operator restarts the process."""
        self._stopped = True
        self._log.error("consumer stopped: too much parked")
        while True:
            self._health.failing("consumer", "stopped: too much of what it read was parked; mend the cause, redrive, restart")
            subscription.pause(list(subscription.assignment()))
            await subscription.poll(1, _POLL_S)

    async def _measure(self, subscription: Subscription) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._lag_at >= _LAG_EVERY_S:
            self._lag_at = now
            self._metrics.gauge("lag", sum((await subscription.lag()).values()))
