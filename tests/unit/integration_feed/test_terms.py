"""Sixty days and two months are not the same, and neither is always the stricter (`domain.md`, fact 4)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.integration_feed.domain.terms import terms_from

STATUTORY = "nieuwkomer.inschrijving.wettelijk"
POLICY = "nieuwkomer.inschrijving.beleid"
DAYS = st.dates(date(2022, 3, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("signed_on", "statutory", "policy"),
    [
        (date(2026, 1, 1), date(2026, 3, 2), date(2026, 3, 1)),
        (date(2026, 7, 1), date(2026, 8, 30), date(2026, 9, 1)),
        (date(2024, 1, 1), date(2024, 3, 1), date(2024, 3, 1)),
        (date(2026, 12, 31), date(2027, 3, 1), date(2027, 2, 28)),
        (date(2023, 12, 31), date(2024, 2, 29), date(2024, 2, 29)),
        (date(2026, 8, 31), date(2026, 10, 30), date(2026, 10, 31)),
    ],
)
def test_both_terms_run_from_the_signature(signed_on: date, statutory: date, policy: date) -> None:
    assert {term.rule_id: term.due_on for term in terms_from(signed_on)} == {STATUTORY: statutory, POLICY: policy}


def test_only_the_statutory_term_is_told_to_the_agency_as_overdue() -> None:
    assert [term.rule_id for term in terms_from(date(2026, 1, 1)) if term.statutory] == [STATUTORY]


def test_before_the_reform_there_is_no_term() -> None:
    assert terms_from(date(2022, 2, 28)) == ()


@given(DAYS)
def test_the_earlier_term_comes_first_and_none_is_shorter_than_59_days(anchor: date) -> None:
    terms = terms_from(anchor)
    assert list(terms) == sorted(terms, key=lambda term: (term.due_on, term.rule_id))
    assert all(timedelta(days=59) <= term.due_on - anchor <= timedelta(days=62) for term in terms)
