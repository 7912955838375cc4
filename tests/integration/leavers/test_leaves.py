"""From a closure to what registration hears: the window, what ends it, what takes it back, and what Education is told."""

import pytest

from contracts.education import LeaverDetected, LeaverReviewNeeded
from contracts.people import FeedDecision, PersonFacts
from tests.integration.house import Person
from tests.integration.leavers.house import House
from vault.client import Vault
from vault.values import Purpose

IN_SEPTEMBER = "2026-09-01"


async def detected(house: House, **how: str) -> Person:
    """Someone who left in August without a proof, and of whom registration was told on 1 October."""
    who = house.someone(**how)
    await house.enrols(who, left_on="2026-08-31")
    await house.until("2026-10-01")
    assert await house.words(who) == [("LeaverDetected", "detected")]
    return who


async def test_a_closure_in_august_is_decided_on_the_first_of_october_and_not_before(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    await house.settled()
    assert await house.decided(who) == ("waitingWindow", "S6b")
    assert await house.told(who) == ("waiting", "waitingWindow")

    await house.until("2026-09-30")
    assert await house.announced(who) == []
    await house.until("2026-10-01")

    assert await house.words(who) == [("LeaverDetected", "detected")]
    assert await house.told(who) == ("accepted", None)
    last = await house.decision(who)
    assert (last["effectiveOn"], last["leftOn"], last["schoolYear"]) == ("2026-10-01", "2026-08-31", 2025)


async def test_what_registration_hears_opens_to_the_person_and_to_the_reasons(house: House) -> None:
    who = await detected(house)
    (event,) = await house.announced(who)
    assert isinstance(event, LeaverDetected)
    vault, purpose = house.registration.parts.get(Vault), Purpose("test")
    (person,) = await vault.open([event.person], PersonFacts, purpose)
    (decision,) = await vault.open([event.decision], FeedDecision, purpose)
    assert isinstance(person, PersonFacts)
    assert (person.ssin.value, person.family_name) == (who.ssin, "Zorianyk")
    assert isinstance(decision, FeedDecision)
    assert {"leftOn", "completeUntil"} <= {fact.name for fact in decision.facts}
    assert (event.version, event.school_year, event.rule_set) == (1, 2025, "leavers-2025.1")


async def test_who_is_enrolled_again_never_leaves_the_feed(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    await house.enrols(who, IN_SEPTEMBER, ref=f"{who.name}-next")
    await house.until("2026-10-01")

    assert await house.decided(who) == ("continues", "S7")
    assert await house.told(who) == ("accepted", "continues")
    assert await house.announced(who) == []


async def test_a_closure_that_is_taken_back_inside_the_window_is_no_leave(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    await house.enrols(who, version=2)
    await house.settled()
    assert await house.decided(who) == ("withdrawn", "S6")
    assert await house.told(who) == ("withdrawn", "reopened")

    await house.until("2026-10-01")
    assert await house.announced(who) == []


@pytest.mark.parametrize(("said", "reason"), [("reopened", "reopened"), ("deleted", "deleted"), ("noLeaver", "noLeaver")])
async def test_a_leave_that_was_none_after_all_is_taken_back_from_registration(house: House, said: str, reason: str) -> None:
    who = await detected(house)
    if said == "reopened":
        await house.enrols(who, version=2)
    elif said == "deleted":
        await house.deletes(who)
    else:
        await house.retracts(who)
    await house.settled()

    assert await house.words(who) == [("LeaverDetected", "detected"), ("LeaverRetracted", "withdrawn")]
    retracted = (await house.announced(who))[-1]
    assert (retracted.rule_id, retracted.reasons, retracted.version) == ("S6", (reason,), 2)
    assert await house.told(who) == ("withdrawn", reason)


async def test_a_closure_that_stands_again_after_it_was_taken_back_is_told_under_the_same_case(house: House) -> None:
    who = await detected(house)
    await house.enrols(who, version=2)
    await house.enrols(who, version=3, left_on="2026-08-31")
    await house.settled()

    events = await house.announced(who)
    assert [event.outcome for event in events] == ["detected", "withdrawn", "detected"]
    assert [event.version for event in events] == [1, 2, 3]
    assert len({event.case_id for event in events}) == 1


async def test_a_proof_that_comes_late_takes_the_leave_back_as_qualified(house: House) -> None:
    who = await detected(house)
    await house.proves(who)
    await house.settled()

    assert (await house.words(who))[-1] == ("LeaverRetracted", "qualified")
    assert await house.told(who) == ("accepted", "qualified")
    assert await house.told(who, kind="qualification") == ("accepted", None)

    await house.deletes(who, kind="qualifications")
    await house.settled()
    assert (await house.words(who))[-1] == ("LeaverDetected", "detected")
    assert await house.told(who, kind="qualification") == ("withdrawn", "deleted")


async def test_a_missing_watermark_decides_nothing_and_its_word_wakes_who_waits(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    await house.until("2026-10-02", complete=False)
    assert (await house.decision(who))["outcome"] == "waitingForSource"
    assert await house.told(who) == ("waiting", "waitingForSource")
    assert await house.announced(who) == []

    await house.complete("2026-10-02", "enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult")
    await house.settled()
    assert await house.decided(who) == ("waitingForProofs", "S12")
    assert await house.told(who) == ("waiting", "waitingForProofs")
    await house.complete("2026-10-02", "led", state="notFresh")
    await house.settled()
    assert await house.announced(who) == []

    await house.complete("2026-10-02", "led")
    await house.settled()
    assert await house.words(who) == [("LeaverDetected", "detected")]


async def test_a_source_that_falls_silent_takes_nothing_back(house: House) -> None:
    who = await detected(house)
    await house.complete("2026-10-01", state="unavailable")
    await house.lives(who)
    await house.settled()
    assert await house.words(who) == [("LeaverDetected", "detected")]


async def test_a_minor_waits_for_the_18th_birthday_and_is_detected_as_of_it(house: House) -> None:
    who = house.someone(born="2008-11-20")
    await house.enrols(who, left_on="2026-08-31")
    await house.until("2026-10-01")
    assert await house.decided(who) == ("waitingForAge", "S8b")
    assert await house.told(who) == ("waiting", "waitingForAge")

    await house.until("2026-11-19")
    await house.complete("2026-11-25")
    await house.until("2026-11-25")
    assert await house.words(who) == [("LeaverDetected", "detected")]
    assert (await house.decision(who))["effectiveOn"] == "2026-11-20"


async def test_an_unknown_code_is_for_a_person_and_education_hears_that_it_is_held(house: House) -> None:
    who = house.someone()
    closure = {"endsOn": "2026-08-31", "reason": "Q", "situationAfter": 77}
    await house.enrols(who, closure=closure)
    await house.until("2026-10-01")
    (event,) = await house.announced(who)
    assert isinstance(event, LeaverReviewNeeded)
    assert event.rule_id == "S8c"
    assert (await house.told(who))[0] == "held"


async def test_who_died_or_moved_away_is_no_leaver_and_education_hears_no_more_than_accepted(house: House) -> None:
    dead, away = house.someone(), house.someone()
    for who in (dead, away):
        await house.enrols(who, left_on="2026-08-31")
    await house.changes(dead, "death", "2026-09-10")
    await house.lives(away, "21004", on="2026-09-12")
    await house.until("2026-10-01")
    assert await house.decided(dead) == ("notApplicable", "S3")
    assert await house.decided(away) == ("otherRegion", "S5")
    for who in (dead, away):
        assert await house.announced(who) == []
        assert await house.told(who) == ("accepted", None)


async def test_a_person_the_register_does_not_know_is_parked_until_it_does(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    await house.proves(who, category="Onbekend")
    await house.changes(who, "numberUnknown", "2026-09-01")
    await house.until("2026-10-01")
    assert await house.told(who) == ("parked", "unknownPerson")
    assert await house.told(who, kind="qualification") == ("parked", "unknownPerson")

    await house.changes(who, "identity", "2026-10-01", familyName="Zorianyk")
    await house.settled()
    assert (await house.told(who))[0] != "parked"
    assert await house.told(who, kind="qualification") == ("accepted", None)


async def test_home_education_is_for_a_person(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    await house.teaches_at_home(who, "2026-09-01")
    await house.until("2026-10-01")
    (event,) = await house.announced(who)
    assert (event.rule_id, event.reasons) == ("S13", ("homeEducation",))
    assert await house.told(who) == ("held", "homeEducation")


async def test_m24_a_window_that_ended_while_nobody_looked_keeps_its_day(house: House) -> None:
    who = house.someone()
    await house.complete("2026-10-09")
    await house.enrols(who, left_on="2026-08-31")
    await house.until("2026-10-09")
    last = await house.decision(who)
    assert (last["effectiveOn"], last["outcome"]) == ("2026-10-01", "detected")


async def test_only_operators_of_the_controller_read_decisions_and_each_look_is_noted(house: House) -> None:
    who = house.someone()
    await house.enrols(who, left_on="2026-08-31")
    answer = await house.ask("education", "POST", "/educationFeed/v1/decisions/query", json={"ssin": who.ssin})
    assert answer.status_code == 403
    seen = await house.decision(who)
    assert seen["rule"] == "S6b"
    assert seen["nextCheckAt"] == seen["windowEndsAt"]
    assert seen["facts"]
    assert "birthDate" not in str(seen)


async def test_a_minor_is_told_at_once_when_the_row_that_waits_for_18_is_switched_off(house: House) -> None:
    who = house.someone(born="2008-11-20")
    await house.enrols(who, left_on="2026-08-31")
    await house.until("2026-10-01")
    assert await house.announced(who) == []

    inner = next(door for door in house.inner if door.service == "education_feed")
    assert (await inner.http.put("/internal/v1/ruleRows/minAge", json={"active": False, "by": "tests"})).is_success
    await house.settled()

    (event,) = await house.announced(who)
    assert isinstance(event, LeaverDetected)
    assert event.flags == ("minor",)
    assert not (await inner.http.put("/internal/v1/ruleRows/noSuchRow", json={"active": False, "by": "tests"})).is_success


async def test_a_journey_tells_facts_decisions_and_what_the_school_heard(house: House) -> None:
    who = await detected(house)
    case = (await house.decision(who))["caseId"]
    inner = next(door for door in house.inner if door.service == "education_feed")
    steps = (await inner.http.get(f"/internal/v1/journeys/{case}")).json()["steps"]
    assert [step["what"] for step in steps if step["what"] == "leaveDecided"] == ["leaveDecided"] * len(await house.decisions(who))
    assert {"factReceived", "leaveDecided", "senderTold"} == {step["what"] for step in steps}
    assert who.ssin not in str(steps)
