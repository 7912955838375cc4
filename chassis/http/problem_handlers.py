"""How each exception below a door becomes a problem document."""

from http import HTTPStatus
from uuid import UUID, uuid4

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from chassis import logs
from chassis.errors import Unavailable
from chassis.http.problems import (
    MEDIA_TYPE,
    BadRequest,
    InternalServerError,
    MethodNotAllowed,
    Problem,
    ResourceNotFound,
    ServiceUnavailable,
)
from chassis.http.validation import bad_request
from contracts.errors import InvalidIdentifier

_log = logs.logger("http")


def install(app: FastAPI) -> None:
    """Make every failure of this app answer with a problem document."""
    app.exception_handler(Problem)(_problem)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_framework)
    app.exception_handler(Unavailable)(_unavailable)
    app.exception_handler(InvalidIdentifier)(_invalid_identifier)


def answer(problem: Problem, instance: UUID | None = None) -> Response:
    """The response for a problem."""
    return Response(problem.body(instance or uuid4()), problem.status, problem.headers, MEDIA_TYPE)


async def _problem(_: Request, error: Problem) -> Response:
    return answer(error)


async def _invalid(_: Request, error: RequestValidationError) -> Response:
    return answer(bad_request(error.errors()))


async def _invalid_identifier(_: Request, error: InvalidIdentifier) -> Response:
    """A number that only the use case could judge; the reason is a code, the value is never in the error."""
    return answer(BadRequest.about("body", error.kind, str(error.reason)))


async def _unavailable(_: Request, error: Unavailable) -> Response:
    instance = uuid4()
    _log.warning("unavailable", instance=str(instance), cause=type(error).__name__)
    return answer(ServiceUnavailable(), instance)


async def _framework(_: Request, error: HTTPException) -> Response:
    """What the framework refuses by itself; its own text could repeat the request."""
    return answer(_of_status(error))


def _of_status(error: HTTPException) -> Problem:
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return ResourceNotFound()
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed((error.headers or {}).get("Allow"))
        case HTTPStatus.BAD_REQUEST:
            return BadRequest.about("body", None, "the body could not be read")
        case _:
            return InternalServerError()
