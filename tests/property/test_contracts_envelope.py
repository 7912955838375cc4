"""Whatever an event says, it comes off the bus as it went on, and a record with anything else in it is refused by name."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.catalogue import catalogue
from contracts.envelope import Envelope, decode, encode
from contracts.errors import EnvelopeError, MalformedEnvelope
from contracts.registry import Event
from contracts.samples import sample
from contracts.schema import schema_of
from contracts.sealed import Sealed

Schema = dict[str, Any]
CLASSES = [catalogue()[name] for name in sorted(catalogue())]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# RFC 3339 knows offsets in whole minutes; what a time zone was before 1900 is no business of ours.
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=OFFSETS)  # noqa: DTZ001 - the strategy adds the zone
FORMS: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids().map(str),
    "date": st.dates().map(str),
    "date-time": MOMENTS.map(datetime.isoformat),
}


def boxes() -> st.SearchStrategy[dict[str, str]]:
    """Sealed fields on the wire."""
    return st.builds(lambda person, raw: Sealed.of(f"{person}:dossier", raw).wire, st.uuids(), st.binary(min_size=29, max_size=60))


def values(schema: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    """Everything that the published schema of a field allows."""
    if "$ref" in schema:
        return values(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "x-sealed" in schema:
        return boxes()
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return MAKERS[schema["type"]](schema, definitions)


def lists(schema: Schema, definitions: Schema) -> st.SearchStrategy[Any]:
    return st.lists(values(schema["items"], definitions), min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 3), 3))


def numbers(schema: Schema, _: Schema) -> st.SearchStrategy[Any]:
    return st.integers(schema.get("minimum", -(2**63)), schema.get("maximum", 2**53 - 1))


def texts(schema: Schema, _: Schema) -> st.SearchStrategy[Any]:
    if (made := FORMS.get(schema.get("format", ""))) is not None:
        return made
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z", fullmatch=True)
    few = min(schema.get("maxLength", 20), 20)
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=schema.get("minLength", 0), max_size=few)


def objects(schema: Schema, definitions: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with every required field and any of the others."""
    if "properties" not in schema:
        return st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), TEXTS, max_size=2)
    fields = {name: values(part, definitions) for name, part in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: made for name, made in fields.items() if name in required},
        optional={name: made for name, made in fields.items() if name not in required},
    )


MAKERS: dict[str, Callable[[Schema, Schema], st.SearchStrategy[Any]]] = {
    "array": lists,
    "boolean": lambda *_: st.booleans(),
    "integer": numbers,
    "object": objects,
    "string": texts,
}
ENVELOPES = {event: objects(schema_of(event), schema_of(event).get("$defs", {})) for event in CLASSES}


@st.composite
def envelopes(draw: st.DrawFn, event: type[Event]) -> Envelope[Event]:
    """Envelopes around any event of this class."""
    # Journey and cause are texts: partners choose them.
    causation, correlation, protocol = (draw(st.none() | TEXTS) for _ in range(3))
    data = event.model_validate(draw(ENVELOPES[event]), by_alias=True)
    return Envelope(draw(st.uuids()), draw(MOMENTS), data, causation, correlation, protocol, draw(st.booleans()))


@pytest.mark.parametrize("event", CLASSES, ids=lambda event: event.__name__)
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_event_that_its_schema_allows_comes_back_as_it_went(event: type[Event], data: st.DataObject) -> None:
    sent = data.draw(envelopes(event))

    record = encode(sent)

    found = decode(record)
    assert found == sent
    assert type(found.data) is event
    assert found.time.utcoffset() == UTC.utcoffset(None)
    assert encode(found) == record
    # Whoever reads by attributes, since it was written by somebody else, reads the same.
    assert decode(json.dumps(dict(reversed(json.loads(record).items()))).encode()) == sent


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(CLASSES).flatmap(envelopes))
def test_the_record_is_cloud_events_json_that_any_reader_reads_the_same(sent: Envelope[Event]) -> None:
    attributes = json.loads(encode(sent))

    assert attributes["specversion"] == "1.0"
    assert (attributes["type"], attributes["partitionkey"]) == (sent.type, sent.partition_key)
    assert datetime.fromisoformat(attributes["time"]) == sent.time
    given_texts = {"causationid": sent.causation_id, "correlationid": sent.correlation_id, "protocolid": sent.protocol_id}
    assert {name: attributes.get(name) for name in given_texts} == given_texts
    assert attributes.get("testmode", False) is sent.testmode
    assert None not in attributes.values()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CLASSES), st.binary(min_size=1, max_size=3), st.data())
def test_a_damaged_record_is_another_event_or_refused_and_nothing_else(event: type[Event], noise: bytes, data: st.DataObject) -> None:
    record = encode(sample(event))
    at = data.draw(st.integers(0, len(record) - 1))
    damaged = record[:at] + noise + record[at + data.draw(st.integers(0, 3)) :]

    try:
        found = decode(damaged)
    except EnvelopeError:
        return
    assert found.type in catalogue()


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CLASSES), st.data())
def test_a_record_that_breaks_off_anywhere_is_malformed(event: type[Event], data: st.DataObject) -> None:
    record = encode(sample(event))

    with pytest.raises(MalformedEnvelope):
        decode(record[: data.draw(st.integers(0, len(record) - 1))])


@pytest.mark.parametrize("event", CLASSES, ids=lambda event: event.__name__)
def test_each_required_field_that_is_missing_is_named_and_no_optional_one_is_missed(event: type[Event]) -> None:
    record = json.loads(encode(sample(event)))
    required = set(schema_of(event).get("required", ()))
    for name in record["data"]:
        data = {other: value for other, value in record["data"].items() if other != name}
        lacking = json.dumps(record | {"data": data}).encode()
        if name in required:
            with pytest.raises(MalformedEnvelope, match=f"{name}: missing"):
                decode(lacking)
        else:
            assert decode(lacking).type == event.event_type


@pytest.mark.parametrize("event", CLASSES, ids=lambda event: event.__name__)
def test_no_field_of_any_event_takes_null_on_the_wire_for_a_required_value(event: type[Event]) -> None:
    record = json.loads(encode(sample(event)))
    for name in schema_of(event).get("required", ()):
        with pytest.raises(MalformedEnvelope, match=name):
            decode(json.dumps(record | {"data": record["data"] | {name: None}}).encode())
