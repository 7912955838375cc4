"""What registration does while registers are silent, people work, or a switch is off: nobody waits for ever."""

from tests.integration.house import FLANDERS
from tests.integration.newcomers.house import WORKER, House


async def test_a_silent_register_decides_nothing_and_wakes_who_waited_when_it_speaks(house: House) -> None:
    await house.registers_complete("2026-10-20", "vdabRegister", state="notFresh")
    who = await house.newcomer("2026-10-19")
    assert ((await house.told(who))["result"], (await house.told(who))["reason"]) == ("waiting", "vdabRegister")
    assert await house.registered(who) == []
    await house.registers_complete("2026-10-20", "vdabRegister")
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_who_waits_for_a_register_still_waits_after_a_correction_that_changes_nothing_else(house: House) -> None:
    await house.registers_complete("2026-10-20", "workRegister", state="unavailable")
    who = await house.newcomer("2026-10-19")
    await house.contract(who, "2026-10-18", version=2)
    await house.settled()
    assert await house.registered(who) == []
    await house.registers_complete("2026-10-20", "workRegister")
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_someone_without_a_known_residence_waits_for_the_population_register(house: House) -> None:
    await house.registers_complete("2026-10-19", "populationRegister")
    who = house.someone()
    await house.participant(who)
    await house.contract(who, "2026-10-19")
    await house.settled()
    assert (await house.told(who))["result"] == "waiting"
    await house.registers_complete("2026-10-20", "populationRegister")
    await house.settled()
    assert ((await house.told(who))["result"], (await house.obligation(who))["reasons"]) == ("held", ["noResidence"])
    await house.lives(who)
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_a_pending_dossier_is_let_go_when_its_basis_begins_to_hold(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-19")
    assert ((await house.told(who))["result"], (await house.told(who))["reason"]) == ("held", "pendingDossier")
    assert (await house.obligation(who))["state"] == "open"
    await house.switch("autoRegistrationBasis", active=True, valid_from="2026-11-02")
    after = await house.newcomer("2026-10-20")
    await house.until("2026-11-01")
    assert (await house.registered(who), await house.registered(after)) == ([], [])
    await house.until("2026-11-02")
    assert (await house.registered(who), await house.registered(after)) == (["2026-11-02"], ["2026-11-02"])


async def test_a_basis_switched_on_at_once_lets_every_pending_dossier_go(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-19")
    await house.switch("autoRegistrationBasis", active=True)
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_who_works_is_for_a_person_and_is_registered_the_day_after_the_work_ended(house: House) -> None:
    who = house.someone()
    await house.works(who, "2026-01-01", "2026-11-10")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    assert ((await house.obligation(who))["state"], (await house.obligation(who))["rule"]) == ("held", "N11")
    await house.until("2026-11-10")
    assert await house.registered(who) == []
    await house.until("2026-11-11")
    assert await house.registered(who) == ["2026-11-11"]


async def test_an_employment_that_never_was_lets_the_case_go(house: House) -> None:
    who = house.someone()
    await house.works(who, "2026-01-01")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    await house.send("vdab", "DELETE", f"/registration/v1/employments/{who.name}?sourceVersion=2")
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_an_agency_never_hears_that_somebody_works(house: House) -> None:
    who = house.someone()
    await house.works(who, "2026-01-01")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    (seen,) = await house.obligations(who, "agii")
    said = f"{seen} {await house.outcomes(who)}"
    assert (await house.told(who))["result"] == "held"
    assert "N11" not in said
    assert "working" not in said


async def test_a_registration_that_vdab_already_holds_satisfies_with_its_own_date(house: House) -> None:
    who = house.someone()
    await house.jobseeker(who, "2026-03-02")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["rule"], kept["registeredOn"]) == ("met", "N10", "2026-03-02")
    assert (await house.told(who))["result"] == "linked"
    assert await house.registered(who) == []


async def test_a_registration_that_vdab_takes_back_as_never_made_leaves_nobody_unregistered(house: House) -> None:
    who = house.someone()
    await house.jobseeker(who, "2026-03-02")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    assert (await house.told(who))["result"] == "linked"
    await house.send("vdab", "DELETE", f"/registration/v1/jobseekers/{who.name}?sourceVersion=2")
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]
    assert ((await house.told(who))["result"], (await house.obligation(who))["registeredOn"]) == ("registered", "2026-10-20")


async def test_a_jobseeker_imported_later_links_the_case_that_waits(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.jobseeker(who, "2026-10-15")
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["rule"], kept["registeredOn"]) == ("met", "N10", "2026-10-15")


async def test_a_registration_that_ended_before_the_contract_does_not_satisfy(house: House) -> None:
    who = house.someone()
    await house.jobseeker(who, "2026-03-02", "2026-10-10")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_nobody_is_registered_under_a_number_the_register_does_not_know(house: House) -> None:
    who = house.someone()
    await house.changes(who, "numberUnknown", "2026-10-01")
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    assert ((await house.told(who))["result"], (await house.told(who))["reason"]) == ("parked", "unknownPerson")
    await house.changes(who, "identity", "2026-10-15", familyName="Zorianyk")
    await house.changes(who, "residence", "2026-10-15", nis=FLANDERS)
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_the_registers_name_does_not_take_the_agencys_birth_date_away(house: House) -> None:
    who = house.someone(born="2010-03-01")
    await house.changes(who, "identity", "2026-10-01", familyName="Zorianyk")
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.settled()
    assert (await house.obligation(who))["reasons"] == ["minor"]


async def test_what_the_register_took_back_from_one_person_counts_for_the_other(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    alive, dead = await house.newcomer("2026-10-12"), await house.newcomer("2026-10-12")
    await house.changes(alive, "death", "2026-10-18", ref="death")
    await house.settled()
    assert (await house.obligation(alive))["state"] == "closed"
    await house.changes(dead, "death", "2026-10-18", ref="death", version=2)
    await house.settled()
    assert [one["state"] for one in await house.obligations(alive)] == ["closed", "open"]
    assert (await house.obligation(dead))["reasons"] == ["deceased"]


async def test_who_died_stays_dead_whatever_the_register_says_after(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.changes(who, "death", "2026-10-18")
    await house.settled()
    await house.changes(who, "identity", "2026-10-19", familyName="Zorianyk")
    await house.lives(who, on="2026-10-19")
    await house.settled()
    assert [(one["state"], one["reasons"]) for one in await house.obligations(who)] == [("closed", ["deceased"])]


async def test_a_residence_lost_and_found_again_opens_the_obligation_with_its_old_anchor(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.changes(who, "residenceLost", "2026-10-15")
    await house.settled()
    await house.changes(who, "identity", "2026-10-16", familyName="Zorianyk")
    await house.settled()
    assert (await house.obligation(who))["state"] == "closed"
    await house.lives(who, on="2026-10-19")
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["anchorOn"], len(await house.obligations(who))) == ("open", "2026-10-12", 2)


async def test_a_title_that_ends_closes_and_one_that_follows_later_is_for_a_person(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = house.someone()
    await house.lives(who)
    none_between = {"ground": "other", "validFrom": "2026-11-11", "validTo": "2026-11-20", "rightToWork": False}
    await house.participant(who, WORKER | {"validTo": "2026-11-10"}, none_between, WORKER | {"validFrom": "2026-11-21"})
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.until("2026-11-10")
    assert (await house.obligation(who))["state"] == "open"
    await house.until("2026-11-11")
    assert ((await house.obligation(who))["state"], (await house.obligation(who))["rule"]) == ("closed", "N9")
    await house.until("2026-11-21")
    kept = await house.obligation(who)
    assert (kept["outcome"], kept["reasons"], kept["anchorOn"]) == ("review", ["rightToWorkGained"], "2026-10-19")


async def test_titles_that_follow_each_other_change_nothing_and_each_end_is_looked_at(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = house.someone()
    await house.lives(who)
    titles = [WORKER | {"validTo": "2026-11-10"}, WORKER | {"validFrom": "2026-11-11", "validTo": "2026-11-20"}]
    await house.participant(who, *titles)
    await house.settled()
    await house.contract(who, "2026-10-19")
    await house.until("2026-11-12")
    assert ((await house.obligation(who))["state"], (await house.obligation(who))["version"]) == ("open", 2)
    await house.until("2026-11-21")
    assert (await house.obligation(who))["reasons"] == ["unknownRightToWork"]


async def test_a_minor_is_registered_on_the_18th_birthday_and_the_terms_run_from_it(house: House) -> None:
    who = await house.newcomer("2026-10-12", born="2008-11-05")
    assert (await house.obligation(who))["outcome"] == "noLabourMarketPerspective"
    await house.until("2026-11-05")
    kept = await house.obligation(who)
    assert (kept["anchorOn"], kept["registeredOn"], kept["flags"]) == ("2026-11-05", "2026-11-05", [])
    assert kept["terms"][0]["dueOn"] == "2027-01-04"
