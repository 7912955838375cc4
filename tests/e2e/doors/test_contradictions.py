"""Facts that repeat, contradict, come too early or too late, and sources and clocks that say otherwise."""

import asyncio
import json
from itertools import permutations
from typing import Any

import httpx
import pytest

from tests.e2e.doors.stand import FAMILY_NAME, STREET, TODAY, Stand, contract, leave, participant, reference, residence

pytestmark = pytest.mark.asyncio(loop_scope="module")


def path(name: str) -> str:
    return f"/integrationFeed/v1/contracts/{name}"


async def told(stand: Stand, name: str, kind: str = "contract") -> tuple[str, str | None, int]:
    """Result, reason and version of the current outcome of a record."""
    await stand.settled()
    found = (await stand.current_outcomes("agii", "integrationFeed"))[kind, name]
    return found["result"], found.get("reason"), found["sourceVersion"]


def said(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return answer.status_code, body.get("result", body.get("type", "")), body.get("reason")


async def test_m16_the_same_version_with_the_same_content_is_a_duplicate_however_it_is_written(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    await stand.sends("agii", path(name), contract(ssin))
    await stand.settled()
    before = await stand.outcomes("agii", "integrationFeed")
    body = contract(ssin)
    for again in (body, dict(reversed(body.items())), body | {"signedOn": str(TODAY)}):
        assert said(await stand.ask("agii", "PUT", path(name), json=again)) == (200, "duplicate", None)
    await stand.settled()
    assert await stand.outcomes("agii", "integrationFeed") == before


async def test_m16_a_school_that_contradicts_itself_is_told_so_and_its_first_word_stands(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    door = f"/educationFeed/v1/enrolments/{name}"
    await stand.sends("education", door, leave(ssin))
    others = [leave(ssin, closure=None), leave(ssin, level=2), leave(stand.person())]
    answers = [await stand.ask("education", "PUT", door, json=other) for other in others]
    answers.append(await stand.ask("education", "DELETE", door, params={"sourceVersion": 1}))
    answers.append(await stand.ask("education", "POST", f"{door}/retractions", json={"sourceVersion": 1, "reason": "noLeaver"}))
    for answer in answers:
        assert said(answer)[:2] == (409, "urn:problem-type:vdab:sourceVersionConflict")
    assert said(await stand.ask("education", "PUT", door, json=leave(ssin))) == (200, "duplicate", None)
    await stand.settled()
    current = (await stand.current_outcomes("education", "educationFeed"))["enrolment", name]
    assert (current["result"], current["reason"], current["sourceVersion"]) == ("waiting", "waitingWindow", 1)
    await stand.leaks_nothing(ssin, FAMILY_NAME, answers=answers)
    await stand.unharmed()


async def test_m16_the_same_version_with_other_content_is_a_conflict_and_the_first_stands(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    await stand.sends("agii", path(name), contract(ssin))
    before = await told(stand, name)
    others = [contract(ssin, familyName="Anders"), contract(stand.person()), contract(ssin, signedOn=None)]
    answers = [await stand.ask("agii", "PUT", path(name), json=other) for other in others]
    answers.append(await stand.ask("agii", "DELETE", path(name), params={"sourceVersion": 1}))
    for answer in answers:
        assert said(answer)[:2] == (409, "urn:problem-type:vdab:sourceVersionConflict")
    assert await told(stand, name) == before
    await stand.leaks_nothing(ssin, FAMILY_NAME, "Anders", answers=answers)
    await stand.unharmed()


async def test_m16_in_bulk_a_contradiction_parks_its_line_only(stand: Stand) -> None:
    ssin, name, last = stand.person(), reference(), reference()
    heads: list[dict[str, Any]] = [{"operation": "put", "kind": "contract", "reference": one} for one in (name, name, name, last)]
    bodies = [contract(ssin), contract(ssin, familyName="Anders"), contract(ssin), contract(stand.person())]
    lines = [json.dumps(head | body).encode() for head, body in zip(heads, bodies, strict=True)]
    results = await stand.line_results("agii", await stand.bulk("agii", "integrationFeed", *lines))
    assert [(one["result"], one.get("reason")) for one in results] == [
        ("waiting", "waitingForSource"),
        ("parked", "sourceVersionConflict"),
        ("duplicate", None),
        ("waiting", "waitingForSource"),
    ]


async def test_m16_a_lower_version_is_kept_as_history_and_changes_nothing(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    await stand.sends("agii", path(name), contract(ssin, 5))
    before = await told(stand, name)
    late = await stand.ask("agii", "PUT", path(name), json=contract(ssin, 3, signedOn=None))
    assert said(late) == (200, "duplicate", "superseded")
    assert await told(stand, name) == before
    again = await stand.ask("agii", "PUT", path(name), json=contract(ssin, 3, signedOn=None))
    assert said(again) == (200, "duplicate", None)
    assert said(await stand.ask("agii", "PUT", path(name), json=contract(ssin, 3)))[0] == 409


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_m16_whatever_the_order_of_arrival_the_newest_version_stands(stand: Stand, order: tuple[int, ...]) -> None:
    ssin, name = stand.person(), reference()
    versions = [contract(ssin, 1), contract(ssin, 2, signedOn=None), contract(ssin, 3, agency="atlas")]
    for number in order:
        await stand.ask("agii", "PUT", path(name), json=versions[number])
    assert (await told(stand, name))[2] == 3
    [owed] = (await stand.ask("agii", "POST", "/integrationFeed/v1/obligations/query", json={"ssin": ssin})).json()["items"]
    assert (owed["agency"], owed["anchorOn"]) == ("atlas", TODAY.isoformat())


async def test_m16_of_one_version_sent_at_once_with_two_contents_exactly_one_is_taken(stand: Stand) -> None:
    name = reference()
    bodies = [contract(stand.person(), familyName=f"Naam{'abcdefgh'[number]}") for number in range(8)]
    answers = await asyncio.gather(*(stand.ask("agii", "PUT", path(name), json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert (await told(stand, name))[2] == 1


@pytest.mark.parametrize("early", ["termination", "delete"])
async def test_a_correction_of_what_has_not_come_waits_and_is_applied_on_arrival(stand: Stand, early: str) -> None:
    ssin, name = stand.person(), reference()
    if early == "termination":
        stop = {"sourceVersion": 2, "kind": "stopped", "on": TODAY.isoformat()}
        first = await stand.ask("agii", "POST", f"{path(name)}/terminations", json=stop)
    else:
        first = await stand.ask("agii", "DELETE", path(name), params={"sourceVersion": 2})
    assert said(first)[:2] == (201, "waiting")
    assert (await told(stand, name))[0] == "waiting"

    arrived = await stand.ask("agii", "PUT", path(name), json=contract(ssin, 1))
    assert arrived.status_code == 200
    result, reason, version = await told(stand, name)
    assert version == 2
    assert result != "waiting", reason
    owed = (await stand.ask("agii", "POST", "/integrationFeed/v1/obligations/query", json={"ssin": ssin})).json()["items"]
    assert not [one for one in owed if one["state"] == "open"]


async def test_a_missing_watermark_decides_nothing_and_the_source_that_speaks_releases_what_waits(stand: Stand) -> None:
    """`facts.md` 1: an absence counts only if its source is available and complete up to the day asked about."""
    ssin, name = stand.person(), reference()
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", residence(ssin))
    await stand.settled()
    await stand.sends("agii", f"/integrationFeed/v1/participants/{reference()}", participant(ssin))
    await stand.sends("agii", path(name), contract(ssin))
    assert (await told(stand, name))[:2] == ("waiting", "vdabRegister")

    version = iter(range(1, 100))

    async def speaks(source: str, state: str, until: str) -> None:
        body = {"sourceVersion": next(version), "state": state, "completeUntil": until}
        assert (await stand.ask("vdab", "PUT", f"/registration/v1/sourceStates/{source}", json=body)).status_code in {200, 201}

    day_before = TODAY.replace(day=TODAY.day - 1).isoformat()
    for state, until in (("unavailable", TODAY.isoformat()), ("notFresh", TODAY.isoformat()), ("available", day_before)):
        await speaks("vdabRegister", state, until)
        assert (await told(stand, name))[:2] == ("waiting", "vdabRegister"), state
    await speaks("vdabRegister", "available", TODAY.isoformat())
    assert (await told(stand, name))[:2] == ("waiting", "workRegister")
    await speaks("workRegister", "available", TODAY.isoformat())
    assert (await told(stand, name))[0] == "registered"
    [registered] = (await stand.ask("vdab", "POST", "/registration/v1/registrations/query", json={"ssin": ssin})).json()["items"]
    assert registered["state"] == "registered"
    await stand.leaks_nothing(ssin, FAMILY_NAME, STREET)


async def test_without_a_watermark_no_absent_enrolment_and_no_absent_proof_makes_a_leaver(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    left = leave(ssin, startsOn="2025-09-01", closure={"endsOn": "2026-08-31", "reason": "X", "situationAfter": 10})
    await stand.sends("education", f"/educationFeed/v1/enrolments/{name}", left)
    version = iter(range(1, 100))

    async def speaks(source: str, state: str = "available") -> None:
        body = {"sourceVersion": next(version), "state": state, "completeUntil": TODAY.isoformat()}
        assert (await stand.ask("education", "PUT", f"/educationFeed/v1/sourceStates/{source}", json=body)).is_success

    async def stands() -> tuple[str, str, str | None]:
        """The feed's last outcome, and what Education reads."""
        await stand.settled()
        said = (await stand.ask("operator1", "POST", "/educationFeed/v1/decisions/query", json={"ssin": ssin})).json()["items"]
        read = (await stand.current_outcomes("education", "educationFeed"))["enrolment", name]
        return said[-1]["outcome"], read["result"], read.get("reason")

    waits = ("waitingForSource", "waiting", "waitingForSource")
    assert await stands() == waits
    await speaks("enrolmentsCompulsory")
    await speaks("enrolmentsHigher", "unavailable")
    await speaks("enrolmentsAdult")
    assert await stands() == waits
    await speaks("enrolmentsHigher")
    assert await stands() == ("waitingForProofs", "waiting", "waitingForProofs")
    await speaks("led", "notFresh")
    assert await stands() == ("waitingForProofs", "waiting", "waitingForProofs")
    decided = (await stand.ask("operator1", "POST", "/registration/v1/decisions/query", json={"ssin": ssin})).json()["items"]
    assert decided == [], "registration has heard of nobody"
    await speaks("led")
    assert await stands() == ("detected", "accepted", None)
    await stand.leaks_nothing(ssin, FAMILY_NAME)
    await stand.unharmed()


async def test_someone_of_whom_no_residence_is_known_waits_for_the_register_and_then_goes_to_a_person(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    await stand.sends("agii", path(name), contract(ssin))
    assert (await told(stand, name))[:2] == ("waiting", "waitingForSource")
    state = {"sourceVersion": 1, "state": "available", "completeUntil": TODAY.isoformat()}
    assert (await stand.ask("vdab", "PUT", "/registration/v1/sourceStates/populationRegister", json=state)).status_code == 201

    async def looked_at() -> bool:
        return (await told(stand, name))[:2] == ("held", "review")

    await stand.until(looked_at)


async def test_a_source_state_repeats_contradicts_and_comes_late_as_facts_do(stand: Stand) -> None:
    door = "/integrationFeed/v1/sourceStates/contracts"
    state = {"sourceVersion": 5, "state": "available", "completeUntil": TODAY.isoformat()}
    assert said(await stand.ask("agii", "PUT", door, json=state)) == (201, "accepted", None)
    assert said(await stand.ask("agii", "PUT", door, json=state)) == (200, "duplicate", None)
    assert said(await stand.ask("agii", "PUT", door, json=state | {"state": "unavailable"}))[0] == 409
    assert said(await stand.ask("agii", "PUT", door, json=state | {"sourceVersion": 4})) == (200, "duplicate", "superseded")
    assert (await stand.ask("agii", "PUT", door, json=state | {"sourceVersion": 6, "state": "asleep"})).status_code == 400
    assert (await stand.ask("agii", "PUT", "/integrationFeed/v1/sourceStates/gossip", json=state)).status_code == 404


async def test_m22_a_clock_that_is_moved_backwards_stays_where_it_is(stand: Stand) -> None:
    for service in stand.services:
        before = (await stand.inside(service, "GET", "/counters")).json()
        later = before["generation"] + 1
        for at, generation in (("2026-10-14T00:00:00Z", later), ("1999-12-31T23:59:59Z", later), ("2027-01-01T00:00:00Z", 0)):
            refused = await stand.inside(service, "PUT", "/clock", json={"at": at, "generation": generation})
            assert refused.status_code == (400 if generation < 1 else 409), refused.text
            assert refused.headers["content-type"] == "application/problem+json"
        stale = await stand.inside(service, "PUT", "/clock", json={"at": "2026-10-16T00:00:00Z", "generation": before["generation"]})
        assert (stale.status_code, stale.json()["type"]) == (409, "urn:problem-type:vdab:clockStaysAhead")
        after = (await stand.inside(service, "GET", "/counters")).json()
        assert (after["now"], after["generation"]) == (before["now"], before["generation"])
    await stand.unharmed()


@pytest.mark.parametrize(
    "body",
    [{"at": "soon", "generation": 2}, {"at": "2027-01-01T00:00:00", "generation": 2}, {"generation": 2}, {"at": 1, "extra": 1}, [], "x"],
)
async def test_a_clock_move_that_is_none_is_refused(stand: Stand, body: object) -> None:
    for service in stand.services:
        refused = await stand.inside(service, "PUT", "/clock", json=body)
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json"), refused.text
    await stand.unharmed()


async def test_the_inner_doors_refuse_what_they_cannot_read(stand: Stand) -> None:
    asked = [
        ("GET", "/parked?after=x", None),
        ("GET", "/parked?pageSize=0", None),
        ("GET", "/parked?pageSize=9999999999", None),
        ("GET", "/due?until=yesterday", None),
        ("GET", "/due?until=9999-12-31T23:59:59", None),
        ("GET", "/journeys/06641000507", None),
        ("POST", "/parked/not-an-id/redrives", {"by": "x"}),
        ("POST", f"/parked/{reference()}/redrives", {"by": ""}),
        ("POST", f"/parked/{reference()}/redrives", {"by": "a\0b"}),
        ("POST", f"/parked/{reference()}/discards", {}),
        ("PUT", "/dataProtocols/noSuchFlow", {"active": False, "by": "x"}),
        ("PUT", "/ruleRows/noSuchRow", {"active": False, "by": "x"}),
        ("PUT", "/ruleRows/minAge", {"active": "perhaps", "by": "x"}),
        ("PUT", "/ruleRows/autoRegistrationBasis", {"active": True}),
        ("PUT", "/dataProtocols/educationToRegistration", {"active": True, "by": "x", "validFrom": "2027-01-01", "validTo": "2026-12-31"}),
    ]
    for service in stand.services:
        for method, door, body in asked:
            answer = await stand.inside(service, method, door, json=body)
            assert answer.status_code in {400, 404} or (answer.status_code == 200 and "until" in door), (service, door, answer.text)
            assert "06641000507" not in answer.text
    await stand.unharmed()


async def test_m15_an_idempotency_key_is_needed_and_means_one_request(stand: Stand) -> None:
    ssin = stand.person()
    body = {"ssin": ssin, "familyName": FAMILY_NAME, "purpose": "informationLetter", "period": "2026-10", "subject": "Informatie"}
    notice = body | {"paragraphs": ["Een zin."], "legalEffectIntended": False}
    door, key = "/notification/v1/notices", {"Idempotency-Key": reference()}

    answers = []
    for given in (None, "", "short", "k" * 129, "a b c d e f"):
        headers = {} if given is None else {"Idempotency-Key": given}
        answers.append(await stand.ask("vdab", "POST", door, json=notice, headers=headers))
    assert [(answer.status_code, answer.json()["issues"][0]["name"]) for answer in answers] == [(400, "Idempotency-Key")] * 5
    first = await stand.ask("vdab", "POST", door, json=notice, headers=key)
    again = await stand.ask("vdab", "POST", door, json=notice, headers=key)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    reused = await stand.ask("vdab", "POST", door, json=notice | {"period": "2026-11"}, headers=key)
    assert (reused.status_code, reused.json()["type"]) == (409, "urn:problem-type:vdab:idempotencyKeyReused")
    found = (await stand.ask("vdab", "POST", f"{door}/query", json={"ssin": ssin})).json()["items"]
    assert [one["id"] for one in found] == [first.json()["id"]]
    await stand.leaks_nothing(ssin, FAMILY_NAME, answers=[*answers, reused])
    await stand.unharmed()
