"""The published description keeps the rules of the Belgif guide."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import yaml

from chassis.http.api import Api, DeclarationMistake, Uow
from chassis.http.models import Body, View
from tests.support.doors import calling, doors
from tests.support.tokens import Tokens


@pytest.fixture
async def document(anyone: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await anyone.get("/doc/openapi.json")).json()
    assert yaml.safe_load((await anyone.get("/doc/openapi.yaml")).text) == found
    return found


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(part)


def test_every_operation_has_a_scope_a_summary_a_tag_an_id_and_a_default_problem(document: dict[str, Any]) -> None:
    found = list(operations(document))

    assert len(found) == 9
    for operation in found:
        (scopes,) = [requirement["oauth2"] for requirement in operation["security"]]
        assert set(scopes) <= set(document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"])
        assert len(scopes) == len(operation["tags"]) == 1
        assert operation["summary"]
        assert re.fullmatch("[a-z][A-Za-z]+", operation["operationId"])
        problem = operation["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
        assert "422" not in operation["responses"]


def test_it_is_openapi_3_0_without_nulls_or_closed_objects(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.0.3"
    for node in nodes(document):
        assert node.get("type") != "null"
        assert not {"const", "additionalProperties", "examples"} & set(node)


def test_names_are_lower_camel_case_and_components_upper(document: dict[str, Any]) -> None:
    assert "OutcomePage" not in document["components"]["schemas"]
    for name, schema in document["components"]["schemas"].items():
        assert re.fullmatch("[A-Z][A-Za-z]+", name)
        assert all(re.fullmatch("[a-z][A-Za-z]*", member) for member in schema.get("properties", {}))
    for operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert re.fullmatch("[a-z][A-Za-z]*|[A-Z][a-z]+(-[A-Z][a-z]+)*", parameter["name"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = {node["$ref"] for node in nodes(document) if "$ref" in node}

    assert {reference.rpartition("/")[2] for reference in references} <= set(document["components"]["schemas"])


def test_a_streamed_body_and_an_empty_answer_are_described(document: dict[str, Any]) -> None:
    batch = document["paths"]["/registration/v1/factBatches"]["post"]
    gone = document["paths"]["/registration/v1/jobseekers/{reference}"]["delete"]

    assert list(batch["requestBody"]["content"]) == ["application/x-ndjson"]
    assert "content" not in gone["responses"]["204"]


class Thing(Body):
    name: str


class ThingView(View):
    id: str


async def test_an_idempotent_door_describes_its_key(tokens: Tokens) -> None:
    api = Api("/notification/v1", "notification")

    @api.post("/notices", scope="notification.write", summary="Make one", status=201, idempotent=True)
    async def create_notice(body: Thing, uow: Uow) -> ThingView:
        del uow
        return ThingView(id=body.name)

    async with calling(doors([api], tokens), tokens.bearer("vdab")) as client:
        document = (await client.get("/doc/openapi.json")).json()
        refused = await client.post("/notification/v1/notices", json={"name": "x"})
        malformed = await client.post("/notification/v1/notices", json={"name": "x"}, headers={"Idempotency-Key": "short"})

    assert document["paths"]["/notification/v1/notices"]["post"]["parameters"][0]["name"] == "Idempotency-Key"
    for response in (refused, malformed):
        assert (response.status_code, response.json()["issues"][0]["name"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("prefix", "path", "scope"),
    [
        ("/registration", "/things", "registration.read"),
        ("/registration/v1/", "/things", "registration.read"),
        ("/registration/v1", "/things/", "registration.read"),
        ("/registration/v1", "/fact_batches", "registration.read"),
        ("/registration/v1", "/things/{thing_id}", "registration.read"),
        ("/registration/v1", "/things", ""),
        ("/registration/v1", "/things", "notification.read"),
    ],
)
def test_a_door_against_the_rules_of_the_house_fails_at_import(prefix: str, path: str, scope: str) -> None:
    async def get_thing() -> ThingView:
        return ThingView(id="1")

    with pytest.raises(DeclarationMistake):
        Api(prefix, "registration").get(path, scope=scope, summary="A thing")(get_thing)


def test_an_idempotent_door_needs_a_unit_of_work() -> None:
    async def create_thing(body: Thing) -> ThingView:
        return ThingView(id=body.name)

    with pytest.raises(DeclarationMistake):
        Api("/registration/v1", "registration").post("/things", scope="registration.write", summary="x", idempotent=True)(create_thing)
