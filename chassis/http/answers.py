"""What a door gives back: a model, or an `Answer` that adds a status, a location or a version to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from starlette.responses import Response

from chassis.http.conditional import etag

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Model]):
    """A body with what HTTP says about it: `location` as a path below the API, `version` as the resource's ETag."""

    body: Model
    status: int | None = None
    location: str | None = None
    version: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer as bytes, ready to be sent or kept for a replay."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def response(self, extra: Mapping[str, str] | None = None) -> Response:
        """The answer for the server to send."""
        kind = "application/json" if self.body else None
        return Response(self.body, self.status, {**self.headers, **(extra or {})}, kind)


class Renderer:
    """Turns what one endpoint returns into bytes, with pydantic-core and without a second validation."""

    def __init__(self, returns: Any, status: int) -> None:
        self.model = _model(returns)
        self._status = status
        self._adapter: TypeAdapter[Any] | None = None if self.model is None else TypeAdapter(self.model)

    def render(self, given: object) -> Rendered:
        """The bytes of a body or an `Answer`, without nulls."""
        answer = given if isinstance(given, Answer) else Answer(given)
        body = b"" if answer.body is None else self._dump(answer.body)
        return Rendered(answer.status or self._status, _headers(answer), body)

    def _dump(self, body: object) -> bytes:
        if isinstance(body, BaseModel):
            return body.__pydantic_serializer__.to_json(body, by_alias=True, exclude_none=True)
        assert self._adapter is not None
        return self._adapter.dump_json(body, by_alias=True, exclude_none=True)


def _headers(answer: Answer[Any]) -> Mapping[str, str]:
    found = dict(answer.headers)
    if answer.location is not None:
        found["Location"] = answer.location
    if answer.version is not None:
        found["ETag"] = etag(answer.version)
    return found


def _model(returns: Any) -> Any:
    """`View` of `View` and of `Answer[View]`; nothing of `None`, `Answer[None]` and of a bare `Response`."""
    inner = get_args(returns)[0] if get_origin(returns) is Answer else returns
    if inner in (None, type(None)) or (isinstance(inner, type) and issubclass(inner, Response)):
        return None
    return inner
