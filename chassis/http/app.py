"""Puts the doors of one service together into an ASGI app."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from pydantic_core import to_json
from starlette.middleware import Middleware
from starlette.responses import Response

from chassis.health import Health
from chassis.http import openapi, problem_handlers, ref_data, watching
from chassis.http.api import Api
from chassis.http.auth import Authenticator
from chassis.http.edge import BodyLimit, Edge, Observer, log_access
from chassis.http.visit import Surroundings
from chassis.uow import Units

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything the doors of one service stand on."""

    service: str
    apis: Sequence[Api]
    authenticator: Authenticator
    units: Units
    health: Health
    metrics: CollectorRegistry
    body_limit: int
    version: str = "1"
    token_url: str = "/sandbox/v1/token"  # noqa: S105 - an address
    internal: APIRouter | None = None
    observers: tuple[Observer, ...] = field(default=(log_access,))


def build_app(doors: Doors, lifespan: Lifespan | None = None) -> FastAPI:
    """The app of one service: its APIs, the inner doors, the documents and the watching doors."""
    app = FastAPI(
        title=doors.service,
        version=doors.version,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # FastAPI's own telemetry logs the input of a failed validation.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[Middleware(Edge, observers=doors.observers), Middleware(BodyLimit, limit=doors.body_limit)],
    )
    app.state.surroundings = Surroundings(doors.authenticator, doors.units)
    problem_handlers.install(app)
    for api in doors.apis:
        app.include_router(api.router)
    if doors.internal is not None:
        app.include_router(doors.internal)
    app.include_router(ref_data.router())
    app.include_router(watching.router(doors.health, doors.metrics))
    app.include_router(_documents(app, doors))
    return app


def description(app: FastAPI, apis: Sequence[Api], token_url: str) -> dict[str, Any]:
    """The OpenAPI document of these APIs, as `/doc/openapi.yaml` gives it and `make contracts` writes it."""
    scopes = {scope: f"{api.title}: {scope}" for api in apis for scope in sorted(api.scopes)}
    return openapi.describe(app, scopes, token_url)


def _documents(app: FastAPI, doors: Doors) -> APIRouter:
    documents = APIRouter(prefix="/doc", include_in_schema=False)

    @cache
    def described() -> dict[str, Any]:
        return description(app, doors.apis, doors.token_url)

    @documents.get("/openapi.json")
    async def openapi_json() -> Response:
        return Response(to_json(described()), media_type="application/json")

    @documents.get("/openapi.yaml")
    async def openapi_yaml() -> Response:
        return Response(yaml.safe_dump(described(), sort_keys=False, allow_unicode=True), media_type="application/yaml")

    return documents
