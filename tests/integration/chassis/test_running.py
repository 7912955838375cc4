"""A whole service at work: its health, its inner doors, its start and its stop."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import KeySet

from chassis.clock import technical_now
from chassis.http.jwks import DemoKeyRefused
from chassis.internal_token import TokenMalformed
from chassis.pruning import BUS_MEMORY, PARKED_MEMORY, Pruning
from chassis.running import Running, running
from chassis.secrets import SecretExposed
from chassis.service import Furniture, Parts, Service
from chassis.settings import Settings
from chassis.timer_store import Timer
from devkit.databases import DatabaseUrls
from devkit.sandbox.keys import demo_key
from tests.support.eventually import eventually
from tests.support.shop import FLOW, SERVICE, START, Moods, Ordered, Shop, on, somebody, timers


@dataclass
class Home:
    """A running service and a client of it."""

    running: Running
    http: httpx.AsyncClient
    token: str

    async def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Ask an inner door."""
        return await self.http.request(method, f"/internal/v1{path}", headers={"Authorization": f"Bearer {self.token}"}, **how)

    async def is_ready(self) -> bool:
        return (await self.http.get("/readyz")).status_code == 200

    async def is_not_ready(self) -> bool:
        return not await self.is_ready()


def _settings(urls: DatabaseUrls, keys: Path, **changed: Any) -> Settings:
    keys.mkdir(mode=0o700, exist_ok=True)
    jwks = keys / "issuer.jwks.json"
    if not jwks.exists():
        jwks.write_text(json.dumps(KeySet([demo_key()]).as_dict(private=False)))
    given: dict[str, Any] = {
        "mode": "sandbox",
        "database": urls.own(SERVICE),
        "vault_database": urls.vault(SERVICE),
        "bus": urls.bus(SERVICE),
        "keys": keys,
    }
    return Settings(**given | changed)


async def _moods(_: Parts) -> Furniture:
    return Furniture({Moods: Moods()})


Opener = Callable[[], AbstractAsyncContextManager[Home]]


@pytest.fixture
def open_home(shop: Shop, urls: DatabaseUrls, tmp_path: Path) -> Opener:
    """The service, on the databases of the shop, whose topic exists; to be opened as often as a test likes."""
    assert shop.urls is urls

    @asynccontextmanager
    async def home() -> AsyncIterator[Home]:
        settings = _settings(urls, tmp_path / "keys")
        service = Service(SERVICE, settings, consumer=on, timers=timers, furnish=_moods)
        async with running(service) as at_work, httpx.AsyncClient(base_url=at_work.url) as http:
            yield Home(at_work, http, (tmp_path / "keys" / "internal.token").read_text())

    return home


@pytest.fixture
async def home(open_home: Opener) -> AsyncIterator[Home]:
    """The service runs."""
    async with open_home() as home:
        yield home


async def test_readiness_falls_with_the_database_and_comes_back_by_itself(home: Home, urls: DatabaseUrls, postgres: Any) -> None:
    await eventually(home.is_ready)
    async with _closed_to_visitors(postgres.server.url(), urls):
        await eventually(home.is_not_ready)
        assert (await home.http.get("/livez")).status_code == 200
    await eventually(home.is_ready)


@asynccontextmanager
async def _closed_to_visitors(admin_url: str, urls: DatabaseUrls) -> AsyncIterator[None]:
    """Let nobody into the service's database, and put out who is in."""
    from devkit.databases import administering, run  # noqa: PLC0415

    name = SERVICE + urls.suffix
    async with administering(admin_url) as server:
        await run(server, "ALTER DATABASE %I ALLOW_CONNECTIONS false", name)
        await run(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %L", name)
        yield
        await run(server, "ALTER DATABASE %I ALLOW_CONNECTIONS true", name)


async def test_a_service_consumes_and_announces_end_to_end(home: Home, shop: Shop) -> None:
    [anne] = somebody()
    async with shop.units.open() as uow:
        await uow.take([anne])
        uow.publish([Ordered(person_id=anne, number=1)])

    async def seen() -> bool:
        return await shop.numbers() == [1]

    await eventually(seen)

    async def settled() -> bool:
        return not (await home.ask("GET", "/counters")).json()["busy"]

    await eventually(settled)
    counters = (await home.ask("GET", "/counters")).json()
    assert counters["service"] == SERVICE
    assert (counters["counters"]["published"], counters["counters"]["consumed"]) == (1, 1)


@pytest.mark.parametrize("header", [None, b"Bearer", b"Bearer wrong", b"Bearer \xe9"])
async def test_inner_doors_are_shut_without_the_token(home: Home, header: bytes | None) -> None:
    headers = {b"Authorization": header} if header else {}
    for method, path in (
        ("GET", "/counters"),
        ("GET", "/parked"),
        ("GET", "/switches"),
        ("PUT", f"/dataProtocols/{FLOW}"),
        ("PUT", "/clock"),
        ("POST", f"/parked/{uuid4()}/redrives"),
    ):
        answer = await home.http.request(method, f"/internal/v1{path}", headers=headers)
        assert answer.status_code == 401, path


async def test_parked_records_are_listed_redriven_and_discarded_by_their_doors(home: Home, shop: Shop) -> None:
    people = somebody(3)
    await shop.put(*(Ordered(person_id=person, number=number, manner="badly") for number, person in enumerate(people)))

    async def parked() -> bool:
        return len(await shop.parked()) == 3

    await eventually(parked)
    first = (await home.ask("GET", "/parked", params={"pageSize": 2})).json()["items"]
    rest = (await home.ask("GET", "/parked", params={"after": first[-1]["id"]})).json()["items"]
    items = [*first, *rest]
    assert len({item["id"] for item in items}) == 3
    assert {item["cause"] for item in items} == {"failed"}
    assert [(item["id"],) for item in items] == [(str(one),) for (one,) in await shop.rows("SELECT id FROM parked ORDER BY number")]
    assert not any(str(person) in json.dumps(items) for person in people)

    again = await home.ask("POST", f"/parked/{items[0]['id']}/redrives", json={"by": "operator"})
    assert again.json() == {"redriven": 0, "stopped": "ValueError"}
    home.running.parts.get(Moods).mended.add("badly")
    assert (await home.ask("POST", f"/parked/{items[0]['id']}/redrives", json={"by": "operator"})).json() == {"redriven": 1}
    assert (await home.ask("POST", f"/parked/{items[1]['id']}/discards", json={"by": "operator"})).status_code == 200
    for gone in (items[0]["id"], items[1]["id"], uuid4()):
        assert (await home.ask("POST", f"/parked/{gone}/redrives", json={"by": "operator"})).status_code == 404
        assert (await home.ask("POST", f"/parked/{gone}/discards", json={"by": "operator"})).status_code == 404
    assert len((await home.ask("GET", "/parked")).json()["items"]) == 1


async def test_moving_the_clock_fires_what_is_due_before_it_answers(home: Home, shop: Shop) -> None:
    people = somebody(600)  # more than one batch
    due_at = START + timedelta(days=14)
    async with shop.units.open() as uow:
        uow.schedule(Timer("ring", str(number), person, due_at) for number, person in enumerate(people))
    first = await home.ask("PUT", "/clock", json={"at": START.isoformat(), "generation": 1})
    assert first.status_code == 204
    assert (await home.ask("GET", "/due", params={"until": "2026-03-01T00:00:00Z"})).json() == {"instants": ["2026-02-16T09:00:00Z"]}
    assert await shop.numbers() == []

    moved = await home.ask("PUT", "/clock", json={"at": due_at.isoformat(), "generation": 2})

    assert moved.status_code == 204
    assert sorted(await shop.numbers()) == list(range(600))


async def test_the_clock_never_goes_back_and_is_remembered_over_a_restart(open_home: Opener) -> None:
    async with open_home() as home:
        move = {"at": "2026-02-17T00:00:00Z", "generation": 1}
        assert (await home.ask("PUT", "/clock", json=move)).status_code == 204
        assert (await home.ask("PUT", "/clock", json=move)).status_code == 204  # repeated
        assert (await home.ask("PUT", "/clock", json={"at": "2026-02-16T00:00:00Z", "generation": 2})).status_code == 409
        assert (await home.ask("PUT", "/clock", json={"at": "2026-02-18T00:00:00Z", "generation": 1})).status_code == 409
        assert (await home.ask("PUT", "/clock", json={"at": "2026-02-18T00:00:00", "generation": 2})).status_code == 400
    async with open_home() as home:
        told = (await home.ask("GET", "/counters")).json()
        assert (told["generation"], told["now"]) == (1, "2026-02-17T00:00:00Z")


async def test_a_protocol_is_switched_by_its_door_and_an_unknown_flow_is_not_found(home: Home, shop: Shop) -> None:
    off = {"active": False, "by": "jurist.1"}
    assert (await home.ask("PUT", f"/dataProtocols/{FLOW}", json={"active": False})).status_code == 400  # nobody says so
    assert (await home.ask("PUT", f"/dataProtocols/{FLOW}", json=off)).status_code == 204
    assert (await home.ask("PUT", "/dataProtocols/everythingToEveryone", json=off)).status_code == 404
    assert await shop.rows("SELECT flow, active FROM data_protocol") == [(FLOW, False)]


async def test_every_switch_stays_in_the_record_with_who_made_it_also_when_another_follows(home: Home) -> None:
    made = [
        {"active": True, "validFrom": "2099-03-01", "validTo": "2099-12-31", "by": "jurist.1"},
        {"active": True, "by": "jurist.2"},
    ]
    told = []
    for body in made:
        assert (await home.ask("PUT", f"/dataProtocols/{FLOW}", json=body)).status_code == 204
        told.append((await home.ask("GET", "/switches")).json())

    assert [said["dataProtocols"][FLOW] for said in told] == [False, True]  # it is not 2099 yet
    assert [{name: one[name] for name in body} for one, body in zip(told[-1]["switched"], made, strict=True)] == made
    assert {(one["kind"], one["name"]) for one in told[-1]["switched"]} == {("dataProtocols", FLOW)}
    assert told[-1]["switched"][0]["at"] < told[-1]["switched"][1]["at"]


async def test_m30_old_rows_are_pruned_in_small_steps_and_what_is_open_stays(shop: Shop, urls: DatabaseUrls, tmp_path: Path) -> None:
    old, young = technical_now() - BUS_MEMORY - timedelta(days=1), technical_now() - BUS_MEMORY + timedelta(days=1)
    ages = {"old": old, "young": young, "ancient": technical_now() - PARKED_MEMORY - timedelta(days=1)}
    for at, count in (("old", 25), ("young", 3)):
        params = {"t": at, "at": ages[at], "n": count}
        await shop.rows("INSERT INTO inbox SELECT gen_random_uuid(), :at FROM generate_series(1, :n) RETURNING 1", at=ages[at], n=count)
        await shop.rows("INSERT INTO attempt SELECT :t, 0, n, 1, 0, :at FROM generate_series(1, :n) AS n RETURNING 1", **params)
        await shop.rows(
            "INSERT INTO idempotency SELECT :t, n, '', '', 200, NULL, NULL, :at FROM generate_series(1, :n) AS n RETURNING 1", **params
        )
    parked = """
        INSERT INTO parked (id, direction, state, cause, detail, topic, key, value, parked_at, settled_at)
        SELECT gen_random_uuid(), 'out', :state, '', '', '', '', '', :at, :settled FROM generate_series(1, 5) RETURNING 1
    """
    await shop.rows(parked, state="open", at=ages["ancient"], settled=None)
    await shop.rows(parked, state="redriven", at=ages["ancient"], settled=ages["ancient"])
    await shop.rows(parked, state="discarded", at=ages["ancient"], settled=ages["old"])
    settings = _settings(urls, tmp_path / "keys")
    pruning = Pruning(Parts(settings, shop.database, shop.clock, shop.units, shop.bus, shop.health, shop.metrics))

    steps = []
    while removed := await pruning.prune(step=10):
        steps.append(removed)

    assert max(steps) <= 40
    assert await shop.rows("SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM attempt)") == [(3, 3)]
    assert await shop.rows("SELECT client_id FROM idempotency") == []  # 48 hours
    assert sorted(await shop.rows("SELECT state, count(*) FROM parked GROUP BY state")) == [("discarded", 5), ("open", 5)]
    assert shop.metrics.totals["pruned"] == sum(steps)


async def test_production_refuses_the_keys_of_a_sandbox_at_its_start(urls: DatabaseUrls, tmp_path: Path) -> None:
    settings = _settings(urls, tmp_path / "keys", mode="production", issuer="https://issuer.example")
    with pytest.raises(DemoKeyRefused):
        async with running(Service(SERVICE, settings)):
            pass


async def test_production_refuses_a_token_that_others_can_read_and_nobody_takes_an_empty_one(urls: DatabaseUrls, tmp_path: Path) -> None:
    settings = _settings(urls, tmp_path / "keys", mode="production")
    token = tmp_path / "keys" / "internal.token"
    token.write_text("x" * 40)
    token.chmod(0o644)
    with pytest.raises(SecretExposed):
        async with running(Service(SERVICE, settings)):
            pass
    token.write_text("")
    with pytest.raises(TokenMalformed):
        async with running(Service(SERVICE, _settings(urls, tmp_path / "keys"))):
            pass


async def test_a_service_starts_without_its_bus_and_without_its_issuer(urls: DatabaseUrls, tmp_path: Path) -> None:
    settings = _settings(urls, tmp_path / "keys", bus="postgresql://nobody@127.0.0.1:9/bus", issuer_jwks=str(tmp_path / "none.json"))
    async with running(Service(SERVICE, settings)) as at_work, httpx.AsyncClient(base_url=at_work.url) as http:
        assert (await http.get("/livez")).status_code == 200
        assert (await http.get("/readyz")).status_code == 503


async def test_a_stop_lets_go_of_everything_also_when_a_part_fails_to(urls: DatabaseUrls, tmp_path: Path) -> None:
    let_go = []

    async def furnish(_: Parts) -> Furniture:
        async def fails() -> None:
            raise RuntimeError("at its close")

        async def works() -> None:
            let_go.append("works")

        return Furniture(close=(works, fails))

    before = set(asyncio.all_tasks())
    with pytest.raises(RuntimeError, match="at its close"):
        async with running(Service(SERVICE, _settings(urls, tmp_path / "keys"), furnish=furnish)):
            pass

    assert let_go == ["works"]
    assert asyncio.all_tasks() == before
