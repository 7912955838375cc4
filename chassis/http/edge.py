"""The outermost layers of every app, in pure ASGI: trace ids, a last resort for faults, the access log, and the limit on bodies."""

import asyncio
import re
import time
import traceback
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import logs
from chassis.http import visit
from chassis.http.problem_handlers import answer
from chassis.http.problems import InternalServerError, PayloadTooLarge
from chassis.http.visit import Visit

TRACE_ID = "BelGov-Trace-Id"
RELATED_TRACE_ID = "BelGov-Related-Trace-Id"

Observer = Callable[[Visit, float], None]

# How much more of a refused body is read, and how long, before the connection is closed on a client that does not stop.
_LINGER_BYTES, _LINGER_S = 16 * 1024 * 1024, 5.0

_TRACE = re.compile(r"[A-Za-z0-9_.:-]{1,36}")
_log = logs.logger("http")


def log_access(seen: Visit, seconds: float) -> None:
    """One line a request: the door's template, never its path or query; routes without a door (health, documents) are left out."""
    if seen.route:
        _log.info(
            "request",
            method=seen.method,
            route=seen.route,
            status=seen.status,
            milliseconds=round(seconds * 1000, 1),
            client=seen.caller.client_id if seen.caller else None,
            trace=seen.trace_id,
        )


class Edge:
    """Gives each request its trace id, tells the observers about it, and turns what nobody caught into a 500 without its cause."""

    def __init__(self, app: ASGIApp, observers: tuple[Observer, ...]) -> None:
        self._app = app
        self._observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(TRACE_ID)
        seen = Visit(scope["method"], given if given and _TRACE.fullmatch(given) else None)
        visit.begin(scope, seen)

        async def send_traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                _trace(message, seen)
            await send(message)

        try:
            await self._app(scope, receive, send_traced)
        except Exception as error:
            instance = uuid4()
            _log.error("fault", instance=str(instance), trace=seen.trace_id, cause=_causes(error), where=_where(error))
            if seen.status:
                raise  # half an answer is out: the server must cut the connection
            await answer(InternalServerError(), instance)(scope, receive, send_traced)
        finally:
            for observe in self._observers:
                observe(seen, time.perf_counter() - seen.started)


class BodyLimit:
    """Refuses to read a request body beyond its limit in bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; reading beyond the limit raises `PayloadTooLarge` in whoever reads."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        too_large = declared.isdecimal() and int(declared) > self._limit
        taken = 0

        async def receive_limited() -> Message:
            nonlocal taken, too_large
            if too_large:
                raise PayloadTooLarge(self._limit)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                too_large = True
                raise PayloadTooLarge(self._limit)
            return message

        async def send_lingering(message: Message) -> None:
            if too_large and message["type"] == "http.response.body" and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await _rest_dropped(receive)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, receive_limited, send_lingering)


async def _rest_dropped(receive: Receive) -> None:
    """Read on for a while after the answer: a connection closed over unread bytes is reset, and its client never sees the answer.

    RFC 9112, section 9.6.
    """
    dropped = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while dropped < _LINGER_BYTES:
                message = await receive()
                dropped += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


def _trace(message: MutableMapping[str, Any], seen: Visit) -> None:
    headers = MutableHeaders(scope=message)
    headers[TRACE_ID] = seen.trace_id
    if seen.related_trace_id:
        headers[RELATED_TRACE_ID] = seen.related_trace_id


def _causes(error: BaseException) -> str:
    """The types of the error and its causes; never their messages: a driver's message repeats the row (`DETAIL: Key (..)=(..)`)."""
    names = []
    current: BaseException | None = error
    while current is not None:
        names.append(type(current).__name__)
        current = current.__cause__
    return " < ".join(names)


def _where(error: BaseException) -> list[str]:
    """The innermost frames: module, line and function."""
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-5:]]
