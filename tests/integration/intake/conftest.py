"""A small service that takes in contracts, on a real database and a real vault."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from pydantic import Field
from sqlalchemy import text

from chassis import migrations, schema
from chassis.clock import RunningClock
from chassis.db import Database
from chassis.http.api import Api
from chassis.http.idempotency_schema import metadata as idempotency_metadata
from chassis.intake import outcomes
from chassis.intake import schema as intake_schema
from chassis.intake.bulk_doors import bulk_doors
from chassis.intake.digest import digest_key
from chassis.intake.doors import fact_doors
from chassis.intake.intake import Intake, Limits, kinds_by_name
from chassis.intake.kinds import Amendment, Command, FactBody, FactKind, Taken
from chassis.intake.order import PUT
from chassis.intake.outcome_doors import outcome_doors
from chassis.intake.sources import SourceState, source_doors
from chassis.intake.take import Reply, take
from chassis.protocol_rows import ProtocolRows
from chassis.telemetry import Metrics
from chassis.uow import UnitOfWork, Units
from contracts.identifiers import Ssin
from devkit.databases import DatabaseUrls
from tests.support.doors import calling, doors
from tests.support.postgres import Postgres, Template
from tests.support.tables import create_tables
from tests.support.tokens import Tokens
from vault.client import Vault
from vault.custody import VaultCustody
from vault.keyfolder import create_keys, load_keys

ANNE, BART, CHLOE = "06641000507", "06641000606", "06641000705"
AGII, ATLAS = "0543307391", "0999990222"

_TOY = text("CREATE TABLE toy (reference text PRIMARY KEY, person_id uuid, city text, stopped_on date, applied integer NOT NULL DEFAULT 1)")
_KEEP = text("""
    INSERT INTO toy (reference, person_id, city) VALUES (:reference, :person_id, :city)
    ON CONFLICT (reference) DO UPDATE SET person_id = excluded.person_id, city = excluded.city, stopped_on = NULL, applied = toy.applied + 1
""")
_DROP = text("DELETE FROM toy WHERE reference = :reference")
_STOP = text("UPDATE toy SET stopped_on = :on WHERE reference = :reference")


class Toy(FactBody):
    """A contract."""

    ssin: Ssin
    city: str = Field(default="Gent", max_length=40)


class Stop(FactBody):
    """Its end."""

    on: date


async def apply(uow: UnitOfWork, taken: Sequence[Taken[Toy]]) -> None:
    """Keep what is said now; one city makes the toy break, one is held."""
    for one in taken:
        params: dict[str, Any] = {"reference": one.reference}
        if one.operation == PUT:
            if one.whole.city == "Atlantis":
                raise ValueError("no such city")
            await uow.execute(_KEEP, params | {"person_id": one.person_id, "city": one.whole.city})
            if one.whole.city == "Brussel":
                await outcomes.record(uow, [one.outcome("held", "otherRegion", {"since": "2026"}, {"rule": "N5"})])
        elif not one.earlier:
            await outcomes.record(uow, [one.outcome("waiting", "unknownReference")])
        elif isinstance(one.amendment, Stop):
            await uow.execute(_STOP, params | {"on": one.amendment.on})
        else:
            await uow.execute(_DROP, params)
            await outcomes.record(uow, [one.outcome("withdrawn")])


TOY = FactKind(
    name="contract",
    path="contracts",
    model=Toy,
    scope="integrationFeed.write",
    apply=apply,
    person=lambda body: body.ssin.value,
    amendments=(Amendment("termination", "terminations", Stop),),
)


async def _prepare(urls: DatabaseUrls) -> None:
    await create_tables(urls.owner("integration_feed"), schema.metadata, idempotency_metadata, intake_schema.metadata)
    owner = Database(urls.owner("integration_feed"), "owner", pool_size=1)
    async with owner.transaction() as connection:
        await connection.execute(_TOY)
    await owner.close()
    vault = Path(__file__).parents[3] / "vault" / "migrations"
    await asyncio.to_thread(migrations.upgrade, urls.owner("vault"), vault)


@pytest.fixture
async def urls(postgres: Postgres) -> AsyncIterator[DatabaseUrls]:
    async with postgres.fresh(Template("intake", _prepare)) as urls:
        yield urls


@dataclass(slots=True)
class House:
    """The service at hand, and short ways to use it."""

    intake: Intake
    database: Database
    units: Units
    tokens: Tokens
    app: FastAPI
    watermarks: list[SourceState]
    registrar: Vault  # registration's client: only that service may merge and erase
    away: Vault  # a vault that cannot be reached

    async def take(self, *commands: Command) -> list[Reply]:
        return await take(self.intake, commands)

    async def rows(self, statement: str, **params: object) -> list[tuple[Any, ...]]:
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(statement), params)]

    async def state(self, reference: str) -> tuple[Any, ...] | None:
        """What the service keeps of a record: city and end."""
        rows = await self.rows("SELECT city, stopped_on FROM toy WHERE reference = :reference", reference=reference)
        return rows[0] if rows else None

    async def outcomes(self, reference: str) -> list[tuple[Any, ...]]:
        """Version, result and reason of the current outcomes of a record."""
        return await self.rows(
            "SELECT source_version, result, reason FROM outcome WHERE reference = :reference AND current", reference=reference
        )


@pytest.fixture
async def house(urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[House]:
    keys = tmp_path / "keys"
    create_keys(keys, demo=True, origin="log.test/notices")
    ring = load_keys(keys, sandbox=True)
    vault = Vault(Database(urls.vault("integration_feed"), "vault", pool_size=2), ring)
    registrar = Vault(Database(urls.vault("registration"), "vault", pool_size=1), ring)
    away = Vault(Database("postgresql://nobody@127.0.0.1:1/nothing", "vault", pool_size=1), ring)
    database = Database(urls.own("integration_feed"), "integration_feed", pool_size=6)
    resources: dict[type, object] = {}
    units = Units(database, RunningClock(), ProtocolRows(sandbox=True), resources, testmode=True)
    intake = Intake(
        units,
        kinds_by_name(TOY),
        VaultCustody(vault, "sandbox", RunningClock()),
        digest_key(keys),
        Metrics("integration_feed", CollectorRegistry()),
        Limits(line_bytes=1000, outbox_rows=50, chunk_lines=5),
    )
    resources[Intake] = intake
    tokens = Tokens()
    watermarks: list[SourceState] = []
    app = doors([_api(watermarks)], tokens, units, body_limit=20_000)
    yield House(intake, database, units, tokens, app, watermarks, registrar, away)
    for one in (vault, registrar, away):
        await one.close()
    await database.close()


def _api(watermarks: list[SourceState]) -> Api:
    api = Api("/integrationFeed/v1", audience="integrationFeed")

    async def changed(_uow: UnitOfWork, state: SourceState) -> None:
        watermarks.append(state)

    fact_doors(api, TOY)
    source_doors(api, "contracts", scope="integrationFeed.sources", changed=changed)
    bulk_doors(api, write_scope="integrationFeed.write", read_scope="integrationFeed.read")
    outcome_doors(api, scope="integrationFeed.read")
    return api


@pytest.fixture
async def agii(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(house.app, house.tokens.bearer("agii")) as client:
        client.base_url = client.base_url.join("/integrationFeed/v1")
        yield client


@pytest.fixture
async def atlas(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(house.app, house.tokens.bearer("atlas")) as client:
        client.base_url = client.base_url.join("/integrationFeed/v1")
        yield client


def put(version: int, city: str = "Gent", *, reference: str = "r1", ssin: str = ANNE, organisation: str = AGII) -> Command:
    body = Toy.model_validate({"sourceVersion": version, "ssin": ssin, "city": city})
    return Command(organisation, "agii", TOY, reference, version, "put", body)


def delete(version: int, *, reference: str = "r1", organisation: str = AGII) -> Command:
    return Command(organisation, "agii", TOY, reference, version, "delete")


def stop(version: int, on: str = "2026-03-01", *, reference: str = "r1") -> Command:
    return Command(AGII, "agii", TOY, reference, version, "termination", Stop.model_validate({"sourceVersion": version, "on": on}))
