"""Every service behind real HTTP on real PostgreSQL, seen by a partner: what it sends, what it is told, and what leaks."""

import asyncio
import io
import itertools
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import structlog
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from sqlalchemy import text

from chassis import logs
from chassis.bus.port import Outgoing
from chassis.db import Database
from chassis.http.api import Api
from chassis.intake.digest import digest_key
from chassis.running import Running, running
from chassis.settings import Settings
from devkit import migrate
from devkit.databases import BUS, SERVICES, DatabaseUrls
from devkit.population import tst
from devkit.recipes import recipe
from devkit.sandbox import keys as sandbox_keys
from tests.support.postgres import Postgres, Template
from tests.support.tokens import Tokens
from vault.keyfolder import create_keys

TODAY = date(2026, 10, 15)
EDUCATION, FEED, REGISTRATION, NOTIFICATIONS = SERVICES
NDJSON = {"Content-Type": "application/x-ndjson"}
# Nobody is called so and no street is; where a response, log, metric or key shows one of these, something leaked.
FAMILY_NAME, GIVEN_NAME, STREET = "Verborgenaere", "Onzichtbertha", "Geheimstraat"

_TIMEOUT_S = 30.0
_LOOK_AGAIN_S = 0.05


async def _prepare(urls: DatabaseUrls) -> None:
    await migrate.upgrade_all(migrate.of_home(urls))


TEMPLATE = Template("doors", _prepare)


@dataclass(slots=True)
class Stand:
    """The hub, and what was said at its doors."""

    services: Mapping[str, Running]
    tokens: Tokens
    internal_token: str
    http: httpx.AsyncClient
    urls: DatabaseUrls
    logged: io.StringIO
    told: dict[tuple[str, str, str], str] = field(default_factory=dict)  # (client, kind's path, reference) -> answer to the newest version
    _births: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- the services

    def url(self, path: str) -> str:
        """Where a public path is served."""
        [service] = [name for name, one in self.services.items() if any(path.startswith(api.prefix + "/") for api in one.service.apis)]
        return self.services[service].url + path

    def apis(self) -> Sequence[tuple[str, Api]]:
        """Every API with the service that serves it."""
        return [(name, api) for name, one in self.services.items() for api in one.service.apis]

    def app(self, service: str) -> FastAPI:
        """The app of a service, for its list of routes."""
        server = self.services[service]._server
        assert server is not None
        app = server.config.app
        assert isinstance(app, FastAPI)
        return app

    # -- asking

    async def ask(self, client: str, method: str, path: str, **said: Any) -> httpx.Response:
        """A request of a sandbox client with all its scopes."""
        headers = self.tokens.bearer(client) | dict(said.pop("headers", {}))
        return await self.http.request(method, self.url(path), headers=headers, **said)

    async def inside(self, service: str, method: str, path: str, **said: Any) -> httpx.Response:
        """A request at an inner door."""
        headers = {"Authorization": f"Bearer {self.internal_token}"} | dict(said.pop("headers", {}))
        return await self.http.request(method, f"{self.services[service].url}/internal/v1{path}", headers=headers, **said)

    async def sends(self, client: str, path: str, body: Mapping[str, Any]) -> httpx.Response:
        """A PUT or POST of a fact that is accepted; what it was told is remembered."""
        answer = await self.ask(client, "POST" if path.endswith("/terminations") else "PUT", path, json=body)
        assert answer.status_code in {200, 201}, answer.text
        _, _, _, kind, reference, *_ = path.split("/")
        self.told[client, kind, reference] = answer.json()["result"]
        return answer

    def person(self, born: date = date(1990, 5, 17)) -> str:
        """The test number of somebody new."""
        number = next(self._births)
        return tst(date(born.year, born.month, 1 + number % 28), 1 + number // 28)

    async def bulk(self, client: str, api: str, *lines: bytes) -> httpx.Response:
        """Many facts at once."""
        return await self.ask(client, "POST", f"/{api}/v1/factBatches", content=b"\n".join(lines), headers=NDJSON)

    async def line_results(self, client: str, received: httpx.Response) -> list[dict[str, Any]]:
        """What became of each line of a batch."""
        assert received.status_code == 202, received.text
        answer = await self.ask(client, "GET", f"{received.headers['Location']}/results")
        return [json.loads(line) for line in answer.text.splitlines()]

    async def outcomes(self, client: str, api: str) -> list[dict[str, Any]]:
        """Every outcome that a client was ever told, from the first page to the last."""
        found: list[dict[str, Any]] = []
        path = f"/{api}/v1/outcomes"
        page = (await self.ask(client, "GET", path, params={"pageSize": 100})).json()
        while True:
            found += page["items"]
            if "next" not in page:
                return found
            page = (await self.http.get(page["next"], headers=self.tokens.bearer(client))).json()

    async def current_outcomes(self, client: str, api: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The outcome of each record that nothing supersedes; fails when a record has two."""
        entries = await self.outcomes(client, api)
        superseded = {entry["supersedes"] for entry in entries if "supersedes" in entry}
        current = [entry for entry in entries if entry["id"] not in superseded]
        by_record = {(entry["kind"], entry["reference"]): entry for entry in current}
        assert len(by_record) == len(current)
        return by_record

    # -- the bus

    async def publishes(self, *records: Outgoing) -> None:
        """Raw records on the bus, as a stranger would write them."""
        producer = await self.services[REGISTRATION].parts.bus.producer()
        await producer.publish(records)
        await producer.close()

    async def parked(self, service: str) -> list[dict[str, Any]]:
        """The parked records of a service, as an operator sees them."""
        items: list[dict[str, Any]] = (await self.inside(service, "GET", "/parked", params={"pageSize": 500})).json()["items"]
        return items

    # -- waiting

    async def until(self, holds: Callable[[], Awaitable[object]]) -> None:
        """Wait for a condition."""
        async with asyncio.timeout(_TIMEOUT_S):
            while not await holds():
                await asyncio.sleep(_LOOK_AGAIN_S)

    async def settled(self) -> None:
        """Wait until nothing is under way, twice in a row: an answer may lie between two services."""
        quiet = 0
        async with asyncio.timeout(_TIMEOUT_S):
            while quiet < 2:
                busy = [found for one in self.services.values() for found in await one.busy()]
                quiet = 0 if busy else quiet + 1
                await asyncio.sleep(0 if busy else _LOOK_AGAIN_S)

    # -- after a bad input

    async def unharmed(self) -> None:
        """Every service lives and is ready."""
        for one in self.services.values():
            assert (await self.http.get(f"{one.url}/livez")).status_code == 200
            assert (await self.http.get(f"{one.url}/readyz")).status_code == 200, one.parts.health.parts

    async def lost_nothing(self) -> None:
        """Every record of which a door said that it took it has its one current outcome."""
        await self.settled()
        for client, api in (("education", "educationFeed"), ("agii", "integrationFeed"), ("vdab", "registration")):
            current = await self.current_outcomes(client, api)
            taken = {(kind.removesuffix("s"), name) for sender, kind, name in self.told if sender == client}
            assert not taken - set(current), "records that a door took have no outcome"

    async def leaks_nothing(self, *secrets: str, answers: Sequence[httpx.Response] = ()) -> None:
        """None of these stands in an answer, the logs, a metric or a record key."""
        places = {f"answer {number}": f"{answer.headers}{answer.text}" for number, answer in enumerate(answers)}
        places["logs"] = self.logged.getvalue()
        for name, one in self.services.items():
            places[f"metrics of {name}"] = (await self.http.get(f"{one.url}/metrics")).text
        places["record keys"] = await self._keys()
        found = [(secret, place) for place, shown in places.items() for secret in secrets if secret in shown]
        assert not found, f"{[place for _, place in found]} show what they should not"

    async def _keys(self) -> str:
        database = Database(self.urls.owner(BUS), "test", pool_size=1)
        try:
            async with database.transaction() as connection:
                rows = (await connection.execute(text("SELECT key, coalesce(headers, '') FROM record"))).all()
        finally:
            await database.close()
        return "\n".join(f"{bytes(key)!r} {bytes(headers)!r}" for key, headers in rows)


def contract(ssin: str, version: int = 1, **said: object) -> dict[str, Any]:
    """The body of a contract; a keyword replaces a member, None leaves it out."""
    body = {
        "sourceVersion": version,
        "ssin": ssin,
        "familyName": FAMILY_NAME,
        "givenName": GIVEN_NAME,
        "birthDate": "1990-05-17",
        "agency": "agii",
        "signedOn": TODAY.isoformat(),
    }
    return {name: value for name, value in (body | said).items() if value is not None}


def residence(ssin: str, version: int = 1, **said: object) -> dict[str, Any]:
    """The body of a person change: somebody lives in Kortrijk."""
    address = {"street": STREET, "number": "7", "postCode": "8500", "municipality": "Kortrijk"}
    body = {"sourceVersion": version, "ssin": ssin, "kind": "residence", "on": "2026-01-05", "nis": "34022", "address": address}
    return {name: value for name, value in (body | said).items() if value is not None}


def participant(ssin: str, version: int = 1, **said: object) -> dict[str, Any]:
    """The body of a participant who may work."""
    titles = [{"ground": "other", "validFrom": "2026-01-01", "rightToWork": True}]
    body = {"sourceVersion": version, "ssin": ssin, "status": "obliged", "agency": "agii", "titles": titles}
    return {name: value for name, value in (body | said).items() if value is not None}


def leave(ssin: str, version: int = 1, **said: object) -> dict[str, Any]:
    """The body of an enrolment that was closed last week: somebody left secondary education."""
    body = {
        "sourceVersion": version,
        "ssin": ssin,
        "familyName": FAMILY_NAME,
        "givenName": GIVEN_NAME,
        "birthDate": "2005-05-17",
        "source": "compulsory",
        "institution": "990011",
        "startsOn": "2026-09-01",
        "level": 3,
        "educationKind": 1,
        "programme": 1,
        "closure": {"endsOn": "2026-10-08", "reason": "E", "situationAfter": 5},
    }
    return {name: value for name, value in (body | said).items() if value is not None}


def reference() -> str:
    """A reference nobody used."""
    return str(uuid4())


@asynccontextmanager
async def standing(postgres: Postgres, home: Path, *, sandbox: bool = True) -> AsyncIterator[Stand]:
    """The hub at work, its clock at `TODAY` when it is a sandbox, its logs caught."""
    keys = home / "keys"
    create_keys(keys, demo=sandbox, origin="log.test/notices")
    digest_key(keys)
    tokens = Tokens(sandbox_keys.ensure(keys).issuer) if sandbox else _real_issuer(home)
    logged = io.StringIO()
    async with AsyncExitStack() as stack:
        stack.enter_context(_caught(logged))
        urls = await stack.enter_async_context(postgres.fresh(TEMPLATE))
        at_work: dict[str, Running] = {}
        for name in SERVICES:
            made = recipe(name)(_settings(name, urls, home, tokens.issuer, sandbox=sandbox))
            at_work[name] = await stack.enter_async_context(running(made))
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=_TIMEOUT_S))
        stand = Stand(at_work, tokens, (keys / "internal.token").read_text().strip(), http, urls, logged)
        await stand.until(lambda: _ready(stand))
        for name in at_work if sandbox else ():
            at = {"at": f"{TODAY}T08:00:00Z", "generation": 1}
            assert (await stand.inside(name, "PUT", "/clock", json=at)).status_code == 204
        yield stand


def _real_issuer(home: Path) -> Tokens:
    """An issuer with a key that no sandbox made."""
    tokens = Tokens(OKPKey.generate_key("Ed25519", {"kid": "2026-10", "use": "sig"}), "https://issuer.test")
    (home / "issuer.jwks.json").write_text(json.dumps({"keys": [tokens.key.as_dict(private=False)]}))
    return tokens


async def _ready(stand: Stand) -> bool:
    return all(one.parts.health.all_ready for one in stand.services.values())


def _settings(name: str, urls: DatabaseUrls, home: Path, issuer: str, *, sandbox: bool) -> Settings:
    return Settings(
        mode="sandbox" if sandbox else "production",
        issuer=issuer,
        issuer_jwks="" if sandbox else str(home / "issuer.jwks.json"),
        database=urls.own(name),
        vault_database=urls.vault(name),
        bus=urls.bus(name),
        keys=home / "keys",
        checkpoints=home / "checkpoints",
        print_folder=home / "print",
        topic_partitions=6,
        body_limit=200_000,
        line_limit=2_000,
    )


@contextmanager
def _caught(stream: io.StringIO) -> Iterator[None]:
    """Catch what is logged, by us and by the libraries; at the end the logs go where they went."""
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = structlog.get_config() if structlog.is_configured() else None
    logs.configure(stream)
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        structlog.reset_defaults()
        if before is not None:
            structlog.configure(**before)
