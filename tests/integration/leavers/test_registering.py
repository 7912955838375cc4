"""From an announced leave to a registration with its letter, or to another answer."""

from contracts.identifiers import IncompleteDate
from tests.integration.leavers.office import Office


async def test_a_leaver_is_registered_as_of_the_day_the_feed_decided_and_gets_one_letter(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who, "2026-10-01")
    stands = await office.stands(who)
    assert (stands["state"], stands["outcome"], stands["rule"], stands["category"]) == ("registered", "registered", "S18", "jobseeker")
    assert (stands["effectiveOn"], stands["cause"], stands["caseId"]) == ("2026-10-01", "leaver", str(leave.case_id))
    [notice] = await office.notices(who)
    assert (notice["purpose"], notice["period"]) == ("registrationConfirmation", "2025-2026")


async def test_m24_a_leave_that_is_read_late_is_decided_as_of_the_day_it_was_due(office: Office) -> None:
    who = await office.dweller(born="2001-10-10")  # 25 between the day of the decision and today
    await office.leaves(who, "2026-10-09")
    assert (await office.stands(who))["effectiveOn"] == "2026-10-09"


async def test_a_leave_told_again_registers_nobody_twice(office: Office) -> None:
    who = await office.dweller()
    leave = await office.detected(who, "2026-10-20")
    again = await office.detected(who, "2026-10-20", case=leave.case_id, version=2, flags=("minor",))
    await office.hears(leave, leave, again, leave)
    assert (len(await office.registrations(who)), len(await office.decisions(who)), len(await office.notices(who))) == (1, 1, 1)


async def test_who_is_registered_already_is_linked_and_gets_no_letter(office: Office) -> None:
    who = await office.dweller()
    await office.jobseeker(who, "2026-09-01")
    await office.leaves(who)
    assert await office.became(who) == ("linked", "linked", "S15")
    assert await office.notices(who) == []


async def test_a_link_to_a_registration_that_never_was_is_decided_again(office: Office) -> None:
    who = await office.dweller()
    await office.jobseeker(who, "2026-09-01")
    await office.leaves(who)
    await office.send("vdab", "DELETE", f"/registration/v1/jobseekers/{who.name}?sourceVersion=2")
    await office.settled()
    assert await office.became(who) == ("registered", "registered", "S18")


async def test_a_leave_of_another_year_links_to_the_registration_that_stands(office: Office) -> None:
    who = await office.dweller()
    await office.leaves(who)
    await office.leaves(who, school_year=2026)
    assert [one["state"] for one in await office.registrations(who)] == ["registered", "linked"]
    assert len(await office.notices(who)) == 1


async def test_who_lives_in_another_region_is_declined_also_when_they_move_to_flanders_later(office: Office) -> None:
    who = office.person("2007-03-15")
    await office.lives(who, "21004")
    await office.leaves(who)
    assert await office.became(who) == ("declined", "otherRegion", "S5")
    await office.until("2026-11-10")
    await office.lives(who, "34022", "2026-11-05")
    await office.settled()
    assert await office.became(who) == ("declined", "otherRegion", "S5")


async def test_a_move_to_flanders_that_the_register_told_late_is_decided_again(office: Office) -> None:
    who = office.person("2007-03-15")
    await office.lives(who, "21004")
    await office.leaves(who)
    await office.lives(who, "34022", "2026-10-15")
    await office.settled()
    assert await office.became(who) == ("registered", "registered", "S18")


async def test_somebody_without_a_residence_is_for_a_person_until_the_register_names_one(office: Office) -> None:
    who = office.person("2007-03-15")
    await office.leaves(who, "2026-10-01")
    held = await office.stands(who)
    assert (held["state"], held["outcome"], (await office.decisions(who))[-1]["reasons"]) == ("review", "review", ["noResidence"])
    await office.lives(who)
    await office.settled()
    assert ((await office.stands(who))["state"], (await office.stands(who))["effectiveOn"]) == ("registered", "2026-10-20")


async def test_the_register_knows_the_birth_date_better_than_the_school(office: Office) -> None:
    who = await office.dweller()
    office.born[who.ssin] = None
    await office.leaves(who)
    assert (await office.decisions(who))[-1]["reasons"] == ["incompleteBirthDate"]
    await office.changes(who, "identity", "2026-10-20", familyName="Verlinde", birthDate="2001-04-02")
    await office.settled()
    assert await office.became(who) == ("declined", "outsideAge", "S14")


async def test_what_the_feed_leaves_to_a_person_is_held_until_the_feed_says_otherwise(office: Office) -> None:
    who = await office.dweller()
    asked = await office.to_review(who, "2026-10-01")
    await office.hears(asked)
    assert await office.became(who) == ("review", "review", "S10")
    await office.hears(await office.detected(who, "2026-10-20", case=asked.case_id, version=2))
    assert ((await office.stands(who))["state"], (await office.stands(who))["effectiveOn"]) == ("registered", "2026-10-20")


async def test_an_unknown_number_waits_until_the_register_speaks_of_the_person(office: Office) -> None:
    who = office.person("2007-03-15")
    await office.changes(who, "numberUnknown", "2026-10-01")
    await office.leaves(who)
    assert await office.became(who) == ("waiting", "parked", "S1")
    await office.lives(who, on="2026-10-02")
    await office.settled()
    assert (await office.stands(who))["state"] == "registered"


async def test_who_died_before_is_not_registered_unless_the_register_takes_it_back(office: Office) -> None:
    who, other = await office.dweller(), await office.dweller()
    await office.changes(who, "death", "2026-10-19", ref="death")
    await office.leaves(who)
    assert await office.became(who) == ("declined", "notApplicable", "S3")
    assert await office.notices(who) == []
    await office.changes(other, "death", "2026-10-19", ref="death", version=2)
    await office.settled()
    assert await office.became(who) == ("registered", "registered", "S18")


async def test_an_incomplete_birth_date_counts_when_every_completion_agrees(office: Office) -> None:
    who = await office.dweller()
    office.born[who.ssin] = IncompleteDate(2007)
    await office.leaves(who)
    assert (await office.stands(who))["state"] == "registered"
