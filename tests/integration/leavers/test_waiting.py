"""Leaves that wait: for work that may end, for a register that is silent, for a basis; nobody waits for ever."""

from tests.integration.leavers.office import Office


async def test_who_works_is_looked_at_once_more_after_30_days_and_registered_if_the_work_ended(office: Office) -> None:
    ended, goes_on = await office.dweller(), await office.dweller()
    await office.works(ended, "2026-09-01", "2026-10-30")
    await office.works(goes_on, "2026-09-01")
    for who in (ended, goes_on):
        await office.leaves(who)
        assert await office.became(who) == ("waiting", "working", "S16")
    await office.until("2026-11-18")
    assert (await office.stands(ended))["state"] == "waiting"
    await office.until("2026-11-19")
    assert ((await office.stands(ended))["state"], (await office.stands(ended))["effectiveOn"]) == ("registered", "2026-11-19")
    assert await office.became(goes_on) == ("declined", "working", "S16")
    await office.works(goes_on, "2026-09-01", "2026-11-19", version=2)
    await office.until("2027-01-10")
    assert await office.became(goes_on) == ("declined", "working", "S16")
    assert (await office.notices(goes_on), len(await office.notices(ended))) == ([], 1)


async def test_work_that_never_was_lets_the_leave_go_before_the_second_look(office: Office) -> None:
    who = await office.dweller()
    await office.works(who, "2026-09-01")
    await office.leaves(who)
    await office.works(who, "2026-09-01", "2026-10-19", version=2)
    await office.settled()
    assert (await office.stands(who))["state"] == "registered"


async def test_student_work_and_short_contracts_do_not_hold_anybody(office: Office) -> None:
    who = await office.dweller()
    body = {"sourceVersion": 1, "ssin": who.ssin, "startsOn": "2026-10-01", "kind": "student"}
    await office.send("vdab", "PUT", f"/registration/v1/employments/{who.name}", body)
    short = body | {"kind": "interim", "startsOn": "2026-10-15", "endsOn": "2026-10-27"}
    await office.send("vdab", "PUT", f"/registration/v1/employments/{who.name}-short", short)
    await office.leaves(who)
    assert (await office.stands(who))["state"] == "registered"


async def test_a_silent_register_is_no_answer_and_wakes_who_waited_when_it_speaks(office: Office) -> None:
    await office.registers_complete("2026-10-20", "workRegister", state="unavailable")
    who = await office.dweller()
    await office.leaves(who, "2026-10-01")
    assert ((await office.stands(who))["outcome"], (await office.decisions(who))[-1]["reasons"]) == ("waitingForSource", ["workRegister"])
    assert await office.notices(who) == []
    await office.until("2026-10-22", complete=False)
    await office.registers_complete("2026-10-22", "workRegister")
    await office.settled()
    stands = await office.stands(who)
    assert (stands["state"], stands["effectiveOn"]) == ("registered", "2026-10-01")
    assert len(await office.notices(who)) == 1


async def test_a_register_that_is_complete_up_to_the_day_asked_about_answers_however_late(office: Office) -> None:
    who = await office.dweller()
    await office.until("2026-10-21", complete=False)
    await office.leaves(who, "2026-10-21")
    assert await office.became(who) == ("waiting", "waitingForSource", "sources")
    await office.until("2026-10-23", complete=False)
    await office.registers_complete("2026-10-21")
    await office.settled()
    assert ((await office.stands(who))["state"], (await office.stands(who))["effectiveOn"]) == ("registered", "2026-10-21")


async def test_of_three_silent_registers_each_must_speak(office: Office) -> None:
    await office.registers_complete("2026-10-20", state="notFresh")
    who = await office.dweller()
    await office.leaves(who)
    for speaks, then in (
        ("workRegister", "waitingForSource"),
        ("vdabRegister", "waitingForSource"),
        ("populationRegister", "registered"),
    ):
        await office.registers_complete("2026-10-20", speaks)
        await office.settled()
        assert (await office.stands(who))["outcome"] == then


async def test_what_a_register_says_while_it_is_awaited_decides(office: Office) -> None:
    await office.registers_complete("2026-10-20", "vdabRegister", "workRegister", state="unavailable")
    linked, died, moved = await office.dweller(), await office.dweller(), await office.dweller()
    for who in (linked, died, moved):
        await office.leaves(who)
    await office.jobseeker(linked, "2026-10-01")
    await office.changes(died, "death", "2026-10-20")
    await office.changes(moved, "residence", "2026-10-20", nis="21004")
    await office.settled()
    assert [(await office.stands(who))["outcome"] for who in (linked, died, moved)] == ["linked", "notApplicable", "otherRegion"]
    await office.registers_complete("2026-10-20")
    await office.settled()
    assert [await office.notices(who) for who in (linked, died, moved)] == [[], [], []]


async def test_without_a_basis_the_dossier_waits_until_one_begins_to_hold(office: Office) -> None:
    await office.switch("autoRegistrationBasis", active=False)
    who = await office.dweller()
    await office.leaves(who)
    assert ((await office.stands(who))["state"], (await office.decisions(who))[-1]["reasons"]) == ("waiting", ["pendingDossier"])
    await office.switch("autoRegistrationBasis", active=True, valid_from="2026-11-02")
    await office.until("2026-11-01")
    assert (await office.stands(who))["state"] == "waiting"
    await office.until("2026-11-02")
    assert ((await office.stands(who))["state"], (await office.stands(who))["effectiveOn"]) == ("registered", "2026-11-02")
