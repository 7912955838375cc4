"""The terms of a registration: screening within two months, agreements within three, a word to who is held within one."""

from typing import Any
from uuid import uuid4

from sqlalchemy import text

from contracts.envelope import decode
from contracts.registers import TermDue, TermMet, TermOpened, TermOverdue, TermRevised
from contracts.registry import Event
from tests.integration.house import Body, Person
from tests.integration.leavers.office import Office
from tests.support.eventually import eventually

SCREENING, AGREEMENTS, INFORMATION = "screening", "agreements", "information"


async def assessed(office: Office, who: Person, kind: str, on: str, *, ref: str = "", version: int = 1, **more: object) -> None:
    body = {"sourceVersion": version, "ssin": who.ssin, "kind": kind, "on": on} | more
    await office.send("vdab", "PUT", f"/registration/v1/assessments/{ref or f'{who.name}-{kind}'}", body)
    await office.settled()


async def taken_back(office: Office, who: Person, kind: str, *, version: int = 2) -> None:
    await office.send("vdab", "DELETE", f"/registration/v1/assessments/{who.name}-{kind}?sourceVersion={version}")
    await office.settled()


async def terms(office: Office, who: Person) -> dict[str, Body]:
    return {term["kind"]: term for term in (await office.stands(who))["terms"]}


async def states(office: Office, who: Person) -> dict[str, str]:
    return {kind: term["state"] for kind, term in (await terms(office, who)).items()}


async def deadlines(office: Office, **asked: Any) -> list[Body]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return list((await office.send("operator1", "GET", f"/registration/v1/deadlines?{query}"))["items"])


async def registered(office: Office, on: str = "2026-10-20", **more: Any) -> Person:
    who = await office.dweller()
    await office.leaves(who, on, **more)
    return who


async def test_both_terms_run_from_the_day_from_which_the_registration_holds(office: Office) -> None:
    who = await registered(office, "2026-10-01")
    found = await terms(office, who)
    assert {kind: (term["anchorOn"], term["dueOn"], term["dueAt"], term["state"]) for kind, term in found.items()} == {
        SCREENING: ("2026-10-01", "2026-12-01", "2026-12-01T23:00:00Z", "running"),
        AGREEMENTS: ("2026-10-01", "2027-01-01", "2027-01-01T23:00:00Z", "running"),
    }


async def test_an_assessment_meets_its_term_and_one_that_comes_first_meets_it_when_it_opens(office: Office) -> None:
    who = await office.dweller()
    await assessed(office, who, SCREENING, "2026-10-20")
    await office.leaves(who, "2026-10-20")
    assert await states(office, who) == {SCREENING: "met", AGREEMENTS: "running"}
    await office.until("2026-11-02")
    await assessed(office, who, AGREEMENTS, "2026-11-02")
    assert ((await terms(office, who))[AGREEMENTS]["metOn"], (await terms(office, who))[AGREEMENTS]["version"]) == ("2026-11-02", 2)


async def test_an_assessment_from_before_the_registration_says_nothing_of_it(office: Office) -> None:
    who = await registered(office)
    await assessed(office, who, SCREENING, "2026-10-19")
    assert (await states(office, who))[SCREENING] == "running"


async def test_an_assessment_of_a_day_to_come_counts_from_that_day(office: Office) -> None:
    who = await registered(office)
    await assessed(office, who, SCREENING, "2026-11-03")
    assert (await states(office, who))[SCREENING] == "running"
    await office.until("2026-11-03")
    assert (await states(office, who))[SCREENING] == "met"


async def test_who_is_self_reliant_or_has_no_benefit_needs_no_agreements_until_said_otherwise(office: Office) -> None:
    who = await registered(office)
    await assessed(office, who, SCREENING, "2026-10-20", benefitEntitled=False)
    found = (await terms(office, who))[AGREEMENTS]
    assert (found["state"], found["reason"]) == ("closed", "notBenefitEntitled")
    await assessed(office, who, SCREENING, "2026-10-20", version=2, selfReliant=True, benefitEntitled=True)
    assert (await terms(office, who))[AGREEMENTS]["reason"] == "selfReliant"
    await assessed(office, who, SCREENING, "2026-10-20", version=3, selfReliant=False, benefitEntitled=True)
    found = (await terms(office, who))[AGREEMENTS]
    assert (found["state"], found.get("reason"), found["dueOn"]) == ("running", None, "2027-01-20")


async def test_a_term_is_told_to_be_due_and_overdue_once_at_midnight(office: Office) -> None:
    who = await registered(office)
    await office.until("2026-12-20")
    due = (await terms(office, who))[SCREENING]
    assert (due["state"], due["version"]) == ("running", 2)
    await office.until("2026-12-21")
    overdue = (await terms(office, who))[SCREENING]
    assert (overdue["state"], overdue["overdueSince"], overdue["version"]) == ("overdue", "2026-12-20T23:00:00Z", 3)
    await office.until("2026-12-30")
    assert (await terms(office, who))[SCREENING] == overdue


async def test_an_assessment_that_comes_late_takes_back_that_its_term_was_overdue_if_it_was_made_in_time(office: Office) -> None:
    late, never = await registered(office), await registered(office)
    await office.until("2026-12-28")
    await assessed(office, late, SCREENING, "2026-12-20")
    await assessed(office, never, SCREENING, "2026-12-21")
    in_time, too_late = (await terms(office, late))[SCREENING], (await terms(office, never))[SCREENING]
    assert (in_time["state"], in_time["metOn"], in_time.get("overdueSince")) == ("met", "2026-12-20", None)
    assert (too_late["state"], too_late["metOn"], too_late["overdueSince"]) == ("met", "2026-12-21", "2026-12-20T23:00:00Z")


async def test_an_assessment_that_is_taken_back_lets_the_term_go_on_with_a_fortnight_before_anything_is_told(office: Office) -> None:
    who = await registered(office)
    await assessed(office, who, SCREENING, "2026-10-20")
    await office.until("2026-12-28")
    await taken_back(office, who, SCREENING)
    assert (await states(office, who))[SCREENING] == "running"
    await office.until("2027-01-10")
    assert (await states(office, who))[SCREENING] == "running"
    await office.until("2027-01-11")
    found = (await terms(office, who))[SCREENING]
    assert (found["state"], found["overdueSince"], found["dueOn"]) == ("overdue", "2026-12-20T23:00:00Z", "2026-12-20")


async def test_versions_in_the_wrong_order_end_as_if_they_had_come_in_order(office: Office) -> None:
    who = await registered(office)
    await office.until("2026-11-20")
    await assessed(office, who, SCREENING, "2026-11-12", version=3)
    await assessed(office, who, SCREENING, "2026-11-05", version=2)
    assert (await terms(office, who))[SCREENING]["metOn"] == "2026-11-12"


async def test_an_assessment_of_somebody_else_is_taken_back_from_whom_it_was_of(office: Office) -> None:
    who, other = await registered(office), await registered(office)
    await assessed(office, who, SCREENING, "2026-10-20", ref="mistaken")
    await assessed(office, other, SCREENING, "2026-10-20", ref="mistaken", version=2)
    assert ((await states(office, who))[SCREENING], (await states(office, other))[SCREENING]) == ("running", "met")


async def test_a_contested_registration_pauses_its_terms_and_overdue_comes_a_fortnight_after_it_is_let_go(office: Office) -> None:
    who = await registered(office)
    objection = await office.objects(who)
    assert await states(office, who) == {SCREENING: "paused", AGREEMENTS: "paused"}
    await office.until("2026-12-28")
    paused = (await terms(office, who))[SCREENING]
    assert (paused["state"], paused["dueOn"], paused["version"]) == ("paused", "2026-12-20", 1)
    late = await office.send("operator1", "GET", f"/registration/v1/objections/{objection['id']}")
    await office.decides(late, "rejected")
    await office.until("2027-01-10")
    assert await states(office, who) == {SCREENING: "running", AGREEMENTS: "running"}
    await office.until("2027-01-11")
    assert await states(office, who) == {SCREENING: "overdue", AGREEMENTS: "running"}


async def test_an_upheld_objection_closes_the_terms(office: Office) -> None:
    who = await registered(office)
    await office.decides(await office.objects(who), "upheld")
    assert await states(office, who) == {SCREENING: "closed", AGREEMENTS: "closed"}


async def test_nobody_is_overdue_before_the_register_that_would_know_is_complete(office: Office) -> None:
    who = await registered(office)
    await office.registers_complete("2026-12-19", "vdabRegister")
    await office.until("2026-12-24", complete=False)
    assert (await states(office, who))[SCREENING] == "running"
    await office.registers_complete("2026-12-24", "vdabRegister")
    await office.settled()
    assert (await states(office, who))[SCREENING] == "overdue"


async def test_a_registration_of_long_ago_leaves_a_fortnight_before_anything_is_told(office: Office) -> None:
    who = await registered(office, "2026-08-10")
    assert (await terms(office, who))[SCREENING]["dueOn"] == "2026-10-10"
    await office.until("2026-11-02")
    assert (await terms(office, who))[SCREENING]["version"] == 1
    await office.until("2026-11-03")
    assert (await states(office, who))[SCREENING] == "overdue"


async def test_deadlines_come_by_day_in_pages_and_filtered(office: Office) -> None:
    people = [await registered(office, on) for on in ("2026-10-05", "2026-10-01", "2026-10-03")]
    await assessed(office, people[0], SCREENING, "2026-10-12")
    every = await deadlines(office)
    assert [one["dueOn"] for one in every] == ["2026-12-01", "2026-12-03", "2026-12-05", "2027-01-01", "2027-01-03", "2027-01-05"]
    assert [one["kind"] for one in await deadlines(office, state="met")] == [SCREENING]
    assert len(await deadlines(office, dueBefore="2026-12-05")) == 2
    first = await office.send("operator1", "GET", "/registration/v1/deadlines?pageSize=4&state=running")
    rest = await office.send("operator1", "GET", first["next"].removeprefix(office.registration.url))
    assert [one["id"] for one in (*first["items"], *rest["items"])] == [one["id"] for one in every if one["state"] == "running"]
    assert rest.get("next") is None


async def held(office: Office) -> Person:
    who = await office.dweller()
    await office.hears(await office.to_review(who, "2026-10-01"))
    return who


async def approves(office: Office, who: Person) -> int:
    path = f"/registration/v1/registrations/{(await office.stands(who))['id']}/informationLetters"
    answer = await office.ask("operator1", "POST", path, json={"approvedBy": "behandelaar-7"}, headers={"Idempotency-Key": str(uuid4())})
    await office.settled()
    return answer.status_code


async def test_who_is_held_is_to_hear_of_it_within_a_month_of_when_registration_did(office: Office) -> None:
    who = await held(office)
    found = (await terms(office, who))[INFORMATION]
    assert (found["rule"], found["anchorOn"], found["dueOn"], found["state"]) == ("avg.art14", "2026-10-20", "2026-11-20", "running")
    await office.until("2026-11-21")
    assert [one["kind"] for one in await deadlines(office, state="overdue")] == [INFORMATION]
    assert await office.notices(who) == []

    assert await approves(office, who) == 202
    [notice] = await office.notices(who)
    assert (notice["purpose"], notice["period"]) == ("informationLetter", "2025-2026")
    assert (await terms(office, who))[INFORMATION]["metOn"] == "2026-11-21"
    assert await approves(office, who) == 409


async def test_who_is_registered_after_all_hears_it_from_that_letter(office: Office) -> None:
    who = await office.dweller()
    asked = await office.to_review(who, "2026-10-01")
    await office.hears(asked)
    await office.hears(await office.detected(who, "2026-10-20", case=asked.case_id, version=2))
    assert await states(office, who) == {INFORMATION: "met", SCREENING: "running", AGREEMENTS: "running"}
    assert await approves(office, who) == 409


async def test_nobody_who_objects_is_written_to(office: Office) -> None:
    who = await held(office)
    await office.objects(who)
    assert (await states(office, who))[INFORMATION] == "paused"
    assert await approves(office, who) == 409


async def heard(office: Office, *types: type[Event]) -> list[Event]:
    """What registration announced of these types, in order."""
    listening = await office.registration.parts.bus.subscribe(f"tests-{uuid4()}", [TermOpened.topic], "test")
    found: list[Event] = []
    while records := await listening.poll(500, 1.0):
        found += [decode(record.value).data for record in records]
    await listening.close()
    return [event for event in found if isinstance(event, types)]


async def test_each_move_of_a_term_is_told_once_and_numbered(office: Office) -> None:
    who = await registered(office)
    await assessed(office, who, AGREEMENTS, "2026-10-20")
    await taken_back(office, who, AGREEMENTS)
    await office.until("2026-12-21")
    told = await heard(office, TermOpened, TermRevised, TermDue, TermOverdue, TermMet)
    numbered = [(event.rule_id, type(event), event.version) for event in told if isinstance(event, TermOpened | TermRevised | TermDue)]
    assert numbered == [
        ("werkzoekende.screening", TermOpened, 1),
        ("werkzoekende.bindendeAfspraken", TermOpened, 1),
        ("werkzoekende.bindendeAfspraken", TermRevised, 3),
        ("werkzoekende.screening", TermDue, 2),
    ]
    assert [event.version for event in told if isinstance(event, TermMet)] == [2]
    assert [event.due_at.isoformat() for event in told if isinstance(event, TermOverdue)] == ["2026-12-20T23:00:00+00:00"]


async def test_m03_of_two_registrations_that_become_one_the_first_keeps_its_terms_with_the_later_last_day(office: Office) -> None:
    first, second = await registered(office, "2026-10-05"), await registered(office, "2026-10-19", school_year=2026)
    await assessed(office, second, AGREEMENTS, "2026-10-20")
    await office.changes(first, "numberReplaced", "2026-10-20", newSsin=second.ssin)
    await office.settled()
    went_on, gave_way = sorted(await office.registrations(first), key=lambda one: str(one["effectiveOn"]))
    assert [term["state"] for term in gave_way["terms"]] == ["closed", "closed"]
    assert [(term["kind"], term["state"], term["dueOn"]) for term in went_on["terms"]] == [
        (SCREENING, "running", "2026-12-19"),
        (AGREEMENTS, "met", "2027-01-19"),
    ]


async def test_m05_after_an_erasure_no_term_runs_and_no_assessment_is_left(office: Office) -> None:
    who = await registered(office)
    await assessed(office, who, SCREENING, "2026-10-20", selfReliant=False)
    body = {"ssin": who.ssin, "ground": "art17Gdpr", "classes": ["dossier", "intake"], "requestedBy": "staff.1", "approvedBy": "staff.2"}
    key = {"Idempotency-Key": str(uuid4())}
    asked = await office.send("operator1", "POST", "/registration/v1/erasures", body, **key)

    async def done() -> bool:
        return bool((await office.send("operator1", "GET", f"/registration/v1/erasures/{asked['id']}"))["state"] == "done")

    await eventually(done)
    await office.until("2027-02-01")
    every = await deadlines(office)
    assert [(one["kind"], one["state"], one.get("reason")) for one in every] == [(SCREENING, "met", None), (AGREEMENTS, "closed", "erased")]
    async with office.registration.parts.database.statement() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM assessment"))).scalar_one() == 0


async def test_while_a_person_must_look_at_a_registration_its_terms_pause(office: Office) -> None:
    who = await office.dweller()
    leave = await office.leaves(who)
    await office.hears(office.retracted(leave, "2026-10-20"))
    assert (await office.stands(who))["state"] == "revised"
    assert await states(office, who) == {SCREENING: "paused", AGREEMENTS: "paused"}
    await office.until("2026-12-24")
    assert [one["version"] for one in (await terms(office, who)).values()] == [1, 1]
