"""A wake-up wakes once however often it is set, and a rest ends when enough has come."""

import asyncio

import pytest

from chassis.wake import Wake

_NEVER_S = 60.0


async def _starts(task: "asyncio.Task[object]") -> bool:
    """Let it run up to where it waits; whether it waits there."""
    for _ in range(3):
        await asyncio.sleep(0)
    return not task.done()


async def test_any_number_of_calls_before_the_wait_wake_once() -> None:
    wake = Wake()
    for _ in range(3):
        wake.set()
    assert await wake.wait(_NEVER_S)
    assert not await wake.wait(0)


async def test_a_call_during_the_wait_ends_it() -> None:
    wake = Wake()
    waiting = asyncio.create_task(wake.wait(_NEVER_S))
    assert await _starts(waiting)
    wake.set()
    assert await waiting


@pytest.mark.parametrize("before", [0, 1, 2])
async def test_a_rest_ends_with_the_call_that_makes_enough_of_them(before: int) -> None:
    wake = Wake()
    for _ in range(before):
        wake.set()
    resting = asyncio.create_task(wake.several(3, _NEVER_S))
    for _ in range(3 - before):
        assert await _starts(resting)
        wake.set()
    await resting
    assert await wake.wait(0), "what ended the rest is still there for the next wait"


async def test_enough_calls_before_a_rest_leave_none_to_take() -> None:
    wake = Wake()
    for _ in range(3):
        wake.set()
    await wake.several(3, _NEVER_S)


async def test_a_rest_that_is_over_before_it_began_takes_none() -> None:
    await Wake().several(3, -1.0)


async def test_a_rest_ends_by_itself_and_the_next_wait_sees_what_came() -> None:
    wake = Wake()
    wake.set()
    await wake.several(2, 0.001)
    assert await wake.wait(0)


async def test_calls_are_counted_from_the_last_wait() -> None:
    wake = Wake()
    for _ in range(3):
        wake.set()
    await wake.wait(0)
    wake.set()
    resting = asyncio.create_task(wake.several(2, _NEVER_S))
    assert await _starts(resting)
    wake.set()
    await resting
