"""CloudEvents 1.0 in structured JSON: the one codec between events and bytes, for bus, feed, webhook and archive."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, TypeVar, overload
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from contracts.errors import EnvelopeError, MalformedEnvelope, UnknownEventType, UnknownVersion
from contracts.registry import Event, Sensitivity, find

__all__ = ["CONTENT_TYPE", "Envelope", "EnvelopeError", "MalformedEnvelope", "UnknownEventType", "UnknownVersion", "decode", "encode"]

CONTENT_TYPE = "application/cloudevents+json"

# Required by CloudEvents 1.0 (id, source, specversion, type), by Belgif `async-ctxt` (service), and by us so that a record explains itself.
_REQUIRED = ("id", "source", "type", "service", "time", "datacontenttype", "dataschema")

E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E_co]):
    """An event with its CloudEvents attributes; `time` is when it happened, by the business clock, and never says in which order."""

    id: UUID
    time: datetime
    data: E_co
    causation_id: str | None = None
    correlation_id: str | None = None
    protocol_id: str | None = None
    testmode: bool = False

    @property
    def type(self) -> str:
        """The event type."""
        return self.data.event_type

    @property
    def source(self) -> str:
        """The producing service as a URN."""
        return self.data.service.source

    @property
    def service(self) -> str:
        """The producing service with its major version."""
        return self.data.service.service

    @property
    def sensitivity(self) -> Sensitivity:
        """What it says about people."""
        return self.data.sensitivity

    @property
    def partition_key(self) -> str:
        """What the bus orders by."""
        return self.data.partition_key


def schema_urn(event: type[Event]) -> str:
    """The `dataschema` attribute: where in the contracts the data's schema stands."""
    return f"urn:async-schema:{event.event_type}"


def encode(envelope: Envelope[Event]) -> bytes:
    """The envelope as one JSON object without nulls; the data is dumped once."""
    event = envelope.data
    parts = [
        _head(type(event)),
        f',"id":"{envelope.id}","time":"{_timestamp(envelope.time)}","partitionkey":"{event.partition_key}"'.encode("ascii"),
    ]
    for name, value in (
        (b',"causationid":', envelope.causation_id),
        (b',"correlationid":', envelope.correlation_id),
        (b',"protocolid":', envelope.protocol_id),
    ):
        if value is not None:
            parts += (name, to_json(value))
    if envelope.testmode:
        parts.append(b',"testmode":true')
    parts += (b',"data":', event.__pydantic_serializer__.to_json(event, exclude_none=True), b"}")
    return b"".join(parts)


@overload
def decode(record: bytes) -> Envelope[Event]: ...
@overload
def decode(record: bytes, wanted: Container[type[Event]]) -> Envelope[Event] | None: ...
def decode(record: bytes, wanted: Container[type[Event]] | None = None) -> Envelope[Event] | None:
    """Read a record; it is parsed once, and nothing is made of the data of one that is not `wanted`.

    Raises:
        MalformedEnvelope: it is no CloudEvent of ours, or its data does not fit.
        UnknownEventType: its type is not declared in any imported contract.
        UnknownVersion: its service's major version is another.
    """
    attributes = _attributes(record)
    event = find(attributes["type"])
    if attributes["service"] != event.service.service or attributes["source"] != event.service.source:
        raise MalformedEnvelope("service or source contradicts the type")
    if wanted is not None and event not in wanted:
        return None
    try:
        data = event.__pydantic_validator__.validate_python(attributes.get("data"), by_alias=True, by_name=False)
    except ValidationError as error:
        # Places and kinds only: a value may be personal.
        places = ", ".join(
            f"{'.'.join(map(str, found['loc'])) or 'data'}: {found['type']}"
            for found in error.errors(include_input=False, include_url=False)
        )
        raise MalformedEnvelope(f"data of {event.event_type} does not fit ({places})") from None
    return Envelope(
        id=_identifier(attributes["id"]),
        time=_instant(attributes["time"]),
        data=data,
        causation_id=_text(attributes, "causationid"),
        correlation_id=_text(attributes, "correlationid"),
        protocol_id=_text(attributes, "protocolid"),
        testmode=attributes.get("testmode") is True,
    )


@cache
def _head(event: type[Event]) -> bytes:
    """Everything in the envelope that is the same for all events of a class, without the closing brace."""
    return to_json(
        {
            "specversion": "1.0",
            "type": event.event_type,
            "source": event.service.source,
            "service": event.service.service,
            "datacontenttype": "application/json",
            "dataschema": schema_urn(event),
            "sensitivity": event.sensitivity,
        }
    )[:-1]


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _attributes(record: bytes) -> dict[str, Any]:
    try:
        attributes = from_json(record, allow_inf_nan=False)
    except ValueError:
        raise MalformedEnvelope("the record is not JSON") from None
    if not isinstance(attributes, dict):
        raise MalformedEnvelope("the record is not a JSON object")
    if attributes.get("specversion") != "1.0":
        raise MalformedEnvelope("specversion is not 1.0")
    for name in _REQUIRED:
        if not isinstance(attributes.get(name), str):
            raise MalformedEnvelope(f"attribute {name} is missing or no text")
    return attributes


def _identifier(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise MalformedEnvelope("attribute id is no UUID") from None


def _instant(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedEnvelope("attribute time is no instant with an offset")
    return moment


def _text(attributes: dict[str, Any], name: str) -> str | None:
    value = attributes.get(name)
    if value is None or isinstance(value, str):
        return value
    raise MalformedEnvelope(f"attribute {name} is no text")
