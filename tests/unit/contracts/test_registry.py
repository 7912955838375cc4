"""An event class is registered once, by being declared."""

from datetime import date
from uuid import uuid4

import pytest

from contracts import registry
from contracts.errors import DeclarationError, UnknownEventType, UnknownVersion
from contracts.identifiers import PersonId
from contracts.registry import EDUCATION_FEED, NOTIFICATION, REGISTRATION, Event, Sensitivity, events, find, topics


@pytest.fixture(autouse=True)
def _forget_declarations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events declared in a test leave with it."""
    monkeypatch.setattr(registry, "_EVENTS", dict(registry._EVENTS))


def declare() -> type[Event]:
    class PupilTested(Event, type="pupils.notify.tested", service=EDUCATION_FEED, flows=("educationToRegistration",)):
        """A pupil left."""

        person_id: PersonId
        left_on: date

    return PupilTested


def test_declaring_a_class_registers_its_type_topic_flows_and_sensitivity() -> None:
    event = declare()
    assert event.event_type == "be.vdab.educationFeed.v1.pupils.notify.tested"
    assert (event.topic, event.flows) == ("vdab.education-feed.v1", ("educationToRegistration",))
    assert event.sensitivity is Sensitivity.PSEUDONYMOUS
    assert events()[event.event_type] is event
    assert find(event.event_type) is event
    assert topics([event]) == {"vdab.education-feed.v1"} <= topics()


def test_two_classes_of_one_type_fail_at_import() -> None:
    declare()
    with pytest.raises(DeclarationError, match=r"PupilTested and PupilTested are both of type"):
        declare()


def test_an_event_names_its_service() -> None:
    with pytest.raises(DeclarationError, match="names no service"):

        class Nobodys(Event, type="things.notify.lost"):
            person_id: PersonId


def test_an_event_is_about_a_person_or_says_that_it_is_not() -> None:
    with pytest.raises(DeclarationError, match="person_id"):

        class Nameless(Event, type="things.notify.happened", service=REGISTRATION):
            count: int

    with pytest.raises(DeclarationError, match="person_id"):

        class Both(Event, type="things.notify.counted", service=REGISTRATION, keyless=True):
            person_id: PersonId


def test_an_event_travels_on_known_flows_only() -> None:
    with pytest.raises(DeclarationError, match="everythingToEveryone"):

        class Leak(Event, type="things.notify.leaked", service=REGISTRATION, flows=("everythingToEveryone",)):
            person_id: PersonId


def test_the_person_orders_the_record_and_the_source_does_when_there_is_none() -> None:
    class Signed(Event, type="things.notify.signed", service=NOTIFICATION, keyless=True):
        size: int

    person = PersonId(uuid4())
    left = declare().model_validate({"personId": str(person), "leftOn": "2026-02-02"})
    assert (left.key, left.partition_key) == (person, str(person))
    assert (Signed(size=1).key, Signed(size=1).partition_key) == (None, "urn:async-source:be.vdab.notification")
    assert Signed.sensitivity is Sensitivity.OPERATIONAL


def test_a_base_of_several_events_is_not_an_event() -> None:
    before = len(events())

    class _About(Event):
        person_id: PersonId

    class Known(_About, type="things.notify.known", service=REGISTRATION):
        """One of several."""

    assert len(events()) == before + 1
    assert Known.event_type.endswith("things.notify.known")


@pytest.mark.parametrize(
    "event_type", ["", "leavers", "be.vdab.elsewhere.v1.things.notify.known", "be.vdab.educationFeed.v1.things.notify.new"]
)
def test_an_unknown_type_is_named(event_type: str) -> None:
    declare()
    with pytest.raises(UnknownEventType):
        find(event_type)


def test_another_major_version_is_told_apart_from_an_unknown_type() -> None:
    declare()
    with pytest.raises(UnknownVersion):
        find("be.vdab.educationFeed.v2.pupils.notify.tested")
