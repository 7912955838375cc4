"""Bodies that a door cannot take: each gets its typed problem, says what and where, and repeats nothing of what was sent."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.e2e.doors.stand import FAMILY_NAME, GIVEN_NAME, STREET, TODAY, Stand, contract, leave, participant, reference, residence
from tests.e2e.doors.wrong_values import EDGES_OF_THE_CALENDAR, WRONG_VALUES, base

pytestmark = pytest.mark.asyncio(loop_scope="module")

JSON = {"Content-Type": "application/json"}
NO_LEAVER = {"sourceVersion": 1, "reason": "noLeaver"}
INPUT = "urn:problem-type:belgif:input-validation:"


FACTS = (("agii", "integrationFeed", "contracts"), ("education", "educationFeed", "enrolments"), ("vdab", "registration", "employments"))
_SENDERS = {
    **dict.fromkeys(("contracts", "participants"), ("agii", "integrationFeed")),
    **dict.fromkeys(("enrolments", "qualifications", "homeEducations"), ("education", "educationFeed")),
}


async def put(stand: Stand, kind: str, body: object) -> httpx.Response:
    client, api = _SENDERS.get(kind, ("vdab", "registration"))
    return await stand.ask(client, "PUT", f"/{api}/v1/{kind}/{reference()}", json=body)


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem document of an answer."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.json()
    assert (document["type"], document["status"]) == (f"urn:problem-type:{kind}", status)
    assert document["instance"].startswith("urn:uuid:")
    return document


def good_text(ssin: str) -> str:
    return json.dumps(contract(ssin), ensure_ascii=False)


MALFORMED = {
    "nothing": b"",
    "half an object": b'{"sourceVersion": 1, "ssin": "',
    "no JSON": f"ssin={FAMILY_NAME}".encode(),
    "XML": f"<contract><familyName>{FAMILY_NAME}</familyName></contract>".encode(),
    "an array": b"[1, 2]",
    "a text": json.dumps(FAMILY_NAME).encode(),
    "a number": b"7",
    "null": b"null",
    "bytes that are no UTF-8": b'{"familyName": "\xff\xfe' + FAMILY_NAME.encode() + b'"}',
    "UTF-16": json.dumps({"familyName": FAMILY_NAME}).encode("utf-16"),
    "a lone surrogate": b'{"familyName": "\\ud800' + FAMILY_NAME.encode() + b'"}',
    "NaN": b'{"sourceVersion": NaN}',
    "Infinity": b'{"sourceVersion": Infinity}',
    "a trailing comma": b'{"sourceVersion": 1,}',
    "two documents": b'{"sourceVersion": 1}{"sourceVersion": 2}',
    "ten thousand levels": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "fifty thousand brackets": b"[" * 50_000,
    "a number of five thousand digits": b'{"sourceVersion": ' + b"9" * 5_000 + b"}",
    "a NUL character": b'{"sourceVersion": 1, "familyName": "a\\u0000b"}',
}


@pytest.mark.parametrize("what", MALFORMED)
async def test_malformed_json_is_a_bad_request(stand: Stand, what: str) -> None:
    for client, api, kind in FACTS:
        answer = await stand.ask(client, "PUT", f"/{api}/v1/{kind}/{reference()}", content=MALFORMED[what], headers=JSON)
        assert problem(answer, 400, "belgif:badRequest")["issues"]
        await stand.leaks_nothing(FAMILY_NAME, answers=[answer])
    await stand.unharmed()


@pytest.mark.parametrize("what", [what for what in MALFORMED if what != "nothing"])
async def test_malformed_json_parks_its_line_of_a_batch(stand: Stand, what: str) -> None:
    ssin = stand.person()
    bad = MALFORMED[what].replace(b"\n", b" ")
    for client, api, kind in FACTS:
        head = {"operation": "put", "kind": kind.removesuffix("s"), "reference": reference()}
        good = json.dumps(head | {"record": base(kind, ssin)}).encode()
        parked, taken = await stand.line_results(client, await stand.bulk(client, api, bad, good))
        assert (parked["result"], taken["result"] in {"waiting", "accepted"}) == ("parked", True)
        assert parked["reason"] in {"malformedJson", "tooLong", "unknownKind"}
        await stand.leaks_nothing(ssin, FAMILY_NAME, GIVEN_NAME, answers=[httpx.Response(200, content=json.dumps(parked).encode())])
    await stand.unharmed()


@pytest.mark.parametrize(
    ("kind", "changed", "name"),
    [
        ("contracts", {"colour": FAMILY_NAME}, "colour"),
        ("contracts", {"source_version": 1}, "source_version"),
        ("contracts", {"SSIN": "06641000507"}, "*"),
        ("contracts", {FAMILY_NAME: 1}, "*"),
        ("contracts", {FAMILY_NAME + " 06641000507": 1}, "*"),
        ("participants", {"titles": [{"ground": "other", "validFrom": "2026-01-01", "religion": FAMILY_NAME}]}, "titles[0].religion"),
        ("participants", {"exemptionGround": FAMILY_NAME}, "exemptionGround"),
        ("personChanges", {"address": {"street": STREET, "postCode": "8500", "municipality": "Kortrijk", "floor": 1}}, "address.floor"),
        ("enrolments", {"pupilNumber": FAMILY_NAME}, "pupilNumber"),
        ("enrolments", {"closure": {"endsOn": "2026-10-08", "remark": FAMILY_NAME}}, "closure.remark"),
        ("qualifications", {"marks": FAMILY_NAME}, "marks"),
        ("homeEducations", {"parent": FAMILY_NAME}, "parent"),
    ],
)
async def test_an_unknown_field_is_refused_by_its_name_unless_the_name_itself_tells(
    stand: Stand, kind: str, changed: dict[str, Any], name: str
) -> None:
    ssin = stand.person()
    answer = await put(stand, kind, base(kind, ssin) | changed)
    [issue] = problem(answer, 400, "belgif:badRequest")["issues"]
    assert (issue["type"], issue["name"], issue["in"]) == (f"{INPUT}unknownInput", name, "body")
    await stand.leaks_nothing(ssin, "06641000507", FAMILY_NAME, STREET, answers=[answer])
    await stand.unharmed()


@pytest.mark.parametrize(("kind", "changed", "name"), WRONG_VALUES)
async def test_a_value_that_its_field_does_not_know_is_refused_by_the_name_of_the_field(
    stand: Stand, kind: str, changed: dict[str, Any], name: str
) -> None:
    ssin = stand.person()
    said = {member: value for member, value in (base(kind, ssin) | changed).items() if value is not None}
    answer = await put(stand, kind, said)
    issues = problem(answer, 400, "belgif:badRequest")["issues"]
    assert [issue["name"] for issue in issues] == [name], issues
    await stand.leaks_nothing(ssin, FAMILY_NAME, "Verborgen", STREET, answers=[answer])


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("contracts", {"signedAt": "2026-01-05T10:00:00Z"}),  # both signatures
        ("participants", {"titles": [{"ground": "other", "validFrom": "2026-02-01", "validTo": "2026-01-01"}]}),
        ("personChanges", {"nis": None, "address": None}),
        ("personChanges", {"kind": "identity", "nis": None, "address": None}),
        ("employments", {"endsOn": "2025-12-31"}),
        ("jobseekers", {"endsOn": "2025-12-31"}),
        ("enrolments", {"closure": {"endsOn": "2026-08-31"}}),
        ("enrolments", {"schoolYear": 2025}),  # it starts in the next
        ("enrolments", {"schoolYear": 1900}),
        ("enrolments", {"schoolYear": 2027}),  # it ended in the one before
        ("homeEducations", {"endsOn": "2026-08-31"}),
    ],
)
async def test_fields_that_contradict_each_other_are_refused(stand: Stand, kind: str, changed: dict[str, Any]) -> None:
    ssin = stand.person()
    said = {member: value for member, value in (base(kind, ssin) | changed).items() if value is not None}
    answer = await put(stand, kind, said)
    assert len(problem(answer, 400, "belgif:badRequest")["issues"]) == 1
    await stand.leaks_nothing(ssin, FAMILY_NAME, STREET, answers=[answer])


@pytest.mark.parametrize(("kind", "changed"), EDGES_OF_THE_CALENDAR)
async def test_a_day_at_the_edge_of_the_calendar_is_taken_or_refused_and_never_a_fault(
    stand: Stand, kind: str, changed: dict[str, Any]
) -> None:
    ssin = stand.person()
    answers = []
    for name in ("personChanges", "participants", "contracts", kind):
        said = base(name, ssin) | (changed if name == kind else {})
        answers.append(await put(stand, name, {member: value for member, value in said.items() if value is not None}))
    assert {answer.status_code for answer in answers} <= {200, 201, 400}, [answer.text for answer in answers]
    await stand.settled()
    assert [await stand.parked(service) for service in stand.services] == [[]] * len(stand.services)
    await stand.leaks_nothing(ssin, FAMILY_NAME, STREET, answers=answers)
    await stand.unharmed()


@pytest.mark.parametrize(
    ("changed", "decided"),
    [
        ({"agency": "newAgency"}, ("review", "N13")),
        ({"programmeStatus": "neverHeardOf"}, ("required", "N13")),
        ({"titles": [{"ground": "somethingNew", "validFrom": "2026-01-01"}]}, ("review", "N9")),
    ],
)
async def test_an_unknown_code_of_an_open_list_is_taken_and_reaches_the_rules(
    stand: Stand, changed: dict[str, Any], decided: tuple[str, str]
) -> None:
    ssin, name = stand.person(), reference()
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", residence(ssin))
    await stand.settled()
    who = participant(ssin) | ({"titles": changed["titles"]} if "titles" in changed else {})
    await stand.sends("agii", f"/integrationFeed/v1/participants/{reference()}", who)
    said = {key: value for key, value in changed.items() if key != "titles"}
    await stand.sends("agii", f"/integrationFeed/v1/contracts/{name}", contract(ssin, **said))
    [found] = (await stand.ask("agii", "POST", "/integrationFeed/v1/obligations/query", json={"ssin": ssin})).json()["items"]
    assert (found["outcome"], found["rule"]) == decided
    await stand.unharmed()


LEFT_IN_SPRING = {"startsOn": "2025-09-01", "closure": {"endsOn": "2026-03-02", "reason": "E", "situationAfter": 5}}


@pytest.mark.parametrize(
    ("changed", "decided"),
    [
        ({"level": 9}, ("review", "S4")),
        ({"programme": 9}, ("review", "S8c")),
        ({"educationKind": 9}, ("review", "S8c")),
        ({"educationKind": 2, "specialEducationForm": "OV9"}, ("review", "S8c")),
        ({"closure": {"endsOn": "2026-03-02", "reason": "Q", "situationAfter": 5}}, ("review", "S8c")),
        ({"closure": {"endsOn": "2026-03-02", "reason": "E", "situationAfter": 77}}, ("review", "S8c")),
        ({"administrativeGroup": {"number": 999_999, "name": "Nooit gezien"}}, ("detected", "detected")),  # no closed list
    ],
)
async def test_an_unknown_code_of_a_school_ends_with_a_person_and_never_in_a_fault(
    stand: Stand, changed: dict[str, Any], decided: tuple[str, str]
) -> None:
    complete = {"sourceVersion": 1, "state": "available", "completeUntil": TODAY.isoformat()}
    for source in ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led"):
        assert (await stand.ask("education", "PUT", f"/educationFeed/v1/sourceStates/{source}", json=complete)).is_success
    ssin = stand.person()
    await stand.sends("education", f"/educationFeed/v1/enrolments/{reference()}", leave(ssin) | LEFT_IN_SPRING | changed)
    await stand.settled()
    found = (await stand.ask("operator1", "POST", "/educationFeed/v1/decisions/query", json={"ssin": ssin})).json()["items"]
    assert (found[-1]["outcome"], found[-1]["rule"]) == decided
    assert [await stand.parked(service) for service in stand.services] == [[]] * len(stand.services)
    await stand.leaks_nothing(ssin, FAMILY_NAME)
    await stand.unharmed()


@pytest.mark.parametrize(
    "name", ["Çelikdağ", "Đặngquang", "王小明", "محمد", "Ὀδυσσεύς", "O'Brannagh-Ñ", "\U0001f600", "a\u0301", "\u202eeman"]
)
async def test_a_name_in_any_script_is_taken_as_it_is(stand: Stand, name: str) -> None:
    answer = await stand.sends("agii", f"/integrationFeed/v1/contracts/{reference()}", contract(stand.person(), familyName=name))
    await stand.leaks_nothing(name, answers=[answer])


@pytest.mark.parametrize(
    "given", ["text/plain", "application/xml", "application/json-seq", "application/x-www-form-urlencoded", "nonsense", None]
)
async def test_another_media_type_is_not_read(stand: Stand, given: str | None) -> None:
    ssin = stand.person()
    headers = {"Content-Type": given} if given else {}
    for method, path in (("PUT", f"/integrationFeed/v1/contracts/{reference()}"), ("POST", "/integrationFeed/v1/factBatches")):
        answer = await stand.ask("agii", method, path, content=good_text(ssin), headers=headers)
        problem(answer, 415, "vdab:unsupportedMediaType")
        assert answer.headers["Accept"]
        await stand.leaks_nothing(ssin, FAMILY_NAME, answers=[answer])
    await stand.unharmed()


@pytest.mark.parametrize("name", ["06641000507", "06.64.10-005.07", "case-06641000507", "0543307391", "a b", "x" * 65, "ü", "%00", "a%2Fb"])
async def test_a_reference_that_looks_like_somebodys_number_or_is_no_reference_is_refused(stand: Stand, name: str) -> None:
    for client, api, kind in FACTS:
        path = f"/{api}/v1/{kind}/{name}"
        sent = await stand.ask(client, "PUT", path, json=base(kind, stand.person()))
        for answer in (sent, await stand.ask(client, "DELETE", path, params={"sourceVersion": 1})):
            assert answer.status_code in {400, 404}
            assert answer.headers["content-type"] == "application/problem+json"
            await stand.leaks_nothing("06641000507", "06.64.10", FAMILY_NAME, answers=[answer])
    taken_back = await stand.ask("education", "POST", f"/educationFeed/v1/enrolments/{name}/retractions", json=NO_LEAVER)
    assert taken_back.status_code in {400, 404}
    await stand.leaks_nothing("06641000507", "06.64.10", answers=[taken_back])
    await stand.unharmed()


@pytest.mark.parametrize(
    "query",
    [
        "sourceVersion=0",
        "sourceVersion=x",
        "",
        "sourceVersion=1&ssin=06641000507",
        "sourceVersion=99999999999999999999",
        "sourceVersion=%00",
    ],
)
async def test_a_query_that_is_not_the_doors_is_refused(stand: Stand, query: str) -> None:
    for client, api, kind in FACTS:
        answer = await stand.ask(client, "DELETE", f"/{api}/v1/{kind}/{reference()}?{query}")
        problem(answer, 400, "belgif:badRequest")
        await stand.leaks_nothing("06641000507", answers=[answer])
    await stand.unharmed()


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd=", "WyJhIl0", "Wy0xXQ", "WzFlOTldMQ", "%00", "W" * 513])
async def test_a_cursor_that_the_hub_never_gave_is_refused(stand: Stand, cursor: str) -> None:
    for client, api, _ in FACTS:
        for door in ("outcomes", "factBatches"):
            answer = await stand.ask(client, "GET", f"/{api}/v1/{door}?after={cursor}")
            assert answer.status_code in {200, 400}, answer.text
    await stand.unharmed()


async def test_a_body_beyond_the_limit_is_refused_before_it_is_read(stand: Stand) -> None:
    ssin = stand.person()
    whole = json.dumps(contract(ssin, programmeStatus="p" * 250_000)).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 10_000):
            yield whole[start : start + 10_000]

    path = f"/integrationFeed/v1/contracts/{reference()}"
    for content in (whole, pieces()):
        answer = await stand.ask("agii", "PUT", path, content=content, headers=JSON)
        assert problem(answer, 413, "belgif:payloadTooLarge")["limit"] == 200_000
        await stand.leaks_nothing(ssin, FAMILY_NAME, answers=[answer])
    await stand.unharmed()


async def test_what_is_refused_leaves_no_trace_and_the_next_good_one_is_taken(stand: Stand) -> None:
    before = len(await stand.outcomes("agii", "integrationFeed"))
    ssin, name = stand.person(), reference()
    path = f"/integrationFeed/v1/contracts/{name}"
    for bad in ({"familyName": ""}, {"signedOn": "2026-02-30"}, {"colour": 1}, {"sourceVersion": 0}):
        assert (await stand.ask("agii", "PUT", path, json=contract(ssin) | bad)).status_code == 400
    assert (await stand.sends("agii", path, contract(ssin))).status_code == 201
    await stand.settled()
    assert len(await stand.outcomes("agii", "integrationFeed")) == before + 1
