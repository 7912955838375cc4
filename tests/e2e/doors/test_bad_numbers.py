"""Numbers that are no person's here: refused with the reason, never repeated, whatever the door."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.e2e.doors.bad_numbers import BAD_NUMBERS
from tests.e2e.doors.stand import FAMILY_NAME, GIVEN_NAME, STREET, TODAY, Stand, contract, leave, participant, reference, residence
from tests.e2e.doors.visits import (
    assessment,
    consent,
    contact_point,
    employment,
    erasure,
    home_education,
    jobseeker,
    new_key,
    notice,
    objection,
    qualification,
    recipient,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

Request = tuple[str, str, str, Mapping[str, Any]]


def requests(ssin: str) -> list[Request]:
    """Every door that takes a person number in its body."""
    return [
        ("agii", "PUT", f"/integrationFeed/v1/contracts/{reference()}", contract(ssin)),
        ("agii", "PUT", f"/integrationFeed/v1/participants/{reference()}", participant(ssin)),
        ("agii", "POST", "/integrationFeed/v1/obligations/query", {"ssin": ssin}),
        ("education", "PUT", f"/educationFeed/v1/enrolments/{reference()}", leave(ssin)),
        ("education", "PUT", f"/educationFeed/v1/qualifications/{reference()}", qualification(ssin)),
        ("education", "PUT", f"/educationFeed/v1/homeEducations/{reference()}", home_education(ssin)),
        ("operator1", "POST", "/educationFeed/v1/decisions/query", {"ssin": ssin}),
        ("vdab", "PUT", f"/registration/v1/personChanges/{reference()}", residence(ssin)),
        ("vdab", "PUT", f"/registration/v1/employments/{reference()}", employment(ssin)),
        ("vdab", "PUT", f"/registration/v1/jobseekers/{reference()}", jobseeker(ssin)),
        ("vdab", "PUT", f"/registration/v1/assessments/{reference()}", assessment(ssin)),
        ("vdab", "POST", "/registration/v1/registrations/query", {"ssin": ssin}),
        ("operator1", "POST", "/registration/v1/decisions/query", {"ssin": ssin}),
        ("vdab", "POST", "/registration/v1/objections", objection(ssin)),
        ("operator1", "POST", "/registration/v1/erasures", erasure(ssin)),
        ("vdab", "POST", "/notification/v1/notices", notice(ssin)),
        ("vdab", "POST", "/notification/v1/notices/query", {"ssin": ssin}),
        ("vdab", "POST", "/notification/v1/consents", consent(ssin)),
        ("vdab", "POST", "/notification/v1/consents/query", {"ssin": ssin}),
        ("vdab", "PUT", f"/notification/v1/contactPoints/{reference()}", contact_point(ssin)),
        ("vdab", "PUT", f"/notification/v1/recipients/{reference()}", recipient(ssin)),
    ]


@pytest.mark.parametrize("what", BAD_NUMBERS)
async def test_a_bad_number_is_a_400_that_says_why_at_every_door_and_repeats_nothing(stand: Stand, what: str) -> None:
    number, reason = BAD_NUMBERS[what]
    answers = [await stand.ask(client, method, path, json=body, **new_key()) for client, method, path, body in requests(number)]
    for answer in answers:
        assert answer.status_code == 400, (str(answer.request.url), answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        [issue] = answer.json()["issues"]
        assert (issue["in"], issue["name"], issue["detail"]) == ("body", "ssin", reason), str(answer.request.url)
    await stand.leaks_nothing(number, FAMILY_NAME, GIVEN_NAME, STREET, answers=answers)
    await stand.unharmed()


@pytest.mark.parametrize("given", [None, 6641000507, 1e10, True, ["06641000507"], {"value": "06641000507"}, "", "0" * 40])
async def test_what_is_no_text_of_a_numbers_length_is_a_400_at_every_door(stand: Stand, given: object) -> None:
    answers = [
        await stand.ask(client, method, path, json={**body, "ssin": given}, **new_key())
        for client, method, path, body in requests("06641000507")
    ]
    assert [answer.status_code for answer in answers] == [400] * len(answers)
    assert {answer.json()["issues"][0]["name"] for answer in answers} == {"ssin"}
    await stand.leaks_nothing("6641000507", FAMILY_NAME, answers=answers)
    await stand.unharmed()


async def test_in_bulk_a_bad_number_parks_its_line_with_the_same_reason_and_the_rest_goes_on(stand: Stand) -> None:
    lines, good = [], stand.person()
    for number, _ in BAD_NUMBERS.values():
        head = {"operation": "put", "kind": "contract", "reference": reference()}
        lines.append(json.dumps(head | contract(number)).encode())
        lines.append(json.dumps(head | {"reference": reference()} | contract(good)).encode())
    received = await stand.bulk("agii", "integrationFeed", *lines)
    results = await stand.line_results("agii", received)
    assert [(one["result"], one["reason"], one["detail"]) for one in results[::2]] == [
        ("parked", "invalidSsin", reason) for _, reason in BAD_NUMBERS.values()
    ]
    assert {one["result"] for one in results[1::2]} == {"waiting"}
    shown = httpx.Response(200, content=json.dumps(results, ensure_ascii=False).encode())
    await stand.leaks_nothing(*(number for number, _ in BAD_NUMBERS.values()), FAMILY_NAME, answers=[shown])
    await stand.unharmed()


async def test_a_registers_word_that_a_number_is_unknown_parks_its_people_not_the_hub(stand: Stand) -> None:
    ssin, name = stand.person(), reference()
    await stand.sends("agii", f"/integrationFeed/v1/contracts/{name}", contract(ssin))
    unknown = {"sourceVersion": 1, "ssin": ssin, "kind": "numberUnknown", "on": TODAY.isoformat()}
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", unknown)

    async def parked() -> bool:
        await stand.settled()
        current = await stand.current_outcomes("agii", "integrationFeed")
        return (current["contract", name]["result"], current["contract", name].get("reason")) == ("parked", "unknownPerson")

    await stand.until(parked)
    await stand.unharmed()
