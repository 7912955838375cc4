"""Rows of the database: tuples whose columns have names, taken in few ways that refuse what was not expected."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.rows import Answer, Row, row_class


def row_of(names: tuple[str, ...], *values: object) -> Row:
    """As the driver's rows become ours."""
    made: Callable[..., Row] = row_class(names)
    return made(*values)


NAMES = st.lists(st.from_regex(r"[a-z][a-z_]{0,10}[a-z]", fullmatch=True), min_size=1, max_size=6, unique=True).map(tuple)


@given(NAMES, st.data())
def test_a_column_is_an_attribute_a_place_and_a_member_of_the_mapping(names: tuple[str, ...], data: st.DataObject) -> None:
    values = data.draw(st.lists(st.integers() | st.none() | st.text(), min_size=len(names), max_size=len(names)))
    row = row_of(tuple(f"c_{name}" for name in names), *values)

    assert tuple(row) == tuple(values)
    assert [getattr(row, f"c_{name}") for name in names] == values
    assert row.mapping == {f"c_{name}": value for name, value in zip(names, values, strict=True)}


def test_rows_of_the_same_columns_are_of_one_class() -> None:
    assert row_class(("a", "b")) is row_class(("a", "b"))
    assert row_class(("a", "b")) is not row_class(("b", "a"))


def test_a_column_whose_name_is_no_name_keeps_its_place() -> None:
    row = row_of(("?column?", "class", "kept"), 1, 2, 3)

    assert tuple(row) == (1, 2, 3)
    assert row.kept == 3


ROWS = [row_of(("number", "name"), number, str(number)) for number in range(3)]


def test_every_way_of_taking_an_answer_takes_the_same_rows() -> None:
    answer = Answer(ROWS)

    assert list(answer) == list(answer.all()) == ROWS
    assert answer.scalars() == [0, 1, 2]
    assert list(answer) == ROWS  # it is no stream that is used up


def test_one_row_is_one_and_none_is_none_where_that_is_allowed() -> None:
    assert Answer(ROWS[1:2]).one() == Answer(ROWS[1:2]).one_or_none() == (1, "1")
    assert (Answer(ROWS[1:2]).scalar_one(), Answer(ROWS[1:2]).scalar_one_or_none()) == (1, 1)
    assert Answer([]).one_or_none() is None
    assert Answer([]).scalar_one_or_none() is None
    assert Answer([row_of(("n",), None)]).scalar_one() is None


@pytest.mark.parametrize(
    "take",
    [Answer.one, Answer.one_or_none, Answer.scalar_one, Answer.scalar_one_or_none],
    ids=["one", "one or none", "scalar", "scalar or none"],
)
def test_several_rows_where_one_was_expected_are_refused(take: Callable[[Answer], Any]) -> None:
    with pytest.raises(ValueError, match="3 rows where one was expected"):
        take(Answer(ROWS))


@pytest.mark.parametrize("take", [Answer.one, Answer.scalar_one], ids=["one", "scalar"])
def test_no_row_where_one_was_expected_is_refused(take: Callable[[Answer], Any]) -> None:
    with pytest.raises(ValueError, match="no row where one was expected"):
        take(Answer([]))
