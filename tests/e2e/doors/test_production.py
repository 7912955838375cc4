"""A hub that is no sandbox: test numbers are nobody's, demo keys open nothing, and the sandbox's doors are not there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from chassis.clock import local_date, technical_now
from devkit.cli import app
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
            ("POST", "/resets"),
        ):
            answer = await production.inside(service, method, door, json={} if method != "GET" else None)
            assert answer.status_code == 404, (service, door)
        url = f"{production.services[service].url}/sandbox/v1/token"
        assert (await production.http.post(url, data={"grant_type": "client_credentials"})).status_code == 404
    await production.unharmed()


async def test_a_flow_begins_when_an_operator_says_that_its_protocol_is_valid_and_the_record_says_who(production: Stand) -> None:
    flow, agreed = "integrationToRegistration", ("--by", "jurist.1")
    path = f"/integrationFeed/v1/contracts/{reference()}"
    before = await production.ask("agii", "PUT", path, json=contract(PUBLIC_EXAMPLE))
    assert (before.json()["result"], before.json()["reason"]) == ("parked", "protocolMissing")

    tomorrow = (local_date(technical_now()) + timedelta(days=1)).isoformat()
    assert "is switched on from" in await _hub(production, "switch", "protocol", flow, "on", "--from", tomorrow, *agreed)
    assert (await production.ask("agii", "PUT", path, json=contract(PUBLIC_EXAMPLE, version=2))).json()["result"] == "parked"
    assert "education_feed, integration_feed" in await _hub(production, "switch", "protocol", flow, "on", *agreed)
    assert (await production.ask("agii", "PUT", path, json=contract(PUBLIC_EXAMPLE, version=3))).json()["result"] != "parked"

    told = await _hub(production, "switch", "list")
    assert f"{flow:<28} on\n" in told
    assert f"{'educationToRegistration':<28} off\n" in told
    assert [f"on from {tomorrow}" in line for line in told.splitlines() if flow in line and "by jurist.1" in line] == [True] * 4 + [
        False
    ] * 4
    await production.unharmed()


async def test_a_rule_row_is_switched_where_it_is_kept_and_a_wrong_name_says_so(production: Stand) -> None:
    told = await _hub(production, "switch", "list")
    assert f"{'autoRegistrationBasis':<28} off (registration)\n" in told
    assert f"{'minAge':<28} on (education_feed)\n" in told

    done = await _hub(production, "switch", "rule", "autoRegistrationBasis", "on", "--by", "jurist.1")
    assert done == "autoRegistrationBasis is switched on at registration\n"
    assert "lunchBreak" in await _hub(production, "switch", "rule", "lunchBreak", "on", ended=1)
    assert "--until" in await _hub(production, "switch", "rule", "minAge", "off", "--from", "2027-02-01", "--until", "2027-01-01", ended=2)


async def test_a_service_that_could_not_be_told_is_named(production: Stand) -> None:
    silent = {"HUB_NOTIFICATIONS_URL": "http://127.0.0.1:9"}
    said = await _hub(production, "switch", "protocol", "registrationToEducation", "off", ended=1, **silent)
    assert "not told: notifications" in said
    assert "off at education_feed, integration_feed, registration" in said


async def _hub(production: Stand, *words: str, ended: int = 0, **changed: str) -> str:
    """What a `hub` command prints; it ends as it should."""
    where = {f"HUB_{name.upper()}_URL": one.url for name, one in production.services.items()}
    keys = production.services["registration"].parts.settings.keys
    environment = where | {"HUB_KEYS": str(keys), "HUB_HOME": str(keys.parent), "COLUMNS": "300"} | changed
    said = await asyncio.to_thread(CliRunner().invoke, app, list(words), env=environment)
    assert said.exit_code == ended, said.output
    return said.output


async def test_a_token_of_a_sandbox_opens_nothing_in_production(production: Stand) -> None:
    async def asked(tokens: Tokens) -> httpx.Response:
        path = production.url(f"/integrationFeed/v1/contracts/{reference()}")
        return await production.http.put(path, json=contract(PUBLIC_EXAMPLE), headers=tokens.bearer("agii"))

    for forged in (Tokens(), Tokens(issuer=production.tokens.issuer), Tokens(production.tokens.key)):
        assert (await asked(forged)).json()["type"] == "urn:problem-type:belgif:invalidAccessToken"
    await production.unharmed()
