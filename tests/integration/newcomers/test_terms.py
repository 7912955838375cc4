"""Reminders and overdue: who is told what, when, and when never."""

from tests.integration.house import BRUSSELS_CITY, FLANDERS, Person
from tests.integration.newcomers.house import House

PURPOSES = ["obligationReminder30", "obligationReminder45"]


async def overdue(house: House, who: Person) -> bool:
    """Whether the agency was told that the person is overdue, and that stands."""
    return "overdue" in (await house.told(who))["details"]


async def reminded(house: House, who: Person) -> list[str]:
    """Which reminders the person was sent."""
    return [one["purpose"] for one in (await house.obligation(who))["reminders"]]


async def unregistered(house: House, signed_on: str) -> Person:
    """Someone whose dossier waits for a legal basis."""
    await house.switch("autoRegistrationBasis", active=False)
    return await house.newcomer(signed_on)


async def test_reminders_go_out_after_30_and_45_days_and_overdue_after_the_last_day(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-11-10")
    assert await reminded(house, who) == []
    await house.until("2026-11-11")
    assert await reminded(house, who) == PURPOSES[:1]
    await house.until("2026-11-26")
    assert await reminded(house, who) == PURPOSES
    await house.until("2026-12-11")
    assert not await overdue(house, who)
    await house.until("2026-12-12")
    assert await overdue(house, who)
    assert ((await house.told(who))["reason"], (await house.obligation(who))["terms"][0]["state"]) == ("overdue", "overdue")


async def test_a_registered_person_is_reminded_of_nothing(house: House) -> None:
    who = await house.newcomer("2026-10-12")
    await house.until("2026-12-20")
    assert (await reminded(house, who), await overdue(house, who)) == ([], False)


async def test_nobody_is_overdue_before_vdabs_register_is_complete_up_to_the_last_day(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-12-11")
    await house.registers_complete("2026-12-10", "vdabRegister")
    await house.until("2026-12-20", complete=False)
    assert not await overdue(house, who)
    await house.registers_complete("2026-12-11", "vdabRegister")
    await house.settled()
    assert await overdue(house, who)


async def test_a_case_before_a_person_is_neither_reminded_nor_overdue_and_goes_on_afterwards(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = house.someone()
    await house.works(who, "2026-01-01", "2026-12-20")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-12")
    await house.until("2026-12-20")
    assert (await reminded(house, who), await overdue(house, who)) == ([], False)
    await house.until("2026-12-21")
    assert ((await house.obligation(who))["state"], await reminded(house, who)) == ("open", PURPOSES[1:])
    await house.until("2027-01-03")
    assert not await overdue(house, who)
    await house.until("2027-01-04")
    assert await overdue(house, who)


async def test_a_contract_reported_late_is_flagged_and_told_overdue_14_days_after_receipt(house: House) -> None:
    who = await unregistered(house, "2026-07-01")
    kept = await house.obligation(who)
    assert (kept["flags"], await reminded(house, who), await overdue(house, who)) == (["lateBySource"], [], False)
    await house.until("2026-11-02")
    assert not await overdue(house, who)
    await house.until("2026-11-03")
    assert await overdue(house, who)


async def test_who_is_registered_at_once_after_a_late_report_is_never_shown_as_late(house: House) -> None:
    who = await house.newcomer("2026-07-01")
    kept = await house.obligation(who)
    assert (kept["flags"], {term["state"] for term in kept["terms"]}) == (["lateBySource"], {"met"})


async def test_a_move_from_brussels_without_a_basis_is_reminded_from_the_move_and_then_for_a_person(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = house.someone()
    await house.lives(who, BRUSSELS_CITY)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-07-01")
    await house.settled()
    await house.lives(who, FLANDERS, on="2026-10-15")
    await house.settled()
    await house.until("2026-11-29")
    assert await reminded(house, who) == PURPOSES
    await house.until("2026-12-20")
    assert ((await house.obligation(who))["reasons"], await overdue(house, who)) == (["lateByMove"], False)


async def test_an_exemption_from_before_the_last_day_takes_the_overdue_back(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-12-15")
    assert await overdue(house, who)
    await house.participant(who, version=2, status="exempt", statusSince="2026-12-01", vdabComponent=False)
    await house.settled()
    assert ((await house.obligation(who))["outcome"], await overdue(house, who)) == ("exempt", False)


async def test_an_exemption_from_after_the_last_day_leaves_the_overdue(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-12-15")
    await house.participant(who, version=2, status="exempt", statusSince="2026-12-13", vdabComponent=False)
    await house.settled()
    assert ((await house.obligation(who))["outcome"], await overdue(house, who)) == ("exempt", True)


async def test_overdue_is_told_once_and_a_change_of_facts_does_not_tell_it_again(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-12-13")
    before = len(await house.outcomes(who))
    await house.participant(who, version=2, titles=[])
    await house.participant(who, version=3)
    await house.until("2026-12-30")
    assert await overdue(house, who)
    assert len([one for one in await house.outcomes(who) if one["reason"] == "overdue"]) <= 2
    assert len(await house.outcomes(who)) <= before + 2


async def test_a_registration_after_the_last_day_stays_overdue_in_the_figures(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-12-15")
    await house.jobseeker(who, "2026-12-14")
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["registeredOn"], kept["terms"][0]["state"]) == ("met", "2026-12-14", "overdue")


async def test_a_registration_in_time_that_is_told_late_takes_the_overdue_back(house: House) -> None:
    who = await unregistered(house, "2026-10-12")
    await house.until("2026-12-15")
    await house.jobseeker(who, "2026-12-01")
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["terms"][0]["state"], await overdue(house, who)) == ("met", False)
