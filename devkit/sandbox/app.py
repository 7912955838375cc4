"""The sandbox as one ASGI app: token endpoint, control doors, simulators, and the doors for platforms."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from chassis.http.clients.doors import DoorClient
from chassis.http.clients.tokens import TokenSource
from devkit.sandbox import channels, controls, questions, sources, token
from devkit.sandbox import keys as sandbox_keys
from devkit.sandbox.coordinator import Coordinator
from devkit.sandbox.courier import CLIENT as CARRIERS
from devkit.sandbox.courier import Courier, at_work
from devkit.sandbox.inner import inner_doors
from devkit.sandbox.keys import SandboxKeys
from devkit.sandbox.print_house import CLIENT, PrintHouse
from devkit.sandbox.providers import Providers

_ITSELF = "http://sandbox.invalid"


@asynccontextmanager
async def sandbox_app(keys: Path, services: Mapping[str, str], print_folder: Path, providers: Providers) -> AsyncIterator[FastAPI]:
    """The app of a sandbox whose services answer at these addresses."""
    known = sandbox_keys.ensure(keys)
    app = FastAPI(title="sandbox", version="1", docs_url=None, redoc_url=None, openapi_url="/doc/openapi.json", redirect_slashes=False)
    app.include_router(token.router(known))
    async with AsyncExitStack() as stack:
        inner = await stack.enter_async_context(inner_doors(services, keys))
        coordinator = Coordinator(inner)
        client = await stack.enter_async_context(_own_clients(app, known))
        courier = Courier(providers, services["notifications"], client(CARRIERS), coordinator.now)
        await stack.enter_async_context(at_work(courier))
        app.include_router(controls.router(coordinator, PrintHouse(print_folder, services["notifications"], client(CLIENT)), courier))
        app.include_router(channels.router(providers))
        app.include_router(sources.router(coordinator, inner, services, client))
        app.include_router(questions.router(coordinator))
        for kind in controls.PROBLEMS:
            app.add_exception_handler(kind, controls.problem)
        _watched(app)
        yield app


def _watched(app: FastAPI) -> None:
    @app.get("/livez", include_in_schema=False)
    @app.get("/readyz", include_in_schema=False)
    async def live() -> Response:
        return JSONResponse({"status": "UP"}, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def _own_clients(app: FastAPI, keys: SandboxKeys) -> AsyncIterator[Callable[[str], DoorClient]]:
    """Clients of the sandbox's own that get their tokens here, whatever address the sandbox has outside."""
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_ITSELF)
    async with inside, httpx.AsyncClient() as outside:

        @cache
        def client(client_id: str) -> DoorClient:
            return DoorClient(outside, TokenSource(keys.credentials(client_id), f"{_ITSELF}/sandbox/v1/token", inside))

        yield client
