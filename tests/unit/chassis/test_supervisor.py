"""Loops are kept alive, and let go of when told."""

import asyncio

from prometheus_client import CollectorRegistry

from chassis.health import Health
from chassis.supervisor import Supervisor
from chassis.telemetry import Metrics
from chassis.wake import Wake


def _supervisor() -> tuple[Supervisor, Health, Metrics]:
    health, metrics = Health(), Metrics("test", CollectorRegistry())
    return Supervisor(health, metrics), health, metrics


async def test_a_loop_that_fails_is_started_again_and_its_health_tells() -> None:
    supervisor, health, metrics = _supervisor()
    lives, well = 0, asyncio.Event()

    async def loop() -> None:
        nonlocal lives
        lives += 1
        if lives == 1:
            raise ValueError("06641000507")
        if lives == 2:
            assert health.parts["loop"].why == "ValueError"  # the kind, never the message
            raise asyncio.CancelledError  # of a future that a library gave up
        health.ready("loop")
        well.set()
        await asyncio.Event().wait()

    supervisor.start("loop", loop)
    assert health.parts["loop"].why == "starting"
    await well.wait()
    assert health.all_ready
    await supervisor.stop()

    assert (lives, metrics.totals["restarted"]) == (3, 2)


async def test_a_stop_ends_loops_also_while_they_wait_to_be_started_again() -> None:
    supervisor, _, _ = _supervisor()
    failed, ended = asyncio.Event(), asyncio.Event()

    async def fails() -> None:
        failed.set()
        raise ValueError

    async def drains() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def turns_the_stop_into_an_error() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    for name, loop in (("fails", fails), ("drains", drains), ("turns", turns_the_stop_into_an_error)):
        supervisor.start(name, loop)
    await failed.wait()
    await supervisor.stop()

    assert ended.is_set()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_any_number_of_calls_wake_a_loop_once() -> None:
    wake = Wake()
    wake.set()
    wake.set()

    assert await wake.wait(0.01)
    assert not await wake.wait(0)
