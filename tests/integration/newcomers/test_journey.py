"""The plain road of a newcomer, and the ways in which a case waits."""

from tests.integration.newcomers.house import House


async def test_a_signed_contract_becomes_a_registration_and_the_agency_hears_the_date(house: House) -> None:
    who = await house.newcomer("2026-10-19")
    kept = await house.obligation(who)
    assert (kept["state"], kept["outcome"], kept["rule"], kept["registeredOn"]) == ("met", "satisfied", "N13", "2026-10-20")
    assert await house.registered(who) == ["2026-10-20"]
    told = await house.told(who)
    assert (told["result"], told["details"]["registered"], told["details"]["registeredOn"]) == ("registered", True, "2026-10-20")
