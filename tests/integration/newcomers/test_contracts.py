"""Contracts as agencies really report them: twice, late, corrected, about somebody else, after their own end."""

from tests.integration.house import BRUSSELS_CITY, FLANDERS
from tests.integration.newcomers.house import House

STATUTORY = "nieuwkomer.inschrijving.wettelijk"


async def due_on(house: House, who: object) -> str:
    """The last day of the statutory term of the last obligation."""
    terms = (await house.obligation(who))["terms"]  # type: ignore[arg-type] # a Person
    return str(next(term["dueOn"] for term in terms if term["ruleId"] == STATUTORY))


async def test_a_contract_of_1_january_is_due_60_days_later_by_law_and_two_months_later_by_policy(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    await house.until("2027-01-01")
    who = await house.newcomer("2027-01-01")
    terms = {term["ruleId"]: term["dueOn"] for term in (await house.obligation(who))["terms"]}
    assert terms == {STATUTORY: "2027-03-02", "nieuwkomer.inschrijving.beleid": "2027-03-01"}


async def test_two_agencies_that_push_one_person_make_one_obligation_and_one_registration(house: House) -> None:
    who = house.someone()
    await house.lives(who)
    await house.participant(who)
    await house.contract(who, "2026-10-19", by="atlas")
    await house.contract(who, "2026-10-19")
    await house.settled()
    (kept,) = await house.obligations(who)
    assert (kept["state"], kept["anchorOn"]) == ("met", "2026-10-19")
    assert await house.registered(who) == ["2026-10-20"]
    assert [(await house.told(who, client))["result"] for client in ("agii", "atlas")] == ["registered", "registered"]


async def test_agencies_that_disagree_on_the_date_are_registered_from_the_earliest_and_the_clocks_wait(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = house.someone()
    await house.lives(who)
    await house.contract(who, "2026-10-12", by="atlas")
    await house.contract(who, "2026-10-05")
    await house.participant(who)
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["reasons"], kept["anchorOn"]) == ("held", ["contractDatesDiffer"], "2026-10-05")
    assert [one["state"] for one in await house.registrations(who)] == ["waiting"]
    await house.until("2026-12-20")
    assert (await house.steps("obligationDecided", who))[-1]["state"] == "held"
    await house.contract(who, "2026-10-12", version=2)
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["anchorOn"]) == ("open", "2026-10-12")
    await house.switch("autoRegistrationBasis", active=True)
    await house.settled()
    assert await house.registered(who) == ["2026-12-20"]


async def test_a_transfer_to_another_agency_keeps_the_obligation_and_its_anchor(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    (before,) = await house.obligations(who)
    await house.contract(who, "2026-10-12", version=2, agency="atlas")
    await house.settled()
    (after,) = await house.obligations(who)
    assert (after["id"], after["anchorOn"], after["agency"]) == (before["id"], "2026-10-12", "atlas")


async def test_a_second_contract_of_a_registered_person_is_told_registered_at_once(house: House) -> None:
    who = await house.newcomer("2026-10-12")
    await house.contract(who, "2026-10-15", by="atlas")
    await house.settled()
    assert (await house.told(who, "atlas"))["result"] == "registered"
    assert len(await house.obligations(who)) == 1


async def test_a_new_version_after_the_registration_still_tells_the_date(house: House) -> None:
    who = await house.newcomer("2026-10-12")
    await house.contract(who, "2026-10-12", version=2, programmeStatus="running")
    await house.settled()
    told = await house.told(who)
    assert (told["sourceVersion"], told["result"], told["details"]["registeredOn"]) == (2, "registered", "2026-10-20")


async def test_a_termination_before_its_contract_waits_and_then_counts(house: House) -> None:
    who = house.someone()
    await house.lives(who)
    await house.participant(who)
    assert (await house.ends(who, "stopped", "2026-10-18"))["result"] == "waiting"
    await house.contract(who, "2026-10-12")
    await house.settled()
    assert ((await house.told(who))["reason"], await house.registered(who)) == ("contractStopped", [])


async def test_a_later_version_says_that_a_stopped_contract_runs_whatever_came_first(house: House) -> None:
    who = house.someone()
    await house.lives(who)
    await house.participant(who)
    await house.ends(who, "stopped", "2026-10-18")
    await house.contract(who, "2026-10-12", version=3)
    await house.settled()
    assert await house.registered(who) == ["2026-10-20"]


async def test_a_deleted_contract_owes_nothing_and_sent_again_it_does(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.deletes(who, version=2)
    await house.settled()
    assert ((await house.told(who))["result"], (await house.obligation(who))["state"]) == ("withdrawn", "closed")
    assert [one["state"] for one in await house.registrations(who)] == ["withdrawn"]
    await house.contract(who, "2026-10-12", version=3)
    await house.settled()
    assert [one["state"] for one in await house.obligations(who)] == ["closed", "open"]


async def test_a_reference_that_was_about_somebody_else_frees_them(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    mistaken, meant = await house.newcomer("2026-10-12"), house.someone()
    await house.lives(meant)
    await house.participant(meant)
    await house.settled()
    await house.contract(meant, "2026-10-12", version=2, ref=mistaken.name)
    await house.settled()
    assert [(one["state"], one["reasons"]) for one in await house.obligations(mistaken)] == [("closed", ["contractDeleted"])]
    assert [one["state"] for one in await house.registrations(mistaken)] == ["withdrawn"]
    assert [one["state"] for one in await house.obligations(meant)] == ["open"]
    assert await house.obligations(mistaken, "atlas") == []


async def test_a_registration_whose_contract_never_was_is_marked_for_a_person_and_stays(house: House) -> None:
    who = await house.newcomer("2026-10-12")
    await house.ends(who, "withdrawn", "2026-10-20")
    await house.settled()
    assert [(one["state"], one["reasons"]) for one in await house.obligations(who)] == [("closed", ["contractWithdrawn"])]
    assert [one["state"] for one in await house.registrations(who)] == ["revised"]
    assert (await house.told(who))["details"]["registered"] is True


async def test_a_contract_after_a_stop_makes_a_new_obligation_with_a_new_anchor(house: House) -> None:
    who = await house.newcomer("2026-10-12")
    await house.ends(who, "stopped", "2026-10-20")
    await house.settled()
    assert (await house.obligation(who))["state"] == "met"
    await house.until("2027-02-01")
    await house.contract(who, "2027-02-01", by="atlas")
    await house.participant(who, by="atlas")
    await house.settled()
    first, second = await house.obligations(who)
    assert (first["state"], first["anchorOn"]) == ("met", "2026-10-12")
    assert (second["state"], second["anchorOn"], second["registeredOn"], second["rule"]) == ("met", "2027-02-01", "2026-10-20", "N10")
    assert await house.registered(who) == ["2026-10-20"]


async def test_a_correction_forwards_moves_the_terms_and_one_backwards_too_while_nobody_was_told(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.contract(who, "2026-10-15", version=2)
    await house.settled()
    assert await due_on(house, who) == "2026-12-14"
    await house.contract(who, "2026-10-10", version=3)
    await house.settled()
    assert (await due_on(house, who), len(await house.obligations(who))) == ("2026-12-09", 1)


async def test_a_date_the_person_was_told_stands_when_the_source_moves_it_back(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.until("2026-11-12")
    assert [one["purpose"] for one in (await house.obligation(who))["reminders"]] == ["obligationReminder30"]
    await house.contract(who, "2026-09-20", version=2)
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["anchorOn"], await due_on(house, who), kept["flags"]) == ("2026-09-20", "2026-12-11", ["lateBySource"])


async def test_the_day_of_a_signature_given_as_an_instant_is_the_day_in_brussels(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = house.someone()
    await house.lives(who)
    await house.participant(who)
    await house.contract(who, None, signedAt="2026-10-12T22:30:00Z")
    await house.settled()
    assert (await house.obligation(who))["anchorOn"] == "2026-10-13"


async def test_an_exemption_that_is_taken_back_is_for_a_person(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.participant(who, version=2, status="exempt", vdabComponent=False)
    await house.settled()
    assert (await house.obligation(who))["state"] == "closed"
    await house.participant(who, version=3)
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["outcome"], kept["reasons"], kept["anchorOn"], await house.registered(who)) == (
        "review",
        ["groundChanged"],
        "2026-10-12",
        [],
    )


async def test_a_move_from_brussels_is_registered_at_once_and_is_nobodys_delay(house: House) -> None:
    who = house.someone()
    await house.lives(who, BRUSSELS_CITY)
    await house.participant(who)
    await house.settled()
    await house.contract(who, "2026-07-01")
    await house.settled()
    assert ((await house.obligation(who))["outcome"], (await house.told(who))["result"]) == ("otherRegion", "accepted")
    await house.lives(who, FLANDERS, on="2026-10-15")
    await house.settled()
    kept = await house.obligation(who)
    assert (kept["state"], kept["anchorOn"], kept["flags"]) == ("met", "2026-07-01", ["lateByMove"])
    assert {term["state"] for term in kept["terms"]} == {"met"}


async def test_a_case_that_moves_to_brussels_while_registration_waits_is_closed_and_withdrawn(house: House) -> None:
    await house.switch("autoRegistrationBasis", active=False)
    who = await house.newcomer("2026-10-12")
    await house.lives(who, BRUSSELS_CITY, on="2026-10-19")
    await house.settled()
    assert (await house.obligation(who))["outcome"] == "otherRegion"
    assert [one["state"] for one in await house.registrations(who)] == ["withdrawn"]
    await house.switch("autoRegistrationBasis", active=True)
    await house.settled()
    assert await house.registered(who) == []


async def test_an_agency_that_took_its_contract_back_sees_nothing_of_what_another_does(house: House) -> None:
    who = await house.newcomer("2026-10-12")
    await house.contract(who, "2026-10-12", by="atlas")
    await house.settled()
    assert len(await house.obligations(who, "atlas")) == 1
    await house.ends(who, "withdrawn", "2026-10-20", by="atlas")
    await house.settled()
    assert await house.obligations(who, "atlas") == []
    assert len(await house.obligations(who, "agii")) == 1
