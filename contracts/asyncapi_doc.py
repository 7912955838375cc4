"""The AsyncAPI 3.0 document of a service: its one channel and the messages on it."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.envelope import CONTENT_TYPE
from contracts.protocols import protocol_id
from contracts.registry import Event, ServiceName

# The attributes of every record (CloudEvents 1.0; `service` is Belgif's, the lower-case ones after it are ours).
ENVELOPE_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Envelope",
    "description": "A CloudEvent in structured JSON; an attribute that has no value is left out.",
    "type": "object",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid", "description": "The same for every copy of this event: deduplicate by it"},
        "type": {"type": "string"},
        "source": {"type": "string", "format": "uri"},
        "service": {"type": "string"},
        "time": {"type": "string", "format": "date-time", "description": "When it happened; never the order, which is data.version"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "sensitivity": {"enum": ["operational", "pseudonymous", "sealed"]},
        "partitionkey": {"type": "string", "description": "The person, or the source for events about no person; also the record key"},
        "causationid": {"type": "string", "description": "The event that led to this one"},
        "correlationid": {"type": "string", "description": "The same along a whole journey"},
        "protocolid": {"type": "string", "description": "The data protocol under which it travels"},
        "testmode": {"type": "boolean", "description": "True in a sandbox"},
        "data": {"type": "object"},
    },
    "required": ["specversion", "id", "type", "source", "service", "time", "datacontenttype", "dataschema", "data"],
}


def asyncapi(service: ServiceName, declared: Iterable[type[Event]], files: Mapping[str, str]) -> dict[str, Any]:
    """The document; `files` gives each event type's path below `schemas/` and `examples/`."""
    own = [event for event in declared if event.service == service]
    messages = {_name(event): _message(event, files[event.event_type]) for event in own}
    channel = f"#/channels/{service.name}"
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Open services hub: {service.name}",
            "version": f"{service.major}.0.0",
            "description": "Events of one service, in order per person. Readers expect duplicates, disorder across topics and new fields.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            service.name: {
                "address": service.topic,
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            f"announce{name}": {
                "action": "send",
                "channel": {"$ref": channel},
                "messages": [{"$ref": f"{channel}/messages/{name}"}],
            }
            for name in messages
        },
        "components": {"messages": messages},
    }


def _name(event: type[Event]) -> str:
    return event.__name__


def _message(event: type[Event], file: str) -> dict[str, Any]:
    return {
        "name": event.event_type,
        "title": _name(event),
        "summary": (event.__doc__ or "").split("\n", maxsplit=1)[0],
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [
                {"$ref": "../schemas/envelope.json"},
                {"properties": {"type": {"const": event.event_type}, "data": {"$ref": f"../schemas/{file}"}}},
            ]
        },
        "x-sensitivity": event.sensitivity.value,
        "x-protocols": {flow: protocol_id(flow) for flow in event.flows},
        "x-example": f"../examples/{file}",
    }
