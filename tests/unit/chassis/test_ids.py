"""Identifiers that sort by the order they were made in."""

import time
from uuid import RFC_4122

import pytest

from chassis.ids import uuid7


def test_ids_are_version_7_of_the_standard_and_differ() -> None:
    made = [uuid7() for _ in range(1000)]

    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert len(set(made)) == 1000


def test_ids_sort_by_millisecond() -> None:
    made = [uuid7() for _ in range(1000)]

    stamps = [one.int >> 80 for one in made]
    assert stamps == sorted(stamps)


def test_what_is_made_in_order_sorts_in_order() -> None:
    made = [uuid7() for _ in range(10_000)]
    assert made == sorted(made)


def test_a_clock_that_is_set_back_makes_no_earlier_identifier(monkeypatch: pytest.MonkeyPatch) -> None:
    before = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert uuid7() > before
