"""What an objection holds, and what follows when someone decides (rule S17)."""

from typing import Any
from uuid import uuid4

import httpx

from tests.integration.house import Body, Person
from tests.integration.newcomers.house import House

DECIDER = "counsellor.7"


async def says(house: House, client: str, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
    """Say something at a door of registration; the answer as it came."""
    sent = house.tokens.bearer(client) | headers
    return await house.http.request(method, f"{house.registration.url}/registration/v1{path}", json=body, headers=sent)


async def objects(house: House, who: Person, **more: object) -> Body:
    """VDAB hands in an objection for a person."""
    body = {"kind": "objection"} | ({} if "registrationId" in more else {"ssin": who.ssin}) | more
    answer = await says(house, "vdab", "POST", "/objections", body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    await house.settled()
    return dict(answer.json())


async def decides(house: House, objection: Body, outcome: str, **more: Any) -> Body:
    """Someone decides about it."""
    body = {"outcome": outcome, "reason": "Heard in person; see the report.", "decidedBy": DECIDER} | more
    path = f"/objections/{objection['id']}/decisions"
    answer = await says(house, "operator1", "POST", path, body, **{"If-Match": f'"v{objection["version"]}"'})
    assert answer.status_code == 200, answer.text
    await house.settled()
    return dict(answer.json())


async def newcomer(house: House, *, objecting: bool = False) -> tuple[Person, Body]:
    """Someone who signed a contract, after an objection or without one."""
    who = house.someone()
    await house.lives(who)
    await house.participant(who)
    await house.settled()
    objection = await objects(house, who) if objecting else Body()
    await house.contract(who, "2026-10-19")
    await house.settled()
    return who, objection


async def test_who_objects_first_is_held_and_the_agency_hears_no_more_than_that_a_person_looks(house: House) -> None:
    who, objection = await newcomer(house, objecting=True)

    [registration] = await house.registrations(who)
    assert (registration["state"], registration["outcome"], registration["rule"]) == ("review", "review", "S17")
    assert (objection["state"], objection["receivedOn"], objection["answerDueOn"]) == ("pending", "2026-10-20", "2026-11-20")
    assert ((await house.told(who))["result"], (await house.told(who))["reason"]) == ("held", "review")

    await house.until("2027-01-10")
    assert (await house.obligation(who))["state"] == "held"
    assert [step for step in await house.steps("obligationDecided", who) if "overdue" in str(step)] == []


async def test_a_rejected_objection_lets_everything_go_on(house: House) -> None:
    who, objection = await newcomer(house, objecting=True)

    decided = await decides(house, objection, "rejected")

    assert (decided["state"], decided["decidedBy"], decided["decidedOn"], decided["version"]) == ("rejected", DECIDER, "2026-10-20", 2)
    assert decided["reason"] == "Heard in person; see the report."
    assert await house.registered(who) == ["2026-10-20"]
    assert (await house.obligation(who))["state"] == "met"


async def test_an_upheld_objection_suppresses_the_case_and_nobody_is_reminded_or_overdue(house: House) -> None:
    who, objection = await newcomer(house, objecting=True)

    await decides(house, objection, "upheld")

    [registration] = await house.registrations(who)
    assert (registration["state"], registration["outcome"], registration["rule"]) == ("declined", "suppressed", "S17")
    await house.until("2027-01-10")
    kept = await house.obligation(who)
    assert (kept["state"], [term["state"] for term in kept["terms"]]) == ("held", ["running", "running"])
    assert (await house.told(who))["result"] == "held"


async def test_an_obligation_that_opens_after_an_upheld_objection_stands_still(house: House) -> None:
    who = house.someone()
    await decides(house, await objects(house, who), "upheld")
    await house.lives(who)
    await house.participant(who)
    await house.contract(who, "2026-10-19")
    await house.settled()

    assert [one["outcome"] for one in await house.registrations(who)] == ["suppressed"]
    await house.until("2027-01-10")
    kept = await house.obligation(who)
    assert (kept["state"], [term["state"] for term in kept["terms"]]) == ("held", ["running", "running"])


async def test_a_registration_that_stands_is_contested_and_returns_when_the_objection_is_rejected(house: House) -> None:
    who, _ = await newcomer(house)
    [before] = await house.registrations(who)

    objection = await objects(house, who, registrationId=before["id"])

    [contested] = await house.registrations(who)
    assert (contested["state"], contested["effectiveOn"], contested["version"]) == ("contested", before["effectiveOn"], 2)
    assert (await house.obligation(who))["state"] == "met"

    await decides(house, objection, "rejected")
    [after] = await house.registrations(who)
    assert (after["state"], after["outcome"], after["rule"], after["version"]) == ("registered", "required", "N13", 3)
    assert (await house.obligation(who))["state"] == "met"


async def test_a_registration_ends_when_the_objection_is_upheld_and_is_never_made_again(house: House) -> None:
    who, _ = await newcomer(house)
    objection = await objects(house, who)

    await decides(house, objection, "upheld")

    [ended] = await house.registrations(who)
    assert (ended["state"], ended["endedOn"], ended["effectiveOn"]) == ("ended", "2026-10-20", "2026-10-20")
    await house.lives(who, on="2026-10-20")
    await house.settled()
    assert [one["state"] for one in await house.registrations(who)] == ["ended"]


async def test_a_registration_that_should_never_have_been_is_withdrawn(house: House) -> None:
    who, _ = await newcomer(house)

    await decides(house, await objects(house, who), "upheld", registration="withdrawn")

    assert [one["state"] for one in await house.registrations(who)] == ["withdrawn"]


async def test_a_restriction_that_is_upheld_keeps_a_registration_contested(house: House) -> None:
    who, _ = await newcomer(house)

    await decides(house, await objects(house, who, kind="restriction"), "upheld")

    assert [one["state"] for one in await house.registrations(who)] == ["contested"]


async def test_of_two_objections_the_last_rejection_gives_the_registration_back(house: House) -> None:
    who, _ = await newcomer(house)
    first, second = await objects(house, who), await objects(house, who)

    await decides(house, first, "rejected")
    assert [one["state"] for one in await house.registrations(who)] == ["contested"]

    await decides(house, second, "rejected")
    assert [one["state"] for one in await house.registrations(who)] == ["registered"]


async def test_an_answer_is_late_from_the_midnight_after_a_month(house: House) -> None:
    who = house.someone()
    objection = await objects(house, who)
    path = f"/objections/{objection['id']}"

    await house.until("2026-11-20")
    assert "overdueSince" not in (await says(house, "operator1", "GET", path)).json()
    await house.until("2026-11-21")
    late = (await says(house, "operator1", "GET", path)).json()
    assert (late["state"], late["overdueSince"]) == ("pending", "2026-11-20T23:00:00Z")

    decided = await decides(house, late, "rejected")
    assert decided["overdueSince"] == "2026-11-20T23:00:00Z"


async def test_the_author_of_a_rule_decides_no_objection_and_nobody_decides_twice(house: House) -> None:
    objection = await objects(house, house.someone())
    path = f"/objections/{objection['id']}/decisions"
    body = {"outcome": "upheld", "reason": "Because I wrote it.", "decidedBy": "RULEAUTHOR"}

    refused = await says(house, "operator1", "POST", path, body, **{"If-Match": '"v1"'})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:problem-type:belgif:missingPermission")

    assert (await says(house, "operator1", "POST", path, body | {"decidedBy": DECIDER})).status_code == 428
    await decides(house, objection, "upheld")
    again = body | {"decidedBy": DECIDER}
    assert (await says(house, "operator1", "POST", path, again, **{"If-Match": '"v1"'})).status_code == 412
    conflict = await says(house, "operator1", "POST", path, again, **{"If-Match": '"v2"'})
    assert (conflict.status_code, conflict.json()["type"]) == (409, "urn:problem-type:vdab:objectionAlreadyDecided")


async def test_who_switched_a_rule_decides_no_objection_either(house: House) -> None:
    objection = await objects(house, house.someone())
    await house.switch("categoryWorking", active=True, by="jurist.1")
    body = {"outcome": "upheld", "reason": "Because I switched it.", "decidedBy": "Jurist.1"}
    refused = await says(house, "operator1", "POST", f"/objections/{objection['id']}/decisions", body, **{"If-Match": '"v1"'})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:problem-type:belgif:missingPermission")
    await decides(house, objection, "upheld")


async def test_an_objection_names_one_person_one_way(house: House) -> None:
    who = house.someone()
    both = {"kind": "objection", "ssin": who.ssin, "registrationId": str(uuid4())}
    answers = [
        await says(house, "vdab", "POST", "/objections", body, **{"Idempotency-Key": str(uuid4())})
        for body in (
            {"kind": "objection"},
            both,
            {"kind": "objection", "registrationId": str(uuid4())},
            {"kind": "anger", "ssin": who.ssin},
        )
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 404, 400]


async def test_m19_an_objection_is_nobody_elses_business(house: House) -> None:
    objection = await objects(house, house.someone())
    assert (await says(house, "agii", "GET", f"/objections/{objection['id']}")).status_code == 401
    assert (await says(house, "operator2", "GET", f"/objections/{objection['id']}")).status_code == 200
