"""An event survives its way over the bus, and whatever else lies there is named for what it is."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.catalogue import catalogue
from contracts.codes import PersonChangeKind
from contracts.envelope import Envelope, decode, encode
from contracts.errors import MalformedEnvelope, UnknownEventType, UnknownVersion
from contracts.identifiers import PersonId, Region
from contracts.people import PersonFacts
from contracts.persons import PersonChanged
from contracts.registers import SourceChanged
from contracts.registry import Event
from contracts.samples import sample
from contracts.sealed import Sealed

PERSON = PersonId(UUID("5717e79d-f377-5362-b701-3fe5b8771ac8"))
MOVED = Envelope(
    id=uuid4(),
    time=datetime(2025, 3, 3, 9, 30, 1, 250000, tzinfo=UTC),
    data=PersonChanged(
        person_id=PERSON,
        kind=PersonChangeKind.RESIDENCE,
        changed_on=datetime(2025, 3, 3, tzinfo=UTC).date(),
        region=Region.BRUSSELS,
        version=2,
        person=Sealed[PersonFacts].of(f"{PERSON}:dossier", b"n" * 12 + b"ciphertext and its tag"),
    ),
    causation_id="0193-cause",
    correlation_id='a "quoted" journey',
    protocol_id="hub:registrationToNotification:1",
    testmode=True,
)


def wire(**changes: Any) -> bytes:
    """The record of MOVED with some attributes changed; None leaves one out."""
    attributes = json.loads(encode(MOVED)) | changes
    return json.dumps({name: value for name, value in attributes.items() if value is not None}).encode()


def test_what_is_encoded_decodes_to_the_same() -> None:
    assert decode(encode(MOVED)) == MOVED


def test_an_instant_is_written_in_utc_whatever_its_offset() -> None:
    summer = datetime(2025, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    record = encode(Envelope(id=uuid4(), time=summer, data=MOVED.data))
    assert json.loads(record)["time"] == "2025-07-01T10:00:00Z"
    assert decode(record).time == summer


def test_the_record_carries_every_attribute_that_belgif_asks_for() -> None:
    attributes = json.loads(encode(MOVED))
    data = attributes.pop("data")
    assert attributes == {
        "specversion": "1.0",
        "id": str(MOVED.id),
        "type": "be.vdab.registration.v1.persons.notify.changed",
        "source": "urn:async-source:be.vdab.registration",
        "service": "be.vdab.registration.v1",
        "time": "2025-03-03T09:30:01.250000Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:async-schema:be.vdab.registration.v1.persons.notify.changed",
        "sensitivity": "sealed",
        "partitionkey": str(PERSON),
        "causationid": "0193-cause",
        "correlationid": 'a "quoted" journey',
        "protocolid": "hub:registrationToNotification:1",
        "testmode": True,
    }
    assert data["kind"] == "residence"
    assert set(data["person"]) == {"key", "box"}


def test_absence_is_left_out_and_never_null() -> None:
    source = SourceChanged.model_validate({"source": "vdabRegister", "state": "unavailable", "version": 1})
    record = encode(Envelope(id=uuid4(), time=MOVED.time, data=source))
    assert b"null" not in record
    assert set(json.loads(record)["data"]) == {"source", "state", "version"}
    assert json.loads(record)["partitionkey"] == "urn:async-source:be.vdab.registration"


def test_a_reader_ignores_fields_and_attributes_it_does_not_know() -> None:
    data = json.loads(encode(MOVED))["data"] | {"colour": "blue"}
    assert decode(wire(data=data, traceparent="00-1-2-01")) == MOVED


def test_field_names_of_python_are_not_names_on_the_wire() -> None:
    data = json.loads(encode(MOVED))["data"]
    data["person_id"] = data.pop("personId")
    with pytest.raises(MalformedEnvelope, match="personId: missing"):
        decode(wire(data=data))


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"specversion": NaN}', b'"text"', b"[" * 100_000])
def test_what_is_no_json_object_is_malformed(record: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        decode(record)


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"id": None},
        {"id": "7"},
        {"id": 7},
        {"source": "urn:async-source:be.vdab.elsewhere"},
        {"service": "be.vdab.notification.v1"},
        {"service": None},
        {"time": None},
        {"time": "yesterday"},
        {"time": "2025-03-03T09:30:00"},
        {"datacontenttype": None},
        {"dataschema": None},
        {"type": 4},
        {"data": None},
        {"data": []},
        {"data": {}},
        {"correlationid": 12},
    ],
)
def test_an_envelope_that_lacks_or_contradicts_something_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedEnvelope):
        decode(wire(**changes))


@pytest.mark.parametrize(
    ("event_type", "error"),
    [
        ("be.vdab.registration.v1.persons.notify.vanished", UnknownEventType),
        ("be.vdab.registration.v2.persons.notify.changed", UnknownVersion),
        ("x" * 10_000, UnknownEventType),
    ],
)
def test_an_unknown_type_and_an_unknown_version_are_told_apart(event_type: str, error: type[Exception]) -> None:
    with pytest.raises(error) as refused:
        decode(wire(type=event_type))
    assert len(str(refused.value)) < 250


def test_the_message_about_bad_data_repeats_nothing_of_it() -> None:
    data = json.loads(encode(MOVED))["data"]
    data["changedOn"] = "06641000507"
    data["person"] = {"key": "Peeters", "box": "Kerkstraat 1"}
    with pytest.raises(MalformedEnvelope) as refused:
        decode(wire(data=data))
    assert "changedOn" in str(refused.value)
    assert not any(secret in str(refused.value) for secret in ("06641000507", "Peeters", "Kerkstraat"))
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("event", [catalogue()[name] for name in sorted(catalogue())], ids=sorted(catalogue()))
def test_a_record_of_ours_reads_as_one_whose_attributes_stand_in_another_order(event: type[Event]) -> None:
    record = encode(sample(event))
    shuffled = json.dumps(dict(reversed(json.loads(record).items()))).encode()

    assert decode(record) == decode(shuffled) == sample(event)
    assert decode(record, {event}) == sample(event)
    assert decode(record, ()) is decode(shuffled, ()) is None


@pytest.mark.parametrize(
    ("said", "broken", "why"),
    [
        (b'"id":"', b'"id":"x', "attribute id is no UUID"),
        (b'"time":"20', b'"time":"x', "attribute time is no instant"),
        (b'01.250000Z"', b'01.250000"', "attribute time is no instant"),
        (b'"causationid":"0193-cause"', b'"causationid":7', "attribute causationid is no text"),
        (b'"personId":"5717', b'"personId":"x', "does not fit [(]personId"),
        (b'"testmode":true', b'"testmode":tru', "the record is not JSON"),
    ],
)
def test_what_is_wrong_behind_a_head_of_ours_is_named(said: bytes, broken: bytes, why: str) -> None:
    record = encode(MOVED)
    assert said in record

    with pytest.raises(MalformedEnvelope, match=why):
        decode(record.replace(said, broken))
