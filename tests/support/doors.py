"""An app of doors for tests, driven without a socket."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from chassis.clock import RunningClock
from chassis.db import Database
from chassis.health import Health
from chassis.http.api import Api
from chassis.http.app import Doors, build_app
from chassis.http.edge import Observer, log_access
from chassis.protocol_rows import ProtocolRows
from chassis.uow import Units
from tests.support.tokens import Tokens


def units(database: Database, resources: dict[type, object] | None = None) -> Units:
    """Units of work on a database, as a sandbox has them."""
    return Units(database, RunningClock(), ProtocolRows(sandbox=True), resources or {}, testmode=True)


def doors(
    apis: Sequence[Api],
    tokens: Tokens,
    units_of_work: Units | None = None,
    *,
    body_limit: int = 10_000,
    health: Health | None = None,
    observers: tuple[Observer, ...] = (log_access,),
) -> FastAPI:
    """An app with these APIs; without units its doors must not ask for one."""
    return build_app(
        Doors(
            service="test",
            apis=apis,
            authenticator=tokens.authenticator(),
            units=units_of_work or units(Database("postgresql://nobody@127.0.0.1:1/nothing", "test")),
            health=health or Health(),
            metrics=CollectorRegistry(),
            body_limit=body_limit,
            observers=observers,
        )
    )


@asynccontextmanager
async def calling(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app; faults become answers, as behind a server."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hub.test", headers=headers) as client:
        yield client
