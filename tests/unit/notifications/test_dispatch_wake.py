"""Dispatchers are woken together, and one of them looks for all."""

import asyncio

from services.notifications.usecases.dispatch_wake import DispatchWake

PAPER, SMS = frozenset({"paper"}), frozenset({"sms"})


class Looks:
    """Answers one after the other, and how often it was asked; waits for `go` if there is one."""

    def __init__(self, *answers: frozenset[str]) -> None:
        self.left = list(answers)
        self.go: asyncio.Event | None = None
        self.begun = asyncio.Event()

    async def __call__(self) -> frozenset[str]:
        answer = self.left.pop(0)
        self.begun.set()
        if self.go is not None:
            await self.go.wait()
        return answer


async def test_one_wake_up_reaches_every_dispatcher_and_is_one_look() -> None:
    wake, looks = DispatchWake(), Looks(PAPER, SMS)
    dispatchers = [wake.one_more(), wake.one_more()]
    wake.set()
    assert [await one.wait(0.0) for one in dispatchers] == [True, True]
    assert [await wake.channels(looks), await wake.channels(looks)] == [PAPER, PAPER]
    wake.set()
    assert await wake.channels(looks) == SMS


async def test_a_look_that_a_wake_up_overtook_is_not_kept() -> None:
    wake, looks = DispatchWake(), Looks(frozenset(), PAPER)
    looks.go = asyncio.Event()
    first = asyncio.create_task(wake.channels(looks))
    await looks.begun.wait()
    wake.set()  # something was covered after that look began
    looks.go.set()
    assert await first == frozenset()
    assert await wake.channels(looks) == PAPER
