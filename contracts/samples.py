"""One valid example of each event, the same at every run; its sealed boxes hold nothing and open with no key."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from contracts.codes import Cause
from contracts.envelope import Envelope
from contracts.errors import DeclarationError
from contracts.protocols import protocol_id
from contracts.registry import Event
from contracts.schema import schema_of
from contracts.sealed import Sealed

_NAMESPACE = UUID("6f0b7d1e-3c55-5b0a-9d5e-2f1f5c0f7a11")  # only to make example ids, drawn once
_PERSON = uuid5(_NAMESPACE, "person")
_HAPPENED = datetime(2025, 3, 3, 9, 30, tzinfo=UTC)
_DIGEST = hashlib.sha256(b"an example").hexdigest()

# What stands in fields that their type alone does not explain.
_VALUES: Mapping[str, Any] = {
    "about": "registration",
    "agency": "agii",
    "basis": "dayAfterPosting",
    "channel": "paper",
    "classes": ["dossier"],
    "completeUntil": "2025-03-02",
    "contentDigest": _DIGEST,
    "ground": "request",
    "kind": "content",
    "language": "nl",
    "means": "email",
    "note": "log.hub.example/notices/2025\n1\nbm90IGEgcm9vdA==\n",
    "origin": "log.hub.example/notices/2025",
    "outcome": "required",
    "period": "2024",
    "procedures": ["registration"],
    "purpose": "registrationConfirmation",
    "reasons": ["pendingDossier"],
    "root": "bm90IGEgcm9vdA==",
    "ruleId": "N13",
    "ruleSet": "newcomers.1",
    "schoolYear": 2024,
    "source": "vdabRegister",
    "template": "registrationConfirmation.nl.1",
    "flags": ["lateBySource"],
}


def sample(event: type[Event]) -> Envelope[Event]:
    """An event of this class with every field filled, in its envelope."""
    schema = schema_of(event)
    data = event.model_validate(_object(schema, schema.get("$defs", {}), event.event_type))
    flows = data.needed_flows()
    return Envelope(
        id=uuid5(_NAMESPACE, event.event_type),
        time=_HAPPENED,
        data=data,
        correlation_id=str(uuid5(_NAMESPACE, "correlation")),
        protocol_id=protocol_id(flows[0]) if flows else None,
        testmode=True,
    )


def _object(schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {name: _value(name, part, definitions, f"{path}.{name}") for name, part in schema["properties"].items()}


def _value(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any], path: str) -> Any:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "x-sealed" in schema:
        return Sealed.of(f"{_PERSON}:dossier", b"this example box opens with no key").wire
    if "enum" in schema:
        return Cause.NEWCOMER if name == "cause" else schema["enum"][0]
    if name in _VALUES:
        return _VALUES[name]
    match schema["type"]:
        case "array":
            return [_value(name, schema["items"], definitions, f"{path}[0]")]
        case "object":
            return _object(schema, definitions, path)
        case kind:
            form = schema.get("format", kind)
            return _word(name, schema, path) if form == "string" else _simple(name, form, path)


def _word(name: str, schema: Mapping[str, Any], path: str) -> str:
    """A text without an example of its own is shown by its own name, where its form allows that."""
    if not re.search(schema.get("pattern", ""), name):
        raise DeclarationError(f"{path}: its name is no example of it; add one to _VALUES in contracts/samples.py")
    return name


def _simple(name: str, kind: str, path: str) -> Any:
    if kind == "uuid":
        return str(_PERSON if name in ("personId", "survivorId") else uuid5(_NAMESPACE, path))
    return {"date": "2025-03-03", "date-time": "2025-03-03T09:30:00Z", "integer": 1, "boolean": True}[kind]
