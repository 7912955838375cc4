"""The feed of outcomes: positions without gaps, one current outcome a record, nobody else's."""

import asyncio

import httpx

from chassis.db import Database
from chassis.health import Health
from chassis.intake import outcomes
from chassis.intake.numbering import Numbering, number, waiting
from chassis.intake.outcomes import Outcome
from contracts.codes import Result
from tests.integration.intake.conftest import AGII, ATLAS, House, delete, put


async def numbered(database: Database) -> None:
    async with database.session() as session:
        while await number(session):
            pass


def test_the_words_are_those_of_the_contracts() -> None:
    assert {str(word) for word in Result} == outcomes.RESULTS


async def test_m18_positions_are_consecutive_for_each_partner(house: House, agii: httpx.AsyncClient, atlas: httpx.AsyncClient) -> None:
    await house.take(put(1), put(1, reference="r2"), put(1, organisation=ATLAS), put(1, reference="r3"))
    await numbered(house.database)
    await house.take(put(2, "Aalst"), put(2, "Aalst", organisation=ATLAS))
    await numbered(house.database)

    mine = (await agii.get("/outcomes")).json()["items"]
    assert [item["id"] for item in mine] == ["1", "2", "3", "4"]
    assert mine[3]["supersedes"] == "1"
    theirs = (await atlas.get("/outcomes")).json()["items"]
    assert [(item["id"], item.get("supersedes")) for item in theirs] == [("1", None), ("2", "1")]


async def test_m18_pages_join_without_gap_and_the_cursor_goes_on_from_the_end(house: House, agii: httpx.AsyncClient) -> None:
    await house.take(*(put(1, reference=f"r{number}") for number in range(5)))
    await numbered(house.database)

    seen: list[str] = []
    link = "/outcomes?pageSize=2"
    while True:
        body = (await agii.get(link)).json()
        seen += [item["id"] for item in body["items"]]
        if "next" not in body:
            break
        link = body["next"]
    assert seen == ["1", "2", "3", "4", "5"]

    await house.take(delete(2, reference="r0"))
    await numbered(house.database)
    answer = await agii.get("/outcomes", params={"after": body["cursor"]})
    assert [(item["id"], item["result"], item["supersedes"]) for item in answer.json()["items"]] == [("6", "withdrawn", "1")]
    assert answer.headers["cache-control"] == "no-store"


async def test_what_is_not_numbered_yet_is_not_shown(house: House, agii: httpx.AsyncClient) -> None:
    await house.take(put(1))
    assert (await agii.get("/outcomes")).json() == {"items": []}
    async with house.database.session() as session:
        assert await waiting(session)


async def test_a_cursor_of_nobody_is_refused(agii: httpx.AsyncClient) -> None:
    assert (await agii.get("/outcomes", params={"after": "17"})).status_code == 400


async def test_details_are_shown_and_the_inner_outcome_is_not(house: House, agii: httpx.AsyncClient) -> None:
    await house.take(put(1, "Brussel"))
    await numbered(house.database)
    [item] = (await agii.get("/outcomes")).json()["items"]
    assert (item["result"], item["reason"], item["details"]) == ("held", "otherRegion", {"since": "2026"})
    assert "N5" not in str(item)


async def test_saying_the_same_again_is_no_news(house: House) -> None:
    same = Outcome(AGII, "contract", "r1", 1, "held", "review", details={"a": 1})
    for _ in range(2):
        async with house.units.open() as uow:
            await outcomes.record(uow, [same])
    assert len(await house.rows("SELECT 1 FROM outcome")) == 1
    async with house.units.open() as uow:
        assert await outcomes.current(uow, [same.record]) == {same.record: same}


async def test_the_leader_numbers_what_is_committed_while_others_wait_for_its_place(house: House) -> None:
    loops = [asyncio.create_task(Numbering(house.intake, house.database, Health()).run()) for _ in range(2)]
    try:
        await asyncio.gather(*(house.take(put(1, reference=f"r{number}")) for number in range(30)))
        async with asyncio.timeout(20):
            while True:
                async with house.database.session() as session:
                    if not await waiting(session):
                        break
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    rows = await house.rows("SELECT position FROM outcome ORDER BY position")
    assert [row[0] for row in rows] == list(range(1, 31))
