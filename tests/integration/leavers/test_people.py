"""What registers, objections, merges and erasures do to leaves, as registration announces them."""

from uuid import uuid4

from tests.integration.house import Body, Person
from tests.integration.leavers.house import House
from tests.support.eventually import eventually


async def left(house: House, who: Person, on: str = "2026-08-31") -> None:
    """The pupil left."""
    await house.enrols(who, left_on=on)


async def objects(house: House, who: Person) -> Body:
    """The pupil objects; the objection as it stands."""
    body = {"kind": "objection", "ssin": who.ssin}
    answer = await house.ask("vdab", "POST", "/registration/v1/objections", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.is_success, answer.text
    await house.settled()
    return dict(answer.json())


async def decides(house: House, objection: Body, outcome: str) -> None:
    """Someone decides about it."""
    body = {"outcome": outcome, "reason": "Heard in person.", "decidedBy": "counsellor.7"}
    path = f"/registration/v1/objections/{objection['id']}/decisions"
    answer = await house.ask("operator1", "POST", path, json=body, headers={"If-Match": f'"v{objection["version"]}"'})
    assert answer.is_success, answer.text
    await house.settled()


async def test_who_objects_is_for_a_person_and_education_hears_nothing_of_it(house: House) -> None:
    who = house.someone()
    await left(house, who)
    await house.until("2026-09-20")
    objection = await objects(house, who)
    await house.until("2026-10-01")
    assert await house.decided(who) == ("review", "S17")
    assert await house.told(who) == ("accepted", None)

    await decides(house, objection, "rejected")
    assert (await house.words(who))[-1] == ("LeaverDetected", "detected")
    assert await house.told(who) == ("accepted", None)


async def test_an_objection_that_is_upheld_in_the_window_announces_nobody(house: House) -> None:
    who = house.someone()
    await left(house, who)
    await decides(house, await objects(house, who), "upheld")
    await house.until("2026-10-01")
    assert await house.decided(who) == ("suppressed", "S17")
    assert await house.announced(who) == []
    assert await house.told(who) == ("accepted", None)


async def replaced(house: House, old: Person, new: Person) -> None:
    """The register gave a person another number."""
    await house.changes(old, "numberReplaced", "2026-09-01", newSsin=new.ssin)
    await house.settled()


async def test_m03_a_closure_under_one_number_and_an_enrolment_under_another_are_one_pupil_who_goes_on(house: House) -> None:
    old, new = house.someone(), house.someone()
    await left(house, old)
    await house.enrols(new, "2026-09-01")
    await replaced(house, old, new)
    await house.until("2026-10-01")
    assert await house.decided(old) == await house.decided(new) == ("continues", "S7")
    assert await house.everything_announced() == []


async def test_m03_two_cases_of_one_year_are_one_and_the_other_is_taken_back(house: House) -> None:
    old, new = house.someone(), house.someone()
    await left(house, old, "2026-07-10")
    await left(house, new, "2026-08-31")
    await house.until("2026-10-01")
    before = await house.everything_announced()
    assert [event.outcome for event in before] == ["detected", "detected"]

    await replaced(house, old, new)
    events = await house.everything_announced()
    taken_back = [event for event in events if event.outcome == "withdrawn"]
    assert [(event.rule_id, event.reasons) for event in taken_back] == [("S2", ("merged",))]
    stands = {event.case_id for event in before} - {event.case_id for event in taken_back}
    assert len(stands) == 1
    assert {one["caseId"] for one in (await house.decisions(new))[-1:]} == {str(case) for case in stands}
    assert await house.told(old) == await house.told(new) == ("accepted", None)

    await house.proves(new)
    await house.settled()
    last = (await house.everything_announced())[-1]
    assert (last.outcome, last.case_id in stands) == ("qualified", True)


async def test_m02_a_fact_that_comes_under_the_new_number_meets_the_merge_first(house: House) -> None:
    old, new = house.someone(), house.someone()
    await left(house, old)
    await house.changes(old, "numberReplaced", "2026-09-01", newSsin=new.ssin)
    await house.enrols(new, "2026-09-01")
    await house.until("2026-10-01")
    assert await house.decided(new) == ("continues", "S7")
    assert await house.everything_announced() == []


async def erased(house: House, who: Person) -> None:
    """The controller erases the person; it is told once no process can hold a key."""
    body = {"ssin": who.ssin, "ground": "art17Gdpr", "classes": ["dossier", "intake"], "requestedBy": "staff.1", "approvedBy": "staff.2"}
    answer = await house.ask("operator1", "POST", "/registration/v1/erasures", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.is_success, answer.text

    async def done() -> bool:
        return bool((await house.send("operator1", "GET", answer.headers["Location"]))["state"] == "done")

    await eventually(done)
    await house.settled()


async def test_m05_who_is_erased_is_never_announced_and_what_was_known_is_gone(house: House) -> None:
    who = house.someone()
    await left(house, who)
    await house.proves(who, category="Basisonderwijs", proofType="Getuigschrift")
    await erased(house, who)
    await house.until("2026-10-01")
    assert await house.decided(who) == ("notApplicable", "S3")
    assert await house.announced(who) == []
    decisions = str(await house.decisions(who)).lower()
    assert [word for word in ("125252", "getuigschrift") if word in decisions] == []


async def test_m05_a_pupil_whom_a_school_reports_after_an_erasure_is_followed_again(house: House) -> None:
    who = house.someone()
    await left(house, who)
    await erased(house, who)
    await house.enrols(who, version=2, left_on="2026-08-30")
    await house.until("2026-10-01")
    assert await house.words(who) == [("LeaverDetected", "detected")]


async def test_m20_without_a_protocol_nothing_of_a_pupil_comes_in_and_the_school_hears_why(house: House) -> None:
    inner = next(door for door in house.inner if door.service == "education_feed")
    await inner.http.put("/internal/v1/dataProtocols/educationToRegistration", json={"active": False, "by": "tests"})
    who = house.someone()
    answer = await house.enrols(who, left_on="2026-08-31")
    assert (answer["result"], answer["reason"]) == ("parked", "protocolMissing")
    await house.until("2026-10-01")
    assert await house.decisions(who) == []
    assert await house.announced(who) == []

    await inner.http.put("/internal/v1/dataProtocols/educationToRegistration", json={"active": True, "by": "tests"})
    await house.enrols(who, left_on="2026-08-31")
    await house.settled()
    assert await house.words(who) == [("LeaverDetected", "detected")]
