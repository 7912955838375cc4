"""Identifiers that sort by the time they were made."""

from uuid import RFC_4122

from chassis.ids import uuid7


def test_ids_are_version_7_of_the_standard_and_differ() -> None:
    made = [uuid7() for _ in range(1000)]

    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert len(set(made)) == 1000


def test_ids_sort_by_millisecond() -> None:
    made = [uuid7() for _ in range(1000)]

    stamps = [one.int >> 80 for one in made]
    assert stamps == sorted(stamps)
