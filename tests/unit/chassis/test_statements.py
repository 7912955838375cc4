"""Statements for the driver: arguments find their places whatever the order they were given in, and a text is made once."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.statements import prepared

TOYS = Table(
    "toys",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", String),
    Column("count", Integer),
    Column("sold", Boolean),
    Column("day", Date),
    Column("at", DateTime(timezone=True)),
    Column("raw", LargeBinary),
    Column("said", JSONB),
)
ORDERED = ("a", "b", "c", "d")


@given(
    st.permutations(ORDERED),
    st.lists(st.sampled_from(ORDERED), min_size=1, max_size=8),
    st.dictionaries(st.sampled_from(ORDERED), st.integers()),
)
def test_arguments_come_in_the_order_of_their_places_however_they_were_given(
    given_in: list[str], named: list[str], values: dict[str, int]
) -> None:
    statement = select(*(bindparam(name, type_=Integer) for name in named))
    params = {name: values.get(name, 0) for name in given_in}
    made = prepared(statement, params)
    arguments = made.arguments(params)

    # A name that is used twice has one place, or two with the same argument.
    for number, (name, _, _) in enumerate(made.places):
        assert arguments[number] == params[name]
        assert f"${number + 1}" in made.text
    assert {name for name, _, _ in made.places} == set(named)
    assert f"${len(made.places) + 1}" not in made.text


def test_an_argument_that_is_missing_is_named_and_more_than_needed_is_no_harm() -> None:
    made = prepared(text("SELECT :a, :b"), {"a": 1, "b": 2})

    with pytest.raises(KeyError, match="b"):
        made.arguments({"a": 1})
    assert made.arguments({"b": 2, "a": 1, "c": 3}) == [1, 2]
    assert made.arguments({"a": None, "b": None}) == [None, None]


def test_what_stands_in_the_statement_itself_need_not_be_given_and_can_be() -> None:
    made = prepared(statement := text("SELECT :a, :b").bindparams(b=7), {"a": 1})

    assert made.arguments({"a": 1}) == [1, 7]
    assert made.arguments({"a": 1, "b": 8}) == [1, 8]
    assert prepared(statement, {"a": 2}) is made


def test_a_statement_is_put_into_text_once_for_all_its_arguments() -> None:
    statement = text("SELECT :a")

    assert prepared(statement, {"a": 1}) is prepared(statement, {"a": 2})
    assert prepared(statement, {"a": 1}) is not prepared(text("SELECT :a"), {"a": 1})


def test_an_insert_takes_its_columns_from_the_names_of_what_is_given() -> None:
    statement = insert(TOYS)
    few, more = {"id": UUID(int=1), "name": "bear"}, {"id": UUID(int=1), "count": 2}

    assert "(id, name)" in prepared(statement, few).text
    assert "(id, count)" in prepared(statement, more).text
    assert prepared(statement, few).arguments(few) == [UUID(int=1), "bear"]
    assert prepared(statement, dict(reversed(few.items()))).arguments(few) == [UUID(int=1), "bear"]


def test_an_update_keeps_what_it_sets_apart_from_what_it_looks_for() -> None:
    statement = update(TOYS).where(TOYS.c.name == bindparam("old")).values(name=bindparam("new"))
    params = {"new": "hare", "old": "bear"}
    made = prepared(statement, params)

    assert made.text.index("SET name=$1") < made.text.index("WHERE")
    assert made.arguments(params) == ["hare", "bear"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(JSON)
def test_json_goes_in_as_bytes_and_says_the_same(value: Any) -> None:
    statement = text("SELECT :said").bindparams(bindparam("said", type_=JSONB))
    [sent] = prepared(statement, {"said": value}).arguments({"said": value})

    assert isinstance(sent, bytes)
    assert json.loads(sent) == value


def test_what_is_no_json_goes_to_the_driver_as_it_is() -> None:
    values = {
        "id": UUID(int=1),
        "name": "bear",
        "count": 2,
        "sold": True,
        "day": date(2026, 2, 2),
        "at": datetime(2026, 2, 2, tzinfo=UTC),
        "raw": b"\x00\xff",
        "said": {"a": None},
    }
    made = prepared(insert(TOYS), values)

    assert made.arguments(values) == [*list(values.values())[:-1], b'{"a":null}']


def test_a_list_that_would_change_the_text_is_refused_when_it_is_written() -> None:
    statement = TOYS.select().where(TOYS.c.name.in_(bindparam("names", expanding=True)))

    with pytest.raises(AssertionError, match="ANY"):
        prepared(statement, {"names": ["a"]})
