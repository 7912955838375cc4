"""Declares the doors of one API: every door names the scope it needs, and commits before it answers."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, ParamSpec, TypeVar

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.http import openapi, signature
from chassis.http.answers import Answer, Renderer
from chassis.http.auth import Caller
from chassis.http.endpoint import Endpoint, Rules
from chassis.http.signature import PROVIDED
from chassis.uow import UnitOfWork

__all__ = ["PROVIDED", "Answer", "Api", "Caller", "Uow"]

Uow = UnitOfWork

P = ParamSpec("P")
R = TypeVar("R")

JSON: Final = ("application/json",)
# Belgif `uri-format`, `api-version`.
_PREFIX = re.compile(r"/[a-z][A-Za-z0-9]*/v[1-9][0-9]*")
_PATH = re.compile(r"(/([a-z][A-Za-z0-9]*|\{[a-z][A-Za-z0-9]*\}))+")


class DeclarationMistake(Exception):
    """A door is declared against the rules of the house; raised at import."""


class Door(APIRoute):
    """A route that admits the caller before FastAPI reads the body."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """FastAPI's handler behind our gate."""
        handle = super().get_route_handler()
        endpoint = self.endpoint
        assert isinstance(endpoint, Endpoint)

        async def guarded(request: Request) -> Response:
            await endpoint.admit(request, self.path_format)
            response: Response = await handle(request)
            return response

        return guarded


class Api:
    """The doors under one prefix, for tokens of one audience."""

    def __init__(self, prefix: str, audience: str, title: str | None = None) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise DeclarationMistake(f"{prefix} is not of the form /apiName/v1")
        self.prefix = prefix
        self.audience = audience
        self.title = title or audience[0].upper() + audience[1:]
        self.router = APIRouter(prefix=prefix, route_class=Door, tags=[self.title])
        self.scopes: set[str] = set()

    def get(self, path: str, *, scope: str, summary: str) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
        """A door that reads."""
        return self._door("GET", path, scope, summary)

    def post(
        self,
        path: str,
        *,
        scope: str,
        summary: str,
        status: int = 200,
        idempotent: bool = False,
        consumes: Sequence[str] = JSON,
    ) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
        """A door that creates (`idempotent=True`: it needs an Idempotency-Key), queries, or streams what it `consumes`."""
        return self._door("POST", path, scope, summary, status=status, idempotent=idempotent, consumes=consumes)

    def put(
        self, path: str, *, scope: str, summary: str, status: int = 200
    ) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
        """A door that stores a whole record under the reference in its path."""
        return self._door("PUT", path, scope, summary, status=status)

    def delete(
        self, path: str, *, scope: str, summary: str, status: int = 200
    ) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
        """A door that takes a record back."""
        return self._door("DELETE", path, scope, summary, status=status)

    def _door(
        self,
        method: str,
        path: str,
        scope: str,
        summary: str,
        *,
        status: int = 200,
        idempotent: bool = False,
        consumes: Sequence[str] = JSON,
    ) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
        if not _PATH.fullmatch(path):
            raise DeclarationMistake(f"{method} {path}: a path is lowerCamelCase, without a trailing slash")
        if not scope.startswith(f"{self.audience}."):
            raise DeclarationMistake(
                f"{method} {path}: a scope is `{self.audience}.<action>`; the sandbox's issuer derives audiences from scopes"
            )
        self.scopes.add(scope)
        rules = Rules(self.audience, scope, idempotent, tuple(consumes))

        def declare(function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
            shape = signature.read(function, frozenset(re.findall(r"\{(\w+)\}", path)))
            if idempotent and (shape.uow is None or not shape.takes_body):
                raise DeclarationMistake(f"{method} {path}: an idempotent door takes a unit of work and a body")
            renderer = Renderer(shape.returns, status)
            self.router.add_api_route(
                path,
                Endpoint(function, shape, rules, renderer),
                methods=[method],
                name=function.__name__,
                operation_id=to_camel(function.__name__),
                summary=summary,
                status_code=status,
                response_model=renderer.model,
                response_class=Response if renderer.model is None else JSONResponse,
                responses={"default": dict(openapi.DEFAULT_RESPONSE)},
                openapi_extra=openapi.door(
                    scope, idempotent=idempotent, streams=None if shape.takes_body or method != "POST" else consumes
                ),
            )
            return function

        return declare
