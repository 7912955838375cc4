"""The published description of the doors: OpenAPI 3.0.3, as Belgif asks (`oas-contra`), made from what FastAPI knows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from chassis.http.problems import MEDIA_TYPE

_SCHEME = "oauth2"
_GENERIC = re.compile(r"(?P<outer>[A-Za-z0-9]+)_(?P<of>[A-Za-z0-9]+)_")
_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}

DEFAULT_RESPONSE: Final[Mapping[str, Any]] = {
    "description": "A problem; its types are listed under `/refData/problemTypes`",
    "content": {MEDIA_TYPE: {"schema": _PROBLEM_REF}},
}

_ISSUE = {
    "type": "object",
    "required": ["type", "title", "in"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "detail": {"type": "string"},
        "in": {"type": "string", "enum": ["body", "path", "query", "header"]},
        "name": {"type": "string", "example": "titles[0].validFrom"},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:problem-type:belgif:badRequest"},
        "href": {"type": "string", "description": "Page that explains the type"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri"},
        "issues": {"type": "array", "items": {"$ref": "#/components/schemas/Issue"}},
    },
}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "The client's own key for this request; repeated under the same key it is answered again, not done again (48 hours)",
    "schema": {"type": "string", "minLength": 8, "maxLength": 130},
}


def door(scope: str, *, idempotent: bool, streams: Sequence[str] | None) -> dict[str, Any]:
    """What FastAPI cannot know of a door: its scope, its key, and the body it streams."""
    found: dict[str, Any] = {"security": [{_SCHEME: [scope]}]}
    if idempotent:
        found["parameters"] = [_KEY_PARAMETER]
    if streams:
        schema = {"type": "string", "description": "One JSON object a line"}
        found["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in streams}}
    return found


def describe(app: FastAPI, scopes: Mapping[str, str], token_url: str) -> dict[str, Any]:
    """The OpenAPI 3.0.3 document of an app; scopes with what they allow."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = {_component(name): schema for name, schema in components.get("schemas", {}).items()}
    components["schemas"] = schemas | {"Problem": _PROBLEM, "Issue": _ISSUE}
    components["securitySchemes"] = {
        _SCHEME: {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": dict(scopes)}}}
    }
    return document | {"openapi": "3.0.3", "paths": _older(document.get("paths", {})), "components": _older(components)}


def _component(name: str) -> str:
    """`OutcomePage` for pydantic's `Page_OutcomeView_` (Belgif `oas-comp`: UpperCamelCase)."""
    generic = _GENERIC.fullmatch(name)
    return generic["of"].removesuffix("View") + generic["outer"] if generic else name


def _older(node: Any) -> Any:
    """The same in the words of OpenAPI 3.0: no null type, no `const`, one `example`, boolean exclusive bounds; and no closed objects."""
    if isinstance(node, list):
        return [_older(part) for part in node]
    if not isinstance(node, dict):
        return node
    found = {key: _older(value) for key, value in node.items()}
    if found.get("additionalProperties") is False:
        del found["additionalProperties"]
    if isinstance(reference := found.get("$ref"), str):
        path, _, name = reference.rpartition("/")
        found["$ref"] = f"{path}/{_component(name)}"
    if isinstance(found.get("title"), str):
        del found["title"]  # pydantic's, made from the name
    if "const" in found and not isinstance(found["const"], dict):
        found["enum"] = [found.pop("const")]
    if isinstance(examples := found.get("examples"), list):
        found |= {"example": examples[0]} if examples else {}
        del found["examples"]
    for bound, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(bound), int | float) and not isinstance(found[bound], bool):
            found[plain], found[bound] = found[bound], True
    return _without_null(found)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """`X or null` as `X`: what is absent is left out, never null (Belgif `jsn-null`)."""
    choices = schema.get("anyOf")
    if not isinstance(choices, list):
        return schema
    kept = [choice for choice in choices if choice != {"type": "null"}]
    if len(kept) == len(choices):
        return schema
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"} or (key == "default" and value is not None)}
    if len(kept) > 1:
        return {"anyOf": kept} | rest
    # Beside a reference OpenAPI 3.0 reads nothing else.
    return kept[0] | rest if "$ref" not in kept[0] else {"allOf": kept} | rest
