"""The published OpenAPI documents are what the doors are, and no door asks for a person in its address."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chassis.http.models import Body
from contracts import export
from devkit import openapi
from tests.architecture.house.personal_data import is_personal
from tests.support.doors import calling, doors
from tests.support.tokens import Tokens

VERBS = {"get", "put", "post", "patch", "delete"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((f"{verb} {path}", operation) for verb, operation in item.items() if verb in VERBS)


@pytest.fixture(params=sorted(openapi.apps()))
def service(request: pytest.FixtureRequest) -> str:
    """Each service in turn."""
    return str(request.param)


@pytest.fixture
def document(service: str) -> dict[str, Any]:
    """What is published of its doors."""
    found: dict[str, Any] = json.loads((export.HERE / "openapi" / f"{service}.json").read_text("utf-8"))
    return found


def bodies(parent: type[Body] = Body) -> Iterator[type[Body]]:
    """Every body of every service; the fixtures above loaded them."""
    for body in parent.__subclasses__():
        yield body
        yield from bodies(body)


def lax(schema: object) -> Iterator[str]:
    """Numbers and booleans in a compiled body that are read from something else, too."""
    if isinstance(schema, dict):
        if schema.get("type") in {"int", "bool", "float"} and not schema.get("strict"):
            yield str(schema["type"])
        for name, part in schema.items():
            if name not in {"metadata", "default", "serialization"}:
                yield from lax(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from lax(part)


def test_no_body_reads_a_number_or_a_yes_from_what_is_none() -> None:
    found = [body for body in bodies() if body.__module__.startswith(("chassis", "services"))]
    assert len(found) > 20
    assert [f"{body.__name__}: {kind}" for body in found for kind in lax(body.__pydantic_core_schema__)] == []


def test_nothing_published_is_stale() -> None:
    assert export.export_openapi(openapi.apps(), check=True) == [], "run `make contracts`"


async def test_a_running_service_tells_the_same(service: str, document: dict[str, Any]) -> None:
    (recipe,) = [found for found in openapi.SERVICES if found(openapi.NOWHERE).name == service]
    async with calling(doors(recipe(openapi.NOWHERE).apis, Tokens())) as client:
        served: httpx.Response = await client.get("/doc/openapi.json")

    assert served.json()["paths"] == document["paths"]


def test_every_door_asks_for_a_scope(document: dict[str, Any]) -> None:
    assert [name for name, operation in operations(document) if not operation.get("security")] == []


def test_no_address_holds_anything_of_a_person(document: dict[str, Any]) -> None:
    asked = [
        (name, parameter["in"], parameter["name"])
        for name, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if is_personal(parameter["name"])
    ]

    assert asked == []
