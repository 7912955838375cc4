"""A hub that is no sandbox: test numbers are nobody's, demo keys open nothing, and the sandbox's doors are not there."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.e2e.doors.bad_numbers import GOOD, PUBLIC_EXAMPLE
from tests.e2e.doors.stand import FAMILY_NAME, Stand, contract, participant, reference, residence, standing
from tests.support.postgres import Postgres
from tests.support.tokens import Tokens

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def production(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(postgres, tmp_path_factory.mktemp("hub"), sandbox=False) as at_work:
        yield at_work


async def test_a_test_number_outside_a_sandbox_is_refused_at_every_door_that_takes_one(production: Stand) -> None:
    asked = [
        ("agii", "PUT", f"/integrationFeed/v1/contracts/{reference()}", contract(GOOD)),
        ("agii", "PUT", f"/integrationFeed/v1/participants/{reference()}", participant(GOOD)),
        ("agii", "POST", "/integrationFeed/v1/obligations/query", {"ssin": GOOD}),
        ("vdab", "PUT", f"/registration/v1/personChanges/{reference()}", residence(GOOD)),
        ("vdab", "POST", "/registration/v1/registrations/query", {"ssin": GOOD}),
        ("vdab", "POST", "/notification/v1/notices/query", {"ssin": GOOD}),
    ]
    answers = [await production.ask(client, method, path, json=body) for client, method, path, body in asked]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert [(issue["name"], issue["detail"]) for issue in answer.json()["issues"]] == [("ssin", "testNumberOutsideSandbox")]
    await production.leaks_nothing(GOOD, FAMILY_NAME, answers=answers)
    await production.unharmed()


async def test_a_number_that_a_sandbox_refuses_is_read_in_production(production: Stand) -> None:
    answer = await production.ask("agii", "POST", "/integrationFeed/v1/obligations/query", json={"ssin": PUBLIC_EXAMPLE})
    assert (answer.status_code, answer.json()) == (200, {"items": []})
    await production.leaks_nothing(PUBLIC_EXAMPLE, answers=[answer])


async def test_the_doors_of_the_sandbox_are_not_there(production: Stand) -> None:
    for service in production.services:
        for method, door in (
            ("PUT", "/clock"),
            ("GET", "/due"),
            ("PUT", "/ruleRows/minAge"),
            ("PUT", "/dataProtocols/x"),
            ("POST", "/resets"),
        ):
            answer = await production.inside(service, method, door, json={} if method != "GET" else None)
            assert answer.status_code == 404, (service, door)
        url = f"{production.services[service].url}/sandbox/v1/token"
        assert (await production.http.post(url, data={"grant_type": "client_credentials"})).status_code == 404
    await production.unharmed()


async def test_a_token_of_a_sandbox_opens_nothing_in_production(production: Stand) -> None:
    async def asked(tokens: Tokens) -> httpx.Response:
        path = production.url(f"/integrationFeed/v1/contracts/{reference()}")
        return await production.http.put(path, json=contract(PUBLIC_EXAMPLE), headers=tokens.bearer("agii"))

    for forged in (Tokens(), Tokens(issuer=production.tokens.issuer), Tokens(production.tokens.key)):
        assert (await asked(forged)).json()["type"] == "urn:problem-type:belgif:invalidAccessToken"
    await production.unharmed()
