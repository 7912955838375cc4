"""Watermarks: an absence counts only where its source says that it is complete."""

from datetime import date

import httpx

from chassis.intake.sources import covers
from tests.integration.intake.conftest import House

DOOR = "/sourceStates/contracts"


def said(version: int, state: str = "available", until: str | None = "2026-03-10") -> dict[str, object]:
    return {"sourceVersion": version, "state": state} | ({"completeUntil": until} if until else {})


async def covered(house: House, day: date) -> bool:
    async with house.units.open() as uow:
        return await covers(uow, "contracts", day)


async def test_an_absence_counts_up_to_the_day_a_source_is_complete(house: House, agii: httpx.AsyncClient) -> None:
    assert not await covered(house, date(2026, 3, 10))
    assert (await agii.put(DOOR, json=said(1))).status_code == 201
    assert await covered(house, date(2026, 3, 10))
    assert not await covered(house, date(2026, 3, 11))


async def test_an_absence_does_not_count_while_a_source_is_not_fresh(house: House, agii: httpx.AsyncClient) -> None:
    await agii.put(DOOR, json=said(1))
    await agii.put(DOOR, json=said(2, "notFresh"))
    assert not await covered(house, date(2026, 3, 1))
    await agii.put(DOOR, json=said(3, until=None))
    assert not await covered(house, date(2026, 3, 1))


async def test_every_sender_of_a_source_must_be_complete(house: House, agii: httpx.AsyncClient, atlas: httpx.AsyncClient) -> None:
    await agii.put(DOOR, json=said(7))
    assert (await atlas.put(DOOR, json=said(1, until="2026-02-01"))).status_code == 201
    assert not await covered(house, date(2026, 3, 1))
    await atlas.put(DOOR, json=said(2, until="2026-03-05"))
    assert await covered(house, date(2026, 3, 1))


async def test_m16_source_states_follow_their_versions(house: House, agii: httpx.AsyncClient) -> None:
    await agii.put(DOOR, json=said(2))
    assert (await agii.put(DOOR, json=said(2))).json() == {"sourceVersion": 2, "result": "duplicate"}
    assert (await agii.put(DOOR, json=said(1, "unavailable"))).json()["reason"] == "superseded"
    assert (await agii.put(DOOR, json=said(2, "unavailable"))).status_code == 409
    assert [state.state for state in house.watermarks] == ["available"]


async def test_an_unknown_source_is_not_found(agii: httpx.AsyncClient) -> None:
    assert (await agii.put("/sourceStates/horoscopes", json=said(1))).status_code == 404
