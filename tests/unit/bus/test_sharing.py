"""Partitions are shared out evenly, whatever the members."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.bus.postgres.sharing import Survey

MEMBERS = st.lists(st.integers(min_value=1, max_value=99_999), min_size=1, max_size=20, unique=True)


@given(MEMBERS, st.integers(min_value=1, max_value=1000), st.integers(min_value=1, max_value=64))
def test_the_shares_add_up_and_differ_by_one_at_most(members: list[int], reading: int, partitions: int) -> None:
    shares = [Survey(members).fair_share(reading, partitions, member) for member in members]

    assert sum(shares) == partitions
    assert max(shares) - min(shares) <= 1


@given(MEMBERS, st.integers(min_value=1, max_value=64))
def test_who_is_no_member_has_no_share(members: list[int], partitions: int) -> None:
    assert Survey(members).fair_share(1, partitions, 100_000) == 0


def test_what_does_not_divide_goes_to_another_member_in_the_next_topic() -> None:
    survey = Survey([7, 8])
    assert {survey.fair_share(reading, 1, 7) for reading in (1, 2)} == {0, 1}


def test_free_is_what_nobody_owns() -> None:
    assert Survey([7], {0: 7, 2: 9}).free(4) == [1, 3]
