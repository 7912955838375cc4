"""Trace ids, the access log, watching doors."""

import json
from uuid import UUID

import httpx
import pytest

from chassis.db import Database
from chassis.health import Health
from chassis.http.visit import Visit
from tests.support.doors import calling, doors, units
from tests.support.tokens import Tokens
from tests.unit.http.conftest import Words, api

DOOR = "/registration/v1/registrations/0664"


async def test_each_answer_has_a_trace_id_of_ours_and_the_senders(client: httpx.AsyncClient) -> None:
    first = await client.get(DOOR, headers={"BelGov-Trace-Id": "sender-1"})
    second = await client.get("/nothing", headers={"BelGov-Trace-Id": "sender-2"})

    assert [response.headers["belgov-related-trace-id"] for response in (first, second)] == ["sender-1", "sender-2"]
    assert UUID(first.headers["belgov-trace-id"]) != UUID(second.headers["belgov-trace-id"])


@pytest.mark.parametrize("given", [None, "", "x" * 37, "a b", "a\tb"])
async def test_a_trace_id_that_is_none_is_not_repeated(client: httpx.AsyncClient, given: str | None) -> None:
    response = await client.get(DOOR, headers={} if given is None else {"BelGov-Trace-Id": given})

    assert "belgov-related-trace-id" not in response.headers


async def test_the_access_log_has_the_template_not_the_path_or_query(client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    response = await client.get(f"{DOOR}?validOn=2026-01-01")

    logged = "".join(capsys.readouterr())
    assert "/registration/v1/registrations/{registrationId}" in logged
    assert response.headers["belgov-trace-id"] in logged
    assert not [
        secret for secret in ("0664", "2026-01-01&", "validOn", "eyJ") if secret in logged.replace(response.headers["belgov-trace-id"], "")
    ]


async def test_observers_see_who_called_which_door_and_how_it_ended(tokens: Tokens) -> None:
    seen: list[Visit] = []
    app = doors([api], tokens, observers=(lambda visit, seconds: seen.append(visit) if seconds >= 0 else None,))
    async with calling(app) as anyone:
        await anyone.get(DOOR, headers=tokens.bearer("vdab"))
        await anyone.get(DOOR)
        await anyone.get("/registration/v1/problems/fault", headers=tokens.bearer("vdab"))

    assert [(visit.status, visit.caller.client_id if visit.caller else None) for visit in seen] == [
        (200, "vdab"),
        (401, None),
        (500, "vdab"),
    ]
    assert seen[0].route == "/registration/v1/registrations/{registrationId}"


async def test_health_goes_from_down_over_degraded_to_up(tokens: Tokens) -> None:
    health = Health()
    health.expect("database")
    health.expect("bus")
    async with calling(doors([api], tokens, health=health)) as anyone:

        async def states() -> list[tuple[int, str]]:
            answers = [await anyone.get(path) for path in ("/livez", "/readyz", "/health")]
            return [(answer.status_code, answer.json()["status"]) for answer in answers]

        starting = await states()
        health.ready("database")
        health.failing("bus", "host kafka-1 refuses")
        half = await states()
        health.ready("bus")
        running = await states()

    assert starting == [(200, "UP"), (503, "DOWN"), (503, "DOWN")]
    assert half == [(200, "UP"), (503, "DOWN"), (200, "DEGRADED")]
    assert running == [(200, "UP")] * 3


async def test_metrics_are_served_in_the_format_of_prometheus(anyone: httpx.AsyncClient) -> None:
    response = await anyone.get("/metrics")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")


async def test_a_token_for_one_api_opens_no_door_of_the_other(anyone: httpx.AsyncClient, tokens: Tokens) -> None:
    response = await anyone.get("/notification/v1/notices/1", headers=tokens.bearer("vdab", aud="registration"))

    assert response.status_code == 401


async def test_answers_carry_no_nulls(client: httpx.AsyncClient) -> None:
    response = await client.get(DOOR)

    assert json.loads(response.content) == {"id": "0664"}


async def test_a_door_is_handed_what_the_service_was_composed_with(tokens: Tokens) -> None:
    composed = units(Database("postgresql://nobody@127.0.0.1:1/nothing", "test"), {Words: Words("hello")})
    async with calling(doors([api], tokens, composed), tokens.bearer("vdab")) as client:
        with_it = await client.get("/registration/v1/greetings")
    async with calling(doors([api], tokens), tokens.bearer("vdab")) as client:
        without = await client.get("/registration/v1/greetings")

    assert (with_it.json(), without.status_code) == ({"id": "hello"}, 500)
