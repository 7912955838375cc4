"""From a closure to what registration hears: the window, what ends it, what takes it back, and what Education is told."""

from tests.integration.leavers.house import House


async def test_a_closure_in_june_is_decided_on_the_first_of_october(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-06-30")
    await house.settled()
    assert await house.decided(who) == ("waitingWindow", "S6b")
    assert await house.told(who) == ("waiting", "waitingWindow")
    assert await house.announced(who) == []

    await house.until("2026-10-01")

    assert await house.words(who) == [("LeaverDetected", "detected")]
    assert await house.told(who) == ("accepted", None)
