"""A walk over all doors, taken from the running apps, so that a new one cannot be forgotten: whom each lets in, and to what."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi.routing import APIRoute

from chassis.http.api import Door
from chassis.http.endpoint import Endpoint, Rules
from tests.e2e.doors.stand import FAMILY_NAME, GIVEN_NAME, STREET, Stand, contract, participant, reference, residence
from tests.e2e.doors.visits import (
    MAILBOX,
    NOTHING,
    OWN,
    Theirs,
    assessment,
    consent,
    contact_point,
    employment,
    enrolment,
    erasure,
    home_education,
    jobseeker,
    new_key,
    notice,
    objection,
    qualification,
    recipient,
    state,
    visits,
)
from tests.support.tokens import Tokens

pytestmark = pytest.mark.asyncio(loop_scope="module")

STRANGER = "0999990420"  # an enterprise that no client of the sandbox acts for
OPEN_TO_ALL = {
    *("GET /livez", "GET /readyz", "GET /health", "GET /metrics"),
    *("GET /doc/openapi.json", "GET /doc/openapi.yaml", "GET /refData/problemTypes", "GET /refData/problemTypes/{kind}"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A route of a running app."""

    service: str
    method: str
    path: str
    rules: Rules | None  # of a public door

    @property
    def door(self) -> str:
        return f"{self.method} {self.path}"


def routes(stand: Stand) -> Iterator[Listed]:
    """Every route of every service."""
    for service in stand.services:
        for included in stand.app(service).routes:
            for route in included.original_router.routes if hasattr(included, "original_router") else [included]:
                assert isinstance(route, APIRoute)
                rules = None
                if isinstance(route, Door):
                    assert isinstance(route.endpoint, Endpoint)
                    rules = route.endpoint._rules
                for method in sorted(route.methods or ()):
                    yield Listed(service, method, route.path, rules)


def public(stand: Stand) -> list[Listed]:
    return [listed for listed in routes(stand) if listed.rules is not None]


def all_scopes(stand: Stand) -> set[str]:
    return {listed.rules.scope for listed in public(stand) if listed.rules} | {"integrationFeed.internal", "notification.internal"}


def token(tokens: Tokens, stand: Stand, organisation: str = STRANGER, *, without: str = "", **changed: Any) -> dict[str, str]:
    """The header of a client that may use every door, on behalf of an organisation; `without` one scope."""
    scopes = all_scopes(stand) - {without}
    audiences = sorted({api.audience for _, api in stand.apis()})
    claims = {"sub": "stranger", "client_id": "stranger", "organisation": organisation, "aud": audiences, "scope": " ".join(sorted(scopes))}
    return tokens.bearer("agii", **(claims | changed))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theirs(stand: Stand) -> Theirs:
    """A newcomer who is registered and gets a letter, with every kind of record of theirs."""
    found = Theirs(stand.person(), stand.person())
    for name in ("workRegister", "populationRegister", "vdabRegister"):
        assert (await stand.ask("vdab", "PUT", f"/registration/v1/sourceStates/{name}", json=state())).status_code == 201
    assert (await stand.ask("agii", "PUT", "/integrationFeed/v1/sourceStates/contracts", json=state())).status_code == 201
    names, ssin = found.names, found.ssin
    await stand.sends("vdab", f"/registration/v1/personChanges/{names['personChanges']}", residence(ssin))
    await stand.sends("vdab", f"/registration/v1/jobseekers/{names['jobseekers']}", jobseeker(ssin))
    await stand.sends("vdab", f"/registration/v1/employments/{names['employments']}", employment(ssin))
    await stand.sends("vdab", f"/registration/v1/assessments/{names['assessments']}", assessment(ssin))
    await stand.settled()
    await stand.sends("agii", f"/integrationFeed/v1/participants/{names['participants']}", participant(ssin))
    await stand.sends("agii", f"/integrationFeed/v1/contracts/{names['contracts']}", contract(ssin))
    line = {"operation": "put", "kind": "contract", "reference": reference()} | contract(stand.person())
    received = await stand.bulk("agii", "integrationFeed", json.dumps(line).encode())
    line = {"operation": "put", "kind": "personChange", "reference": reference()} | residence(stand.person())
    there = await stand.bulk("vdab", "registration", json.dumps(line).encode())
    found.ids |= {"feed batch": received.json()["id"], "registration batch": there.json()["id"]}
    created = await stand.ask("vdab", "POST", "/notification/v1/notices", json=notice(ssin), headers={"Idempotency-Key": str(uuid4())})
    assert created.status_code == 201, created.text
    found.ids["notice"] = created.json()["id"]
    await schooled(stand, found)
    await reachable(stand, found)
    await rights(stand, found)
    await stand.settled()
    registered = (await stand.ask("vdab", "POST", "/registration/v1/registrations/query", json={"ssin": ssin})).json()["items"]
    assert [item["state"] for item in registered] == ["registered"]
    [owed] = (await stand.ask("agii", "POST", "/integrationFeed/v1/obligations/query", json={"ssin": ssin})).json()["items"]
    found.ids |= {"registration": registered[0]["id"], "obligation": owed["id"]}
    return found


async def schooled(stand: Stand, found: Theirs) -> None:
    """What schools and the database of proofs report of them."""
    names, feed = found.names, "/educationFeed/v1"
    await stand.sends("education", f"{feed}/enrolments/{names['enrolments']}", enrolment(found.ssin))
    await stand.sends("education", f"{feed}/qualifications/{names['qualifications']}", qualification(found.ssin))
    await stand.sends("education", f"{feed}/homeEducations/{names['homeEducations']}", home_education(found.ssin))
    line = {"operation": "put", "kind": "enrolment", "reference": reference()} | enrolment(stand.person())
    received = await stand.bulk("education", "educationFeed", json.dumps(line).encode())
    found.ids["school batch"] = received.json()["id"]


async def rights(stand: Stand, found: Theirs) -> None:
    """What two other people asked for about their own data."""
    for what, client, body in (("objection", "vdab", objection(stand.person())), ("erasure", "operator1", erasure(stand.person()))):
        answer = await stand.ask(client, "POST", f"/registration/v1/{what}s", json=body, **new_key())
        assert answer.is_success, answer.text
        found.ids[what] = answer.json()["id"]


async def reachable(stand: Stand, found: Theirs) -> None:
    """What is known of how they can be reached."""
    given = await stand.ask(
        "vdab", "POST", "/notification/v1/consents", json=consent(found.ssin), headers={"Idempotency-Key": str(uuid4())}
    )
    point = await stand.ask("vdab", "PUT", f"/notification/v1/contactPoints/{uuid4()}", json=contact_point(found.ssin))
    told = await stand.ask("vdab", "PUT", f"/notification/v1/recipients/{found.names['recipients']}", json=recipient(found.ssin))
    assert [answer.status_code for answer in (given, point, told)] == [201, 201, 201]
    found.ids |= {"consent": given.json()["id"], "contact point": point.json()["id"]}


async def everything_of_theirs(stand: Stand, theirs: Theirs) -> dict[str, Any]:
    """What the partners themselves read at every door that reads."""
    ids, ssin = theirs.ids, {"ssin": theirs.ssin}
    asked: list[tuple[str, str, str, Mapping[str, Any]]] = [
        ("education", "GET", "/educationFeed/v1/outcomes", {}),
        ("education", "GET", "/educationFeed/v1/factBatches", {}),
        ("education", "GET", f"/educationFeed/v1/factBatches/{ids['school batch']}/results", {}),
        ("operator1", "POST", "/educationFeed/v1/decisions/query", {"json": ssin}),
        ("agii", "GET", "/integrationFeed/v1/outcomes", {}),
        ("agii", "GET", "/integrationFeed/v1/factBatches", {}),
        ("agii", "GET", f"/integrationFeed/v1/factBatches/{ids['feed batch']}", {}),
        ("agii", "GET", f"/integrationFeed/v1/factBatches/{ids['feed batch']}/results", {}),
        ("agii", "POST", "/integrationFeed/v1/obligations/query", {"json": ssin}),
        ("agii", "GET", f"/integrationFeed/v1/obligations/{ids['obligation']}", {}),
        ("vdab", "GET", "/registration/v1/outcomes", {}),
        ("vdab", "GET", "/registration/v1/factBatches", {}),
        ("vdab", "GET", f"/registration/v1/factBatches/{ids['registration batch']}", {}),
        ("vdab", "GET", f"/registration/v1/factBatches/{ids['registration batch']}/results", {}),
        ("vdab", "POST", "/registration/v1/registrations/query", {"json": ssin}),
        ("vdab", "GET", f"/registration/v1/registrations/{ids['registration']}", {}),
        ("operator1", "POST", "/registration/v1/decisions/query", {"json": ssin}),
        ("operator1", "GET", f"/registration/v1/objections/{ids['objection']}", {}),
        ("vdab", "POST", "/notification/v1/notices/query", {"json": ssin}),
        ("vdab", "GET", f"/notification/v1/notices/{ids['notice']}", {}),
        ("vdab", "POST", "/notification/v1/consents/query", {"json": ssin}),
        ("vdab", "GET", f"/notification/v1/consents/{ids['consent']}", {}),
        ("vdab", "GET", f"/notification/v1/contactPoints/{ids['contact point']}", {}),
    ]
    seen = {}
    for client, method, path, said in asked:
        answer = await stand.ask(client, method, path, **said)
        assert answer.status_code == 200, (path, answer.text)
        seen[f"{method} {path}"] = answer.text
    return seen


def filled(path: str, given: str) -> str:
    """The path with its parameters, which all stand side by side."""
    head, brace, tail = path.partition("{")
    return path if not brace else head + given + tail[tail.rindex("}") + 1 :]


async def call(stand: Stand, listed: Listed, given: str, said: Mapping[str, Any], who: Mapping[str, str]) -> httpx.Response:
    headers = {**said.get("headers", {}), **who}
    url = stand.services[listed.service].url + filled(listed.path, given)
    return await stand.http.request(listed.method, url, **{**said, "headers": headers})


async def test_m19_another_organisation_with_every_scope_reads_changes_and_counts_nothing_at_any_door(stand: Stand, theirs: Theirs) -> None:
    before, table = await everything_of_theirs(stand, theirs), visits(theirs)
    assert {listed.door for listed in public(stand)} == set(table), "the walk covers every door: add a line for a new one"
    reading_first = sorted(public(stand), key=lambda listed: table[listed.door][0] == OWN)
    answers = []
    for listed in reading_first:
        meant, given, said = table[listed.door]
        answer = await call(stand, listed, given, said, token(stand.tokens, stand))
        answers.append(answer)
        match meant:
            case "nothing":
                assert answer.status_code == 404, (listed.door, answer.text)
            case "empty":
                assert (answer.status_code, answer.json()) == (200, {"items": []}), (listed.door, answer.text)
            case "own":
                assert answer.status_code in {200, 201, 202}, (listed.door, answer.text)
            case _:
                assert answer.status_code == 200, (listed.door, answer.text)
    await stand.settled()
    assert await everything_of_theirs(stand, theirs) == before
    secrets = (theirs.ssin, FAMILY_NAME, GIVEN_NAME, STREET, MAILBOX, theirs.names["contracts"])
    await stand.leaks_nothing(*secrets[:-1], answers=answers)
    read = [answer for listed, answer in zip(reading_first, answers, strict=True) if table[listed.door][0] != OWN]
    assert not [answer for answer in read if any(secret in answer.text for secret in (*secrets, *theirs.ids.values()))]


async def test_m19_positions_and_batches_of_an_organisation_do_not_count_those_of_others(stand: Stand, theirs: Theirs) -> None:
    newcomer = token(stand.tokens, stand, "0999990519", client_id="newcomer")
    own = stand.url("/integrationFeed/v1/contracts/" + reference())
    assert (await stand.http.put(own, json=contract(stand.person()), headers=newcomer)).status_code == 201
    await stand.settled()
    page = (await stand.http.get(stand.url("/integrationFeed/v1/outcomes"), headers=newcomer)).json()
    assert [entry["id"] for entry in page["items"]] == ["1"]
    assert theirs.ids


async def test_m19_what_is_not_yours_answers_as_what_does_not_exist(stand: Stand, theirs: Theirs) -> None:
    table, who = visits(theirs), token(stand.tokens, stand)
    for listed in public(stand):
        meant, given, said = table[listed.door]
        if meant == NOTHING and given:
            theirs_answer = await call(stand, listed, given, said, who)
            again = {**said, "headers": {"Idempotency-Key": str(uuid4())}} if "headers" in said else said
            nobodys = await call(stand, listed, str(uuid4()), again, who)
            first, second = theirs_answer.json(), nobodys.json()
            assert theirs_answer.status_code == nobodys.status_code
            assert first | {"instance": ""} == second | {"instance": ""}, listed.door


async def test_without_a_token_no_door_opens(stand: Stand, theirs: Theirs) -> None:
    table, before = visits(theirs), await everything_of_theirs(stand, theirs)
    for listed in public(stand):
        _, given, said = table[listed.door]
        for who, kind in (
            ({}, "noAccessToken"),
            ({"Authorization": "Basic YWdpaTphZ2lp"}, "noAccessToken"),
            ({"Authorization": "Bearer " + "x" * 40}, "invalidAccessToken"),
            (token(stand.tokens, stand, exp=1), "expiredAccessToken"),
            (token(Tokens(), stand), "invalidAccessToken"),
            (token(stand.tokens, stand, iss="urn:somebody:else"), "invalidAccessToken"),
            (token(stand.tokens, stand, aud=["somethingElse"]), "invalidAccessToken"),
        ):
            answer = await call(stand, listed, given, said, who)
            assert (answer.status_code, answer.json()["type"]) == (401, f"urn:problem-type:belgif:{kind}"), listed.door
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert await everything_of_theirs(stand, theirs) == before


async def test_a_token_that_lacks_the_scope_of_a_door_does_not_open_it_whatever_others_it_has(stand: Stand, theirs: Theirs) -> None:
    table, before = visits(theirs), await everything_of_theirs(stand, theirs)
    for listed in public(stand):
        assert listed.rules is not None
        _, given, said = table[listed.door]
        answer = await call(stand, listed, given, said, token(stand.tokens, stand, without=listed.rules.scope))
        assert answer.status_code == 403, listed.door
        assert answer.json()["requiredScopes"] == [listed.rules.scope]
    assert await everything_of_theirs(stand, theirs) == before


async def test_a_token_for_one_api_opens_no_door_of_another(stand: Stand, theirs: Theirs) -> None:
    table = visits(theirs)
    for listed in public(stand):
        assert listed.rules is not None
        others = [api.audience for _, api in stand.apis() if api.audience != listed.rules.audience]
        answer = await call(stand, listed, *table[listed.door][1:], token(stand.tokens, stand, aud=others))
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:problem-type:belgif:invalidAccessToken"), listed.door


async def test_the_inner_doors_open_to_their_own_token_only(stand: Stand, theirs: Theirs) -> None:
    inner = [listed for listed in routes(stand) if listed.path.startswith("/internal/v1/")]
    assert {listed.service for listed in inner} == set(stand.services)
    before = await everything_of_theirs(stand, theirs)
    intruders = [
        "",
        "Bearer",
        "Bearer wrong",
        "Bearer gehe\u00efm",
        stand.internal_token,
        stand.tokens.bearer("operator1")["Authorization"],
        token(stand.tokens, stand)["Authorization"],
    ]
    for listed in inner:
        body = {"at": "2030-01-01T00:00:00Z", "generation": 99, "by": "x", "active": False}
        for who in intruders:
            url = stand.services[listed.service].url + filled(listed.path, str(uuid4()))
            headers = {b"Authorization": who.encode("latin-1")}
            answer = await stand.http.request(listed.method, url, headers=headers, json=None if listed.method == "GET" else body)
            assert answer.status_code == 401, (listed.door, answer.status_code, answer.text)
    assert await everything_of_theirs(stand, theirs) == before


async def test_every_route_is_a_public_door_an_inner_door_or_open_on_purpose(stand: Stand, theirs: Theirs) -> None:
    others = {listed.door for listed in routes(stand) if listed.rules is None and not listed.path.startswith("/internal/v1/")}
    assert others == OPEN_TO_ALL
    for service in stand.services.values():
        for door in OPEN_TO_ALL:
            answer = await stand.http.get(service.url + filled(door.removeprefix("GET "), "badRequest"))
            assert answer.status_code == 200
            await stand.leaks_nothing(theirs.ssin, FAMILY_NAME, STREET, answers=[answer])
