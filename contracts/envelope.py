"""CloudEvents 1.0 in structured JSON: the one codec between events and bytes, for bus, feed, webhook and archive."""

import re
from collections.abc import Container
from datetime import UTC, datetime
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar, overload
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import SchemaValidator, core_schema, from_json, to_json

from contracts.errors import EnvelopeError, MalformedEnvelope, UnknownEventType, UnknownVersion
from contracts.registry import Event, Sensitivity, find

__all__ = ["CONTENT_TYPE", "Envelope", "EnvelopeError", "MalformedEnvelope", "UnknownEventType", "UnknownVersion", "decode", "encode"]

CONTENT_TYPE = "application/cloudevents+json"

# Required by CloudEvents 1.0 (id, source, specversion, type), by Belgif `async-ctxt` (service), and by us so that a record explains itself.
_REQUIRED = ("id", "source", "type", "service", "time", "datacontenttype", "dataschema")

E_co = TypeVar("E_co", bound=Event, covariant=True)


class Envelope(NamedTuple, Generic[E_co]):
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
    own = _by_head(record)
    if own is not None:
        if wanted is not None and own not in wanted:
            return None
        if (found := _of_ours(own, record)) is not None:
            return found
    return _decode(record, wanted)


def _decode(record: bytes, wanted: Container[type[Event]] | None) -> Envelope[Event] | None:
    """Read a record attribute by attribute, and say what is wrong with one that is no event of ours."""
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


# Heads as `encode` writes them: who begins with one has said everything that is the same for all events of its class, byte for byte.
_CLASSES: dict[bytes, type[Event]] = {}
_AFTER_HEAD, _LONGEST_HEAD = b',"id":"', 1000
_TYPE = re.compile(rb'\{"specversion":"1\.0","type":"([A-Za-z0-9.]+)"')


def _by_head(record: bytes) -> type[Event] | None:
    """The class of a record that `encode` may have written; None says only that it must be read attribute by attribute."""
    end = record.find(_AFTER_HEAD, 0, _LONGEST_HEAD)
    if end < 0:
        return None
    head = record[:end]
    if (found := _CLASSES.get(head)) is None and (named := _TYPE.match(head)) is not None:
        event = find(named[1].decode("ascii"))
        if _head(event) == head:
            found = _CLASSES[head] = event
    return found


def _of_ours(event: type[Event], record: bytes) -> Envelope[Event] | None:
    """What stands after the head, read in one go; None when it does not fit, so that somebody else says why."""
    try:
        said = _validator(event).validate_json(b"{" + record[len(_head(event)) + 1 :], by_alias=True, by_name=False)
    except ValidationError:
        return None
    get = said.get
    return Envelope(
        said["id"], said["time"], said["data"], get("causationid"), get("correlationid"), get("protocolid"), get("testmode") is True
    )


@cache
def _validator(event: type[Event]) -> SchemaValidator:
    """Reads everything in the envelope of these events that is not in their head."""
    field, text = core_schema.typed_dict_field, core_schema.nullable_schema(core_schema.str_schema(strict=True))
    instant = core_schema.datetime_schema(tz_constraint="aware")
    return SchemaValidator(
        core_schema.typed_dict_schema(
            {
                "id": field(core_schema.uuid_schema(), required=True),
                "time": field(instant, required=True),
                "data": field(event.__pydantic_core_schema__, required=True),
                "causationid": field(text, required=False),
                "correlationid": field(text, required=False),
                "protocolid": field(text, required=False),
                "testmode": field(core_schema.any_schema(), required=False),
            }
        )
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
