"""What is known of one request while it is handled: its trace ids, its door, its caller."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.requests import Request

from chassis.http.auth import Authenticator, Caller
from chassis.uow import Units

_VISIT = "hub.visit"


@dataclass(slots=True)
class Visit:
    """One request. `trace_id` is ours (Belgif `trc-header`: generated, not copied); `related_trace_id` is the sender's."""

    method: str
    related_trace_id: str | None
    trace_id: str = field(default_factory=lambda: str(uuid4()))
    started: float = field(default_factory=time.perf_counter)
    route: str = ""
    caller: Caller | None = None
    status: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the doors of one app stand on; `build_app` puts it in `app.state.surroundings`."""

    authenticator: Authenticator
    units: Units


def begin(scope: dict[str, Any] | Any, visit: Visit) -> None:
    """Tie the visit to the request."""
    scope[_VISIT] = visit


def visit_of(request: Request) -> Visit:
    """The visit of this request."""
    found = request.scope[_VISIT]
    assert isinstance(found, Visit)
    return found


def surroundings_of(request: Request) -> Surroundings:
    """What the app of this request stands on."""
    found = request.app.state.surroundings
    assert isinstance(found, Surroundings)
    return found


def resource(resources: Mapping[type, object], kind: type) -> object:
    """Something the service was composed with, by its type.

    Raises:
        TypeError: it was composed without one.
    """
    found = resources.get(kind)
    if not isinstance(found, kind):
        raise TypeError(f"the service was composed without a {kind.__name__}")
    return found
