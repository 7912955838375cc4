"""Every problem a door answers with: its status, type and headers, and that it repeats nothing of the input."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.http.issues import IssueKind
from chassis.http.problems import BadRequest, Problem, ResourceNotFound

QUERY = "/registration/v1/registrations/query"


def kind_of(response: httpx.Response) -> str:
    """The last part of the problem's type."""
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert document["instance"] == UUID(document["instance"].removeprefix("urn:uuid:")).urn
    return str(document["type"]).rpartition(":")[2]


@pytest.mark.parametrize(
    ("kind", "status", "answered"),
    [
        ("missingPermission", 403, "missingPermission"),
        ("sourceVersionConflict", 409, "sourceVersionConflict"),
        ("tooMany", 429, "tooManyRequests"),
        ("database", 503, "serviceUnavailable"),
        ("fault", 500, "internalServerError"),
        ("number", 400, "badRequest"),
    ],
)
async def test_what_is_raised_below_a_door_becomes_a_problem(client: httpx.AsyncClient, kind: str, status: int, answered: str) -> None:
    response = await client.get(f"/registration/v1/problems/{kind}")

    assert (response.status_code, kind_of(response)) == (status, answered)


@pytest.mark.parametrize("kind", ["fault", "database"])
async def test_a_fault_tells_nothing_of_its_cause(client: httpx.AsyncClient, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    response = await client.get(f"/registration/v1/problems/{kind}")

    seen = response.text + "".join(capsys.readouterr())
    assert "06641000507" not in seen
    assert "secret" not in seen
    assert "ssin" not in seen


async def test_the_log_finds_a_fault_by_its_instance(client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = await client.get("/registration/v1/problems/fault")

    logged = "".join(capsys.readouterr())
    assert response.json()["instance"].removeprefix("urn:uuid:") in logged
    assert "raise_problem" in logged


async def test_what_passes_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    busy = await client.get("/registration/v1/problems/tooMany")
    away = await client.get("/registration/v1/problems/database")

    assert (busy.headers["retry-after"], busy.json()["limit"], busy.json()["retryAfterSec"]) == ("12", 600, 12)
    assert away.headers["retry-after"] == "5"


async def test_malformed_json_is_one_issue_without_a_name(client: httpx.AsyncClient) -> None:
    response = await client.post(QUERY, content=b'{"ssin": "06641000507', headers={"Content-Type": "application/json"})

    assert (response.status_code, kind_of(response)) == (400, "badRequest")
    assert response.json()["issues"] == [
        {
            "type": "urn:problem-type:belgif:input-validation:schemaViolation",
            "title": "Input isn't valid with respect to the schema",
            "detail": "the body is not valid JSON",
            "in": "body",
        }
    ]


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 100_00, b'{"ssin": ' + b"9" * 5000 + b"}", b'"\\ud800"', b"null", b"[]", b"3"])
async def test_any_other_strange_body_is_a_bad_request(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post(QUERY, content=body, headers={"Content-Type": "application/json"})

    assert (response.status_code, kind_of(response)) == (400, "badRequest")


async def test_an_unknown_member_is_unknown_input(client: httpx.AsyncClient) -> None:
    response = await client.post(QUERY, json={"ssin": "06641000507", "shoeSize": 43, "titles": [{"ground": "other", "until": 1}]})

    issues = response.json()["issues"]
    assert [(issue["type"].rpartition(":")[2], issue["in"], issue["name"]) for issue in issues] == [
        ("unknownInput", "body", "titles[0].until"),
        ("unknownInput", "body", "shoeSize"),
    ]


@pytest.mark.parametrize("member", ["06641000507", "Jan Peeters", "jan@example.org", "+32470000000", "a" * 80])
async def test_an_unknown_member_that_looks_like_a_person_is_not_repeated(client: httpx.AsyncClient, member: str) -> None:
    response = await client.post(QUERY, json={"ssin": "06641000507", member: 1})

    assert response.json()["issues"][0]["name"] == "*"
    assert member not in response.text


async def test_no_issue_repeats_a_value(client: httpx.AsyncClient) -> None:
    body = {"ssin": "0664100", "familyName": "bad Peeters", "titles": [{"ground": "0470 12 34 56", "validFrom": "Peeters"}]}

    response = await client.post(QUERY, json=body)

    names = [issue["name"] for issue in response.json()["issues"]]
    assert sorted(names) == ["familyName", "ssin", "titles[0].ground", "titles[0].validFrom"]
    assert not [secret for secret in ("0664100", "Peeters", "0470", '"value"') if secret in response.text]


async def test_a_validators_own_sentence_is_told(client: httpx.AsyncClient) -> None:
    response = await client.post(QUERY, json={"ssin": "06641000507", "familyName": "empty"})

    issue = response.json()["issues"][0]
    assert (issue["type"].rpartition(":")[2], issue["detail"]) == ("invalidInput", "a name is needed")


async def test_a_missing_body_is_a_schema_violation(client: httpx.AsyncClient) -> None:
    response = await client.post(QUERY)

    assert response.status_code == 400
    assert response.json()["issues"][0]["detail"] == "Field required"


async def test_an_unknown_parameter_is_unknown_input(client: httpx.AsyncClient) -> None:
    response = await client.get("/registration/v1/registrations/1?validOn=2026-01-01&ssin=06641000507&valid_on=2026-01-01")

    issues = [(issue["type"].rpartition(":")[2], issue["in"], issue["name"]) for issue in response.json()["issues"]]
    assert issues == [("unknownInput", "query", "ssin"), ("unknownInput", "query", "valid_on")]
    assert "06641000507" not in response.text


async def test_a_bad_parameter_names_itself_as_on_the_wire(client: httpx.AsyncClient) -> None:
    in_query = await client.get("/registration/v1/registrations/1?validOn=yesterday")
    below_bound = await client.delete("/registration/v1/jobseekers/a?sourceVersion=0")

    assert in_query.json()["issues"][0]["name"] == "validOn"
    assert below_bound.json()["issues"][0]["name"] == "sourceVersion"


@pytest.mark.parametrize(
    "path", ["/registration/v1/registrations/a%00b", "/registration/v1/nothing/06641000507", "/registration/v1/outcomes/"]
)
async def test_what_is_not_there_is_not_repeated(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)

    assert (response.status_code, kind_of(response)) == (404, "resourceNotFound")
    assert "06641000507" not in response.text


async def test_nul_characters_never_reach_the_database(client: httpx.AsyncClient) -> None:
    in_body = await client.post(QUERY, content=rb'{"ssin": "0664100050\u0000"}', headers={"Content-Type": "application/json"})
    in_query = await client.get("/registration/v1/outcomes?after=%00")

    assert [in_body.status_code, in_query.status_code] == [400, 400]


async def test_another_method_is_405_with_what_is_allowed(client: httpx.AsyncClient) -> None:
    response = await client.put("/registration/v1/outcomes")

    assert (response.status_code, kind_of(response), response.headers["allow"]) == (405, "methodNotAllowed", "GET")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-ndjson", ""])
async def test_another_media_type_is_415(client: httpx.AsyncClient, media_type: str) -> None:
    response = await client.post(QUERY, content=b"{}", headers={"Content-Type": media_type})

    assert (response.status_code, kind_of(response)) == (415, "unsupportedMediaType")


async def test_a_body_beyond_the_limit_is_413_with_the_limit(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    declared = await client.post(QUERY, content=b"x" * 10_001, headers={"Content-Type": "application/json"})
    chunked = await client.post("/registration/v1/factBatches", content=endless(), headers={"Content-Type": "application/x-ndjson"})

    for response in (declared, chunked):
        assert (response.status_code, kind_of(response), response.json()["limit"]) == (413, "payloadTooLarge", 10_000)


async def test_a_streamed_body_is_read_by_its_door(client: httpx.AsyncClient) -> None:
    response = await client.post("/registration/v1/factBatches", content=b"{}\n{}\n", headers={"Content-Type": "application/x-ndjson"})

    assert (response.status_code, response.json()["id"]) == (202, "2")
    assert response.headers["location"] == "/registration/v1/factBatches/1"


async def test_the_page_of_every_problem_type_is_made_from_the_tree(anyone: httpx.AsyncClient) -> None:
    listed = (await anyone.get("/refData/problemTypes")).json()["items"]

    assert {item["type"] for item in listed} == {kind.urn() for kind in Problem.catalogue().values()}
    for item in listed:
        assert (await anyone.get(item["href"])).json() == item
    assert (await anyone.get("/refData/problemTypes/unheardOf")).status_code == 404


def test_a_problem_of_a_service_joins_the_catalogue() -> None:
    class DuplicateRegistrationForTests(Problem):
        """Twice the same."""

        status = 409
        title = "Duplicate Registration"
        meaning = "The person is registered"

    assert Problem.catalogue()["duplicateRegistrationForTests"] is DuplicateRegistrationForTests
    assert DuplicateRegistrationForTests().document(uuid4())["type"] == "urn:problem-type:vdab:duplicateRegistrationForTests"
    with pytest.raises(TypeError):
        type("DuplicateRegistrationForTests", (Problem,), {"title": "again"})


def test_a_reference_to_nothing_names_its_place() -> None:
    issue = BadRequest.about("body", "replaces", "no such notice", IssueKind.REFERENCED_RESOURCE_NOT_FOUND).issues[0]

    assert (issue.place, issue.name, issue.kind) == ("body", "replaces", "referencedResourceNotFound")
    assert ResourceNotFound("noticeId").issues[0].place == "path"
