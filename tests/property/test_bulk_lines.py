"""A line of a bulk body, whatever a partner wrote in it: read, or parked with a typed reason that repeats nothing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.http.auth import Caller
from chassis.intake.bulk_line import LineForm
from chassis.intake.kinds import FactKind
from services.integration_feed.kinds import CONTRACT
from services.registration.kinds import PERSON_CHANGE

CALLER = Caller("vdab", "0999990321", frozenset({"registration.write", "integrationFeed.write"}))
KINDS: dict[str, FactKind[Any]] = {"personChange": PERSON_CHANGE, "contract": CONTRACT}
FORM = LineForm(CALLER, KINDS, 64 * 1024)
DEATH = {"ssin": "06641000507", "kind": "death", "on": "2026-03-02"}
WHOLE: dict[str, Any] = {"operation": "put", "kind": "personChange", "reference": "m-1", "sourceVersion": 3, "record": DEATH}
REASONS = {
    "malformedJson",
    "unknownKind",
    "invalidReference",
    "unknownOperation",
    "missingScope",
    "unknownField",
    "missingField",
    "invalidValue",
    "invalidSsin",
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*WHOLE, *DEATH])
SECRET = "Vandenbroucke"


def raw(members: object) -> bytes:
    return json.dumps(members).encode()


@given(st.binary(max_size=80))
def test_bytes_of_any_kind_are_parked_and_raise_nothing(line: bytes) -> None:
    read = FORM.read(1, line)

    assert (read.command, read.number) == (None, 1)
    assert read.reason in REASONS


@settings(max_examples=150)
@given(NAMES, VALUES, st.booleans())
def test_any_value_in_any_place_is_read_or_parked_with_a_reason_we_know(name: str, value: Any, inside: bool) -> None:
    members = WHOLE | ({"record": DEATH | {name: value}} if inside else {name: value})
    read = FORM.read(7, raw(members))

    assert read.number == 7
    assert (read.command is None) == (read.reason is not None)
    assert read.reason is None or read.reason in REASONS


@given(NAMES, st.booleans())
def test_what_is_parked_repeats_nothing_that_could_be_personal(name: str, inside: bool) -> None:
    value = f"{SECRET} 06641000508"
    members = WHOLE | ({"record": DEATH | {name: value}} if inside else {name: value})
    read = FORM.read(1, raw(members))

    # A number is checked where numbers are known, in the vault.
    if name != "ssin":
        assert read.command is None
    if read.command is None:
        assert SECRET not in repr(read)
        assert "06641000508" not in repr(read)


@given(st.text(max_size=20))
def test_an_unknown_member_is_never_taken(name: str) -> None:
    if name in {*WHOLE, *DEATH, ""}:
        return
    read = FORM.read(1, raw(WHOLE | {name: 1}))

    assert read.command is None
    assert read.reason in {"unknownField", "malformedJson"}  # a NUL is no name at all


@given(st.permutations(list(WHOLE)), st.permutations(list(DEATH)), st.sampled_from([None, 1, 2]))
def test_the_order_of_members_and_the_spaces_between_them_mean_nothing(outer: list[str], inner: list[str], indent: int | None) -> None:
    shuffled = {name: WHOLE[name] for name in outer} | {"record": {name: DEATH[name] for name in inner}}
    line = json.dumps(shuffled, indent=indent).replace("\n", " ").encode()

    assert FORM.read(1, line) == FORM.read(1, raw(WHOLE))


@given(st.integers())
def test_a_source_version_is_a_whole_number_that_every_reader_keeps_exact(version: int) -> None:
    read = FORM.read(1, raw(WHOLE | {"sourceVersion": version}))

    assert (read.source_version == version) is (1 <= version <= 2**53 - 1)
    assert (read.reason is None) is (1 <= version <= 2**53 - 1)


@pytest.mark.parametrize("version", [1.5, None, [1], {}, "one", 2**53, 0, -1])
def test_what_is_no_source_version_is_refused(version: object) -> None:
    assert FORM.read(1, raw(WHOLE | {"sourceVersion": version})).command is None


@given(st.sampled_from(sorted(KINDS)), st.sampled_from([frozenset[str](), frozenset({"registration.read"})]))
def test_a_caller_without_the_scope_of_a_kind_sends_none_of_it(kind: str, scopes: frozenset[str]) -> None:
    form = LineForm(Caller("vdab", "0999990321", scopes), KINDS, 64 * 1024)
    read = form.read(1, raw(WHOLE | {"kind": kind}))

    assert (read.command, read.reason, read.detail) == (None, "missingScope", KINDS[kind].scope)


@given(st.sampled_from(["delete", "put"]), st.integers(1, 9))
def test_a_command_says_who_sends_what_and_from_which_line(operation: str, number: int) -> None:
    members = WHOLE
    if operation == "delete":
        members = {name: WHOLE[name] for name in WHOLE if name != "record"} | {"operation": "delete", "kind": "contract"}
    command = FORM.read(number, raw(members)).command

    assert command is not None
    assert (command.organisation, command.client_id, command.line) == (CALLER.organisation, CALLER.client_id, number)
    assert (command.operation, command.reference, command.source_version) == (operation, "m-1", 3)
    assert (command.body is None) is (operation == "delete")


def test_a_line_that_was_too_long_is_parked_with_the_limit() -> None:
    read = FORM.read(4, None)

    assert (read.number, read.command, read.reason) == (4, None, "tooLong")
    assert str(64 * 1024) in (read.detail or "")
