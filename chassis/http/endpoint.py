"""One door as FastAPI calls it: admits the caller, opens the unit of work, renders, and commits before anything is sent."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from chassis.http import idempotency
from chassis.http.answers import Renderer
from chassis.http.issues import Issue, IssueKind
from chassis.http.problems import BadRequest, ResourceNotFound, UnsupportedMediaType
from chassis.http.signature import Shape
from chassis.http.validation import safe_name
from chassis.http.visit import resource, surroundings_of, visit_of
from chassis.uow import UnitOfWork

_NUL_IN_JSON = b"\\u0000"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a door demands before its endpoint runs."""

    audience: str
    scope: str
    idempotent: bool
    consumes: tuple[str, ...]


class Endpoint:
    """An endpoint with its rules; FastAPI sees only the parameters that come from the request."""

    def __init__(self, function: Callable[..., Awaitable[Any]], shape: Shape, rules: Rules, renderer: Renderer) -> None:
        self._function = function
        self._shape = shape
        self._rules = rules
        self._renderer = renderer
        self.__doc__ = function.__doc__  # FastAPI publishes it as the description
        request = inspect.Parameter("request_", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
        self.__signature__ = inspect.Signature([request, *shape.visible], return_annotation=Response)

    async def admit(self, request: Request, route: str) -> None:
        """Check everything that needs no body: the token first, so that a stranger learns nothing about the rest.

        Raises:
            Problem: the answer to give.
        """
        visit = visit_of(request)
        visit.route = route
        authenticator = surroundings_of(request).authenticator
        visit.caller = await authenticator.caller(request.headers.get("authorization"), self._rules.audience)
        visit.caller.require(self._rules.scope)
        if "\0" in request.url.path:
            raise ResourceNotFound
        self._check_query(request)
        if self._shape.takes_body:
            self._check_media_type(request)
            if _NUL_IN_JSON in await request.body():
                raise BadRequest.about("body", None, "the NUL character is not accepted")

    async def __call__(self, request_: Request, **given: Any) -> Response:
        """Run the endpoint; what it wrote is committed when this returns, and undone when it raises."""
        arguments = given | self._handed_over(request_)
        if self._shape.uow is None:
            return self._sent(await self._function(**arguments))
        trace_id = visit_of(request_).trace_id
        attempt = await self._attempt(request_) if self._rules.idempotent else None
        async with surroundings_of(request_).units.open(trace_id) as uow:
            arguments[self._shape.uow] = uow
            if attempt is None:
                return self._sent(await self._function(**arguments))
            return await self._once(uow, attempt, arguments)

    async def _attempt(self, request: Request) -> idempotency.Attempt:
        caller = visit_of(request).caller
        assert caller is not None
        target = f"{request.method} {request.url.path}?{request.url.query}"
        return idempotency.Attempt.of(caller.client_id, request.headers.get(idempotency.HEADER), target, await request.body())

    async def _once(self, uow: UnitOfWork, attempt: idempotency.Attempt, arguments: Mapping[str, Any]) -> Response:
        """Run it under its Idempotency-Key, or replay what it answered before."""
        replayed = await idempotency.begin(uow, attempt)
        if replayed is not None:
            return replayed.response(idempotency.REPLAYED)
        answer = self._renderer.render(await self._function(**arguments))
        await idempotency.finish(uow, attempt, answer)
        return answer.response()

    def _sent(self, result: object) -> Response:
        return result if isinstance(result, Response) else self._renderer.render(result).response()

    def _handed_over(self, request: Request) -> dict[str, Any]:
        shape = self._shape
        found: dict[str, Any] = {}
        if shape.caller is not None:
            found[shape.caller] = visit_of(request).caller
        if shape.request is not None:
            found[shape.request] = request
        if shape.provided:
            resources = surroundings_of(request).units.resources
            found |= {name: resource(resources, kind) for name, kind in shape.provided.items()}
        return found

    def _check_query(self, request: Request) -> None:
        unknown = sorted(set(request.query_params) - self._shape.query_names)
        if unknown:
            detail = "this parameter is not known here"
            raise BadRequest(issues=[Issue(IssueKind.UNKNOWN_INPUT, detail, "query", safe_name(name)) for name in unknown[:20]])
        if any("\0" in value for value in request.query_params.values()):
            raise BadRequest.about("query", None, "the NUL character is not accepted")

    def _check_media_type(self, request: Request) -> None:
        given = request.headers.get("content-type")
        empty = "transfer-encoding" not in request.headers and request.headers.get("content-length", "0") == "0"
        if given is None and empty:
            return  # a missing body is an issue of its own
        if (given or "").partition(";")[0].strip().lower() not in self._rules.consumes:
            raise UnsupportedMediaType(self._rules.consumes)
