"""Records on the bus that are no events of ours, too large, or about what nobody knows: parked with their cause while the rest goes on."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from chassis.bus.errors import RecordTooLarge
from chassis.bus.port import Outgoing
from contracts.envelope import Envelope, encode
from contracts.identifiers import PersonId
from contracts.persons import PersonDeceased
from tests.e2e.doors.stand import FAMILY_NAME, FEED, STREET, TODAY, Stand, contract, participant, reference, residence

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOPIC = PersonDeceased.topic
SSIN = "06641000507"


def event(**changed: Any) -> dict[str, Any]:
    """The envelope of a death nobody announced, as a stranger may change it; None leaves an attribute out."""
    died = PersonDeceased(person_id=PersonId(uuid4()), deceased_on=TODAY, version=1)
    whole: dict[str, Any] = json.loads(encode(Envelope(id=uuid4(), time=datetime.now(UTC), data=died)))
    return {name: value for name, value in (whole | changed).items() if value is not None}


def as_bytes(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


OF_ANOTHER_VERSION = PersonDeceased.event_type.replace(".v1.", ".v9.")
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "no JSON": (f"ssin={SSIN} {FAMILY_NAME}".encode, "malformedEnvelope"),
    "nothing": (lambda: b"", "malformedEnvelope"),
    "bytes": (lambda: bytes(range(256)), "malformedEnvelope"),
    "an array": (lambda: as_bytes([event()]), "malformedEnvelope"),
    "deeply nested": (lambda: b'{"data":' * 5_000 + b"1" + b"}" * 5_000, "malformedEnvelope"),
    "another version of CloudEvents": (lambda: as_bytes(event(specversion="0.3")), "malformedEnvelope"),
    "no id": (lambda: as_bytes(event(id=None)), "malformedEnvelope"),
    "an id that is none": (lambda: as_bytes(event(id=SSIN)), "malformedEnvelope"),
    "no time": (lambda: as_bytes(event(time=None)), "malformedEnvelope"),
    "a time without its offset": (lambda: as_bytes(event(time="2026-01-01T00:00:00")), "malformedEnvelope"),
    "data that does not fit": (lambda: as_bytes(event(data={"personId": FAMILY_NAME, "street": STREET})), "malformedEnvelope"),
    "no data": (lambda: as_bytes(event(data=None)), "malformedEnvelope"),
    "another service's source": (lambda: as_bytes(event(source="urn:async-source:be.vdab.somebody")), "malformedEnvelope"),
    "an unknown type": (lambda: as_bytes(event(type="be.vdab.registration.v1.persons.notify.teleported")), "unknownEventType"),
    "a type with a NUL": (lambda: as_bytes(event(type="be.vdab.registration.v1.\0.notify.x")), "unknownEventType"),
    "an unknown service": (lambda: as_bytes(event(type="be.vdab.weather.v1.storms.notify.seen")), "unknownEventType"),
    "an unknown version": (lambda: as_bytes(event(type=OF_ANOTHER_VERSION)), "unknownVersion"),
}


@pytest.mark.parametrize("what", BAD)
async def test_a_record_that_is_no_event_of_ours_is_parked_with_its_cause_and_the_rest_goes_on(stand: Stand, what: str) -> None:
    value, cause = BAD[what]
    before = {service: len(await stand.parked(service)) for service in stand.services}
    ssin, name = stand.person(), reference()
    await stand.publishes(*(Outgoing(TOPIC, key, value()) for key in (b"somebody", b"somebody else")))
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", residence(ssin))
    await stand.settled()
    await stand.sends("agii", f"/integrationFeed/v1/participants/{reference()}", participant(ssin))
    await stand.sends("agii", f"/integrationFeed/v1/contracts/{name}", contract(ssin))
    await stand.settled()

    current = (await stand.current_outcomes("agii", "integrationFeed"))["contract", name]
    assert (current["result"], current["reason"]) == ("waiting", "vdabRegister"), "registration's answer came past the bad records"
    for service in stand.services:
        fresh = (await stand.parked(service))[before[service] :]
        consumer = stand.services[service].service.consumer
        assert consumer is not None
        assert [item["cause"] for item in fresh] == ([cause] * 2 if TOPIC in consumer.topics else []), (service, fresh)
        shown = json.dumps(fresh, ensure_ascii=False)
        assert not [secret for secret in (SSIN, FAMILY_NAME, STREET) if secret in shown]
        for item in fresh:
            assert (item["topic"], item["direction"]) == (TOPIC, "in")
    await stand.leaks_nothing(ssin, SSIN, FAMILY_NAME, STREET)
    await stand.unharmed()


async def test_a_parked_record_is_discarded_once_and_only_by_its_id(stand: Stand) -> None:
    await stand.publishes(Outgoing(TOPIC, b"somebody", b"{"))
    await stand.settled()
    [service, *_] = [name for name in stand.services if await stand.parked(name)]
    parked = await stand.parked(service)
    by = {"by": "operator1"}
    assert (await stand.inside(service, "POST", f"/parked/{uuid4()}/discards", json=by)).status_code == 404
    for item in parked:
        again = await stand.inside(service, "POST", f"/parked/{item['id']}/redrives", json=by)
        assert (again.status_code, again.json()["redriven"]) == (200, 0), again.text
        assert (await stand.inside(service, "POST", f"/parked/{item['id']}/discards", json=by)).status_code in {200, 204}
        assert (await stand.inside(service, "POST", f"/parked/{item['id']}/discards", json=by)).status_code == 404
    assert await stand.parked(service) == []
    await stand.unharmed()


async def test_a_record_beyond_the_limit_of_its_topic_is_refused_by_the_bus(stand: Stand) -> None:
    with pytest.raises(RecordTooLarge):
        await stand.publishes(Outgoing(TOPIC, b"somebody", b"x" * 1_000_001))
    await stand.settled()
    await stand.unharmed()


async def test_a_large_record_below_the_limit_is_parked_as_any_other(stand: Stand) -> None:
    before = len(await stand.parked(FEED))
    await stand.publishes(Outgoing(TOPIC, b"somebody", b'{"padding":"' + b"x" * 900_000 + b'"}'))
    await stand.settled()
    assert [item["cause"] for item in (await stand.parked(FEED))[before:]] == ["malformedEnvelope"]
    await stand.unharmed()


async def test_the_largest_facts_a_door_takes_still_fit_on_the_bus(stand: Stand) -> None:
    """Every text at its longest and in the widest script: what is announced of it stays below the limit of a record."""
    wide, ssin = "\U0001f600" * 200, stand.person()
    parked = [await stand.parked(service) for service in stand.services]
    address = {"street": wide, "number": "9" * 12, "box": "9" * 12, "postCode": "9" * 12, "municipality": wide}
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", residence(ssin, address=address))
    identity = residence(ssin, kind="identity", nis=None, address=None, familyName=wide, givenName=wide)
    await stand.sends("vdab", f"/registration/v1/personChanges/{reference()}", identity)
    titles = [{"ground": "g" * 64, "validFrom": "2026-01-01", "validTo": "2026-12-31", "rightToWork": True}] * 50
    await stand.sends("agii", f"/integrationFeed/v1/participants/{reference()}", participant(ssin, titles=titles))
    name = reference()
    long = contract(ssin, familyName=wide, givenName=wide, agency="a" * 64, programmeStatus="p" * 64)
    await stand.sends("agii", f"/integrationFeed/v1/contracts/{name}", long)
    await stand.settled()
    assert (await stand.current_outcomes("agii", "integrationFeed"))["contract", name]["result"] == "held"
    assert [await stand.parked(service) for service in stand.services] == parked
    await stand.unharmed()
