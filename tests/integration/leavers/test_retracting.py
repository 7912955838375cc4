"""Leaves that the feed takes back, before and after the registration, and what the bus may bring in another order."""

from itertools import permutations

import pytest

from contracts.codes import RegistrationState
from tests.integration.leavers.office import Office


async def test_a_leave_taken_back_before_the_registration_registers_nobody(office: Office) -> None:
    await office.registers_complete("2026-10-20", "workRegister", state="notFresh")
    reopened, qualified = await office.dweller(), await office.dweller()
    first, second = await office.leaves(reopened), await office.leaves(qualified)
    await office.hears(
        office.retracted(first, "2026-10-20"),
        office.retracted(second, "2026-10-20", outcome="qualified", rule_id="S11", reasons=("qualified",)),
    )
    assert await office.became(reopened) == ("withdrawn", "withdrawn", "S6")
    assert await office.became(qualified) == ("declined", "qualified", "S11")
    await office.registers_complete("2026-10-20", "workRegister")
    await office.settled()
    assert [await office.became(reopened), await office.became(qualified)] == [
        ("withdrawn", "withdrawn", "S6"),
        ("declined", "qualified", "S11"),
    ]
    assert await office.notices(reopened) == []


async def test_a_leave_taken_back_after_the_registration_is_for_a_person_and_ends_nothing(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who, "2026-10-01")
    await office.hears(office.retracted(leave, "2026-10-20"))
    stands = await office.stands(who)
    assert (stands["state"], stands["outcome"], stands["effectiveOn"]) == ("revised", "withdrawn", "2026-10-01")
    assert len(await office.notices(who)) == 1


async def test_a_second_leave_in_the_year_of_a_registration_links_and_sends_nothing(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who, "2026-10-01")
    back = office.retracted(leave, "2026-10-10")
    again = await office.detected(who, "2026-10-20", case=leave.case_id, version=3)
    await office.hears(back, again)
    assert [one["outcome"] for one in await office.decisions(who)] == ["registered", "withdrawn", "linked"]
    stands = await office.stands(who)
    assert (stands["state"], stands["effectiveOn"], stands["category"]) == ("revised", "2026-10-01", "jobseeker")
    assert len(await office.notices(who)) == 1


async def test_a_leave_told_anew_after_it_was_taken_back_registers(office: Office) -> None:
    await office.registers_complete("2026-10-20", "workRegister", state="notFresh")
    who = await office.dweller()
    leave = await office.leaves(who, "2026-10-01")
    await office.hears(office.retracted(leave, "2026-10-10"))
    await office.registers_complete("2026-10-20", "workRegister")
    await office.hears(await office.detected(who, "2026-10-20", case=leave.case_id, version=3))
    assert ((await office.stands(who))["state"], (await office.stands(who))["effectiveOn"]) == ("registered", "2026-10-20")
    assert len(await office.notices(who)) == 1


async def test_a_review_that_the_feed_asks_for_after_the_registration_marks_it(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who)
    await office.hears(await office.to_review(who, "2026-10-20", case=leave.case_id, version=2))
    assert await office.became(who) == ("revised", "review", "S10")
    assert len(await office.notices(who)) == 1


async def test_a_retraction_that_is_read_before_its_leave_registers_nobody(office: Office) -> None:
    who = await office.dweller()
    leave = await office.detected(who, "2026-10-20")
    await office.hears(office.retracted(leave, "2026-10-20"), leave)
    assert (await office.registrations(who), await office.notices(who)) == ([], [])


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_in_whatever_order_a_leave_is_told_taken_back_and_told_anew_there_is_one_registration(
    office: Office, order: tuple[int, ...]
) -> None:
    who = await office.dweller()
    leave = await office.detected(who, "2026-10-01")
    events = [leave, office.retracted(leave, "2026-10-10"), await office.detected(who, "2026-10-20", case=leave.case_id, version=3)]
    await office.hears(*[events[number] for number in order], *events)
    [only] = await office.registrations(who)
    assert only["state"] in (RegistrationState.REGISTERED, RegistrationState.REVISED)
    assert len(await office.notices(who)) == 1


async def test_of_two_leaves_of_one_person_in_one_year_the_first_goes_on(office: Office) -> None:
    who = await office.dweller()
    first = await office.leaves(who)
    await office.leaves(who)
    assert [one["caseId"] for one in await office.registrations(who)] == [str(first.case_id)]
    assert [(one["outcome"], one["reasons"]) for one in (await office.decisions(who))[1:]] == [("linked", ["merged"])]


async def test_a_leave_taken_back_while_somebody_objects_is_revised_when_the_objection_is_rejected(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who)
    objection = await office.objects(who)
    assert (await office.stands(who))["state"] == "contested"
    await office.hears(office.retracted(leave, "2026-10-20"))
    assert (await office.stands(who))["state"] == "contested"
    await office.decides(objection, "rejected")
    assert await office.became(who) == ("revised", "withdrawn", "S6")


async def test_who_objects_is_held_and_registered_once_the_objection_is_rejected(office: Office) -> None:
    who = await office.dweller()
    objection = await office.objects(who)
    await office.leaves(who)
    assert await office.became(who) == ("review", "review", "S17")
    await office.decides(objection, "rejected")
    assert (await office.stands(who))["state"] == "registered"


async def test_an_objection_that_is_upheld_suppresses_the_leave_and_every_leave_told_anew(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who)
    await office.decides(await office.objects(who), "upheld")
    assert (await office.stands(who))["state"] == "ended"
    again = await office.detected(who, "2026-10-20", case=leave.case_id, version=3)
    await office.hears(office.retracted(leave, "2026-10-20"), again)
    assert (await office.stands(who))["state"] == "ended"
    assert [one["purpose"] for one in await office.notices(who)].count("registrationConfirmation") == 1
