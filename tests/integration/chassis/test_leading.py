"""One process leads at a time: whoever loses the lock stops, and somebody else goes on."""

import asyncio
from contextlib import suppress

import pytest

from chassis.db import Connection
from chassis.errors import DatabaseUnavailable
from chassis.health import Health
from chassis.leader import lead, lead_in_rounds, leadership
from devkit.databases import DatabaseUrls
from tests.support.eventually import eventually
from tests.support.shop import Shop, open_shop

_CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
"""


class Office:
    """Whoever serves, round by round."""

    def __init__(self, pause_s: float = 0.01) -> None:
        self.rounds = 0
        self.waited: list[float] = []
        self._pause_s = pause_s

    async def work(self) -> float:
        self.rounds += 1
        return self._pause_s

    async def wait(self, at_most_s: float) -> None:
        self.waited.append(at_most_s)
        await asyncio.sleep(0)


async def _stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_only_one_leads_and_the_other_is_well_by_following(shop: Shop, urls: DatabaseUrls) -> None:
    leading, following, health = Office(), Office(), Health()
    first = asyncio.create_task(lead_in_rounds(shop.database, shop.health, "post", leading.work, leading.wait, retry_s=0.05))

    async def led() -> bool:
        return leading.rounds >= 3

    async def well() -> bool:
        return "post" in health.parts and health.all_ready

    async def taken_over() -> bool:
        return following.rounds >= 1

    await eventually(led)
    async with open_shop(urls) as other:
        second = asyncio.create_task(lead_in_rounds(other.database, health, "post", following.work, following.wait, retry_s=0.05))
        await eventually(well)
        so_far = leading.rounds

        async def rounds_later() -> bool:
            return leading.rounds >= so_far + 10

        await eventually(rounds_later)
        assert following.rounds == 0
        await _stop(first)
        await eventually(taken_over)
        stood_at = leading.rounds
        await eventually(taken_over)
        assert leading.rounds == stood_at
        await _stop(second)


async def test_it_waits_for_as_long_as_the_work_said(shop: Shop) -> None:
    office = Office(pause_s=4.5)
    task = asyncio.create_task(lead_in_rounds(shop.database, shop.health, "post", office.work, office.wait, retry_s=0.05))

    async def waited() -> bool:
        return len(office.waited) >= 3

    await eventually(waited)
    await _stop(task)
    assert set(office.waited) == {4.5}


async def test_a_leader_whose_connection_is_cut_stops_working_with_an_error(shop: Shop, urls: DatabaseUrls) -> None:
    office = Office()
    task = asyncio.create_task(lead_in_rounds(shop.database, shop.health, "post", office.work, office.wait, retry_s=0.05))

    async def led() -> bool:
        return office.rounds >= 1

    await eventually(led)
    async with open_shop(urls) as other:
        assert await other.rows(_CUT)
        with pytest.raises(DatabaseUnavailable):
            async with asyncio.timeout(10):
                await task
        async with leadership(other.database, "post") as connection:
            assert connection is not None


async def test_what_fails_a_term_ends_the_loop_and_frees_the_office(shop: Shop) -> None:
    async def term(_: Connection) -> None:
        raise ValueError("the term")

    with pytest.raises(ValueError, match="the term"):
        await lead(shop.database, shop.health, "post", term, retry_s=0.05)
    async with leadership(shop.database, "post") as connection:
        assert connection is not None


async def test_a_term_that_ends_well_is_followed_by_another(shop: Shop) -> None:
    served: list[int] = []

    async def term(connection: Connection) -> None:
        served.append(len(served))
        await connection.script("SELECT 1")

    async def twice() -> bool:
        return len(served) >= 2

    task = asyncio.create_task(lead(shop.database, shop.health, "post", term, retry_s=0.01))
    await eventually(twice)
    await _stop(task)
