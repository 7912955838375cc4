"""A record that kills its process (`mechanics.md` 10)."""

import asyncio
import os
import signal
import sys

from devkit.databases import DatabaseUrls
from tests.support.eventually import eventually
from tests.support.shop import SERVICE, Ordered, Shop, somebody

LIVE = "import sys; from tests.support.shop import live_again_and_again; live_again_and_again(*sys.argv[1:])"


async def test_m10_a_record_that_kills_the_process_is_isolated_after_a_few_restarts(shop: Shop, urls: DatabaseUrls) -> None:
    people = somebody(30)
    await shop.put(
        *(Ordered(person_id=person, number=number, manner="deadly" if number == 20 else "well") for number, person in enumerate(people))
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", LIVE, urls.own(SERVICE), urls.bus(SERVICE)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": "."},
        start_new_session=True,
    )

    async def all_dealt_with() -> bool:
        return len(await shop.numbers()) + len(await shop.parked()) == 30

    try:
        await eventually(all_dealt_with, within_s=100)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = await process.communicate()

    assert await shop.parked() == [("killedProcess", 20)]
    assert sorted(await shop.numbers()) == [number for number in range(30) if number != 20]
    assert said.count(b"died") == 4  # twice in a batch, twice alone
