"""Keeps background loops alive: a loop that fails is logged and started again, a stop drains them all."""

import asyncio
from collections.abc import Awaitable, Callable

from chassis.health import Health
from chassis.logs import logger
from chassis.telemetry import Metrics

Loop = Callable[[], Awaitable[None]]

# A failing loop waits this long before it starts again, doubling up to the second figure.
_FIRST_S, _LAST_S = 0.1, 5.0


class Supervisor:
    """The loops of one service."""

    def __init__(self, health: Health, metrics: Metrics) -> None:
        self._health = health
        self._metrics = metrics
        self._tasks: list[asyncio.Task[None]] = []
        self._log = logger("supervisor")

    def start(self, name: str, loop: Loop) -> None:
        """Run `loop` until `stop`; it reports its own health when it works."""
        self._health.expect(name)
        self._tasks.append(asyncio.create_task(self._keep(name, loop), name=name))

    async def _keep(self, name: str, loop: Loop) -> None:
        wait_s = _FIRST_S
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await loop()
            except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever a loop dies of, it is started again
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    return  # a stop, or one that came out as a driver's error: starting again would hang `stop`
                # A cancellation that is no stop of ours came from a future that a library gave up.
                # The message of a driver's error can quote a row, so only its kind is shown.
                self._health.failing(name, type(error).__name__)
                self._metrics.count("restarted")
                self._log.warning("loop failed", loop=name, error=type(error).__name__, module=type(error).__module__)
            else:
                return
            if asyncio.get_running_loop().time() - started > _LAST_S:
                wait_s = _FIRST_S
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LAST_S)

    async def stop(self) -> None:
        """Cancel every loop and wait until each has let go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
