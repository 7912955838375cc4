"""A line of a bulk body carries its record beside its own members, or under `record` when a field is named like one of them."""

import json

import pytest

from chassis.http.auth import Caller
from chassis.intake.bulk_line import LineForm
from services.integration_feed.kinds import CONTRACT
from services.integration_feed.usecases.bodies import TerminationBody
from services.registration.kinds import PERSON_CHANGE
from services.registration.usecases.bodies import PersonChangeBody

CALLER = Caller("vdab", "0999990321", frozenset({"registration.write", "integrationFeed.write"}))
FORM = LineForm(CALLER, {"personChange": PERSON_CHANGE, "contract": CONTRACT}, 64 * 1024)
DEATH = {"ssin": "06641000507", "kind": "death", "on": "2026-03-02"}


def raw(**members: object) -> bytes:
    """A line as a sender writes it."""
    return json.dumps(members).encode()


def test_a_record_with_a_kind_of_its_own_stands_under_record() -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", sourceVersion=3, record=DEATH))
    assert line.command is not None
    assert isinstance(line.command.body, PersonChangeBody)
    assert (line.command.body.kind, line.command.source_version) == ("death", 3)


def test_the_source_version_may_stand_inside_the_record_too() -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", record=DEATH | {"sourceVersion": 2}))
    assert line.source_version == 2


def test_a_termination_goes_in_bulk() -> None:
    record = {"kind": "stopped", "on": "2026-03-02"}
    line = FORM.read(1, raw(operation="termination", kind="contract", reference="c-1", sourceVersion=2, record=record))
    assert line.command is not None
    assert isinstance(line.command.body, TerminationBody)


@pytest.mark.parametrize("record", ["text", 5, [DEATH]])
def test_a_record_that_is_no_object_is_refused(record: object) -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", sourceVersion=1, record=record))
    assert line.command is None
    assert line.reason in {"unknownField", "missingField"}


def test_an_unknown_field_inside_the_record_is_refused() -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", sourceVersion=1, record=DEATH | {"extra": 1}))
    assert line.reason == "unknownField"


@pytest.mark.parametrize("version", [True, "1", 1.0, "one", None, [1]])
def test_a_source_version_is_a_number_and_nothing_that_could_be_read_as_one(version: object) -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", sourceVersion=version, record=DEATH))
    assert (line.command, line.reason) == (None, "invalidValue")
    assert str(line.detail).startswith("sourceVersion: ")


@pytest.mark.parametrize("inner", [2, True, "3", None])
def test_a_line_that_says_two_source_versions_is_refused(inner: object) -> None:
    record = DEATH | {"sourceVersion": inner}
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", sourceVersion=3, record=record))
    assert (line.command, line.reason) == (None, "invalidValue")
    assert line.detail == "sourceVersion: says one thing in the line and another in its record"


def test_the_same_source_version_in_both_places_is_one() -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", sourceVersion=3, record=DEATH | {"sourceVersion": 3}))
    assert line.source_version == 3


def test_what_stands_twice_is_not_repeated_when_its_name_is_nobodys() -> None:
    line = FORM.read(1, raw(operation="put", kind="personChange", reference="m-1", **{"06641000507": 1}, record={"06641000507": 2}))
    assert line.reason == "invalidValue"
    assert "06641000507" not in repr(line)
