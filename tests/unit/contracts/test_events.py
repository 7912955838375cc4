"""The events of the hub: thin, sealed where they are personal, addressed to those who have a part in them."""

from datetime import date
from uuid import uuid4

import pytest
from pydantic import ValidationError

from contracts.catalogue import catalogue
from contracts.codes import Cause, NewcomerOutcome, Reason, RegistrationState
from contracts.identifiers import PersonId
from contracts.people import PersonFacts
from contracts.registration import RegistrationHeld
from contracts.registry import Event, Sensitivity
from contracts.schema import schema_of


def held(cause: Cause) -> RegistrationHeld:
    return RegistrationHeld(
        person_id=PersonId(uuid4()),
        registration_id=uuid4(),
        case_id=uuid4(),
        cause=cause,
        state=RegistrationState.WAITING,
        outcome=NewcomerOutcome.REQUIRED,
        rule_id="N13",
        rule_set="newcomers.1",
        reasons=(Reason.PENDING_DOSSIER,),
        effective_on=date(2025, 3, 3),
        version=1,
    )


@pytest.mark.parametrize("event", catalogue().values(), ids=lambda event: event.__name__)
def test_an_event_is_called_sealed_exactly_when_something_in_it_is(event: type[Event]) -> None:
    assert (event.sensitivity is Sensitivity.SEALED) == ("x-sealed" in str(schema_of(event)))


# Names under which personal data would travel in the open.
_PERSONAL = {"ssin", "familyName", "givenName", "birthDate", "address", "street", "email", "phone", "value", "contactLanguage", "nis"}


@pytest.mark.parametrize("event", catalogue().values(), ids=lambda event: event.__name__)
def test_nothing_personal_travels_in_the_open(event: type[Event]) -> None:
    schema = schema_of(event)
    fields = set(schema["properties"]) | {name for part in schema.get("$defs", {}).values() for name in part.get("properties", {})}
    assert fields.isdisjoint(_PERSONAL)


@pytest.mark.parametrize("event", catalogue().values(), ids=lambda event: event.__name__)
def test_every_event_says_what_happened(event: type[Event]) -> None:
    assert event.__doc__
    assert event.__doc__ != Event.__doc__
    assert event.event_type.split(".")[5] == "notify"


def test_a_feed_has_a_part_only_in_its_own_cases() -> None:
    assert held(Cause.NEWCOMER).needed_flows() == ("registrationToIntegration",)
    assert held(Cause.LEAVER).needed_flows() == ("registrationToEducation",)


def test_codes_become_plain_text_on_the_wire() -> None:
    event = held(Cause.NEWCOMER)
    assert event.outcome == NewcomerOutcome.REQUIRED
    assert '"outcome":"required","ruleId":"N13"' in event.model_dump_json()


@pytest.mark.parametrize("change", [{"version": 0}, {"outcome": "Not A Code"}, {"cause": "other"}, {"ruleId": ""}])
def test_an_event_that_makes_no_sense_cannot_be_made(change: dict[str, object]) -> None:
    sent = held(Cause.LEAVER).model_dump(mode="json", by_alias=True)
    with pytest.raises(ValidationError):
        RegistrationHeld.model_validate(sent | change)


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        held(Cause.LEAVER).version = 2  # type: ignore[misc] # frozen


def test_what_is_known_of_a_person_never_shows_the_number() -> None:
    facts = PersonFacts.model_validate({"ssin": "06641000507", "familyName": "Peeters", "birthDate": "2006-04"})
    assert "06641000507" not in repr(facts)
    assert PersonFacts.model_validate_json(facts.model_dump_json(exclude_none=True)) == facts
