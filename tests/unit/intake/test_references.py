"""A reference is opaque."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.intake.references import objection


@given(st.uuids())
def test_every_uuid_is_a_reference(value: object) -> None:
    assert objection(str(value)) is None


@given(st.from_regex(r"[0-9]{11}", fullmatch=True), st.sampled_from(["", "x", "case_", "a-"]), st.sampled_from(["", "x", "_1", ".v2"]))
def test_no_eleven_digits_in_a_row(number: str, before: str, after: str) -> None:
    assert objection(f"{before}{number}{after}") is not None


@pytest.mark.parametrize("reference", ["", "a/b", "é", "a b", "x" * 65, "a\n", "\uff11\uff12", "1234567890", "123456789012"])
def test_other_things_that_are_no_reference(reference: str) -> None:
    assert objection(reference) is not None
