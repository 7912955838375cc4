"""No data flows without a protocol that is valid on the day, and outside the sandbox none that nobody verified."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.catalogue import catalogue
from contracts.errors import DeclarationError, UnknownFlow
from contracts.protocols import FLOWS, NAMES, Standing, check, protocol, protocol_id, valid

TODAY = date(2025, 6, 1)


def test_every_flow_of_the_hub_has_a_protocol() -> None:
    assert {
        "educationToRegistration",
        "integrationToRegistration",
        "registrationToEducation",
        "registrationToIntegration",
        "registrationToNotification",
        "integrationToNotification",
    } == NAMES
    assert all(protocol_id(flow) == f"hub:{flow}:1" for flow in NAMES)


def test_both_ends_of_the_validity_count() -> None:
    row = replace(protocol("integrationToRegistration"), valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1)]
    assert [valid(row.flow, day, sandbox=True, rows=[row]) for day in days] == [False, True, True, False]


def test_outside_the_sandbox_only_a_verified_protocol_counts() -> None:
    row = protocol("integrationToRegistration")
    assert valid(row.flow, TODAY, sandbox=True)
    assert not valid(row.flow, TODAY, sandbox=False)
    assert valid(row.flow, TODAY, sandbox=False, rows=[replace(row, standing=Standing.VERIFIED)])


def test_nothing_shipped_claims_to_be_verified() -> None:
    assert {row.standing for row in FLOWS} == {Standing.UNVERIFIED, Standing.PROPOSAL}


def test_an_unknown_flow_is_an_error_and_never_valid() -> None:
    with pytest.raises(UnknownFlow):
        valid("everythingToEveryone", TODAY, sandbox=True)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"legal_basis": ""}, "leaves a field empty"),
        ({"elements": ()}, "leaves a field empty"),
        ({"valid_to": date(2000, 1, 1)}, "ends before it begins"),
    ],
)
def test_a_register_that_makes_no_sense_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(DeclarationError, match=complaint):
        check([replace(FLOWS[0], **change)])  # type: ignore[arg-type] # deliberately any field


def test_one_flow_has_one_protocol_a_day() -> None:
    first = replace(FLOWS[0], valid_to=date(2024, 12, 31))
    check([first, replace(first, protocol_id="hub:next", valid_from=date(2025, 1, 1), valid_to=None)])
    with pytest.raises(DeclarationError, match="overlaps"):
        check([first, replace(first, protocol_id="hub:next", valid_from=date(2024, 12, 31), valid_to=None)])
    with pytest.raises(DeclarationError, match="used twice"):
        check([first, first])


def test_stop_messages_need_no_protocol() -> None:
    stops = ("persons.notify.deceased", "persons.notify.merged", "persons.notify.erased", "objections.notify.received")
    assert all(not event.flows for name, event in catalogue().items() if name.endswith(stops))
