"""Writes that are put off do together what they would have done one after the other."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.intake import outcomes
from chassis.writing import together, write
from tests.support.shop import Shop, somebody

_STAND = text("""
    INSERT INTO inbox (event_id) SELECT unnest(CAST(:ids AS uuid[]))  -- a remark (with a bracket) and a quote's mark
    ON CONFLICT DO NOTHING
""")
_COUNT = text("""
    WITH here AS MATERIALIZED (SELECT ')' AS bracket, count(*) AS n FROM unnest(CAST(:ids AS uuid[])) AS t (id)),
         met AS (INSERT INTO person (person_id) SELECT unnest(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING RETURNING person_id)
    UPDATE person SET claims = 7 WHERE person_id = ANY(CAST(:known AS uuid[])) AND (SELECT n FROM here) > 0
""")


async def test_two_statements_go_together_with_their_own_parameters_and_parts(shop: Shop) -> None:
    anne, bert, event = *somebody(2), *somebody()
    async with shop.units.open() as uow:
        await uow.take([bert])
        uow.later(_STAND, {"ids": [event]})
        uow.later(_COUNT, {"ids": [anne], "known": [bert]})

    assert together([_STAND, _COUNT]) is not None
    assert await shop.rows("SELECT event_id FROM inbox") == [(event,)]
    assert dict(await shop.rows("SELECT person_id, claims FROM person")) == {anne: 1, bert: 7}


async def test_what_uses_the_same_names_goes_one_after_the_other(shop: Shop) -> None:
    anne, bert = somebody(2)
    assert together([_COUNT, _COUNT]) is None
    async with shop.database.transaction() as connection:
        await write(connection, [(_COUNT, {"ids": [anne], "known": []}), (_COUNT, {"ids": [bert], "known": [anne]})])
    assert dict(await shop.rows("SELECT person_id, claims FROM person")) == {anne: 7, bert: 1}


async def test_a_statement_finds_what_was_put_off_before_it(shop: Shop) -> None:
    [event] = somebody()
    async with shop.units.open() as uow:
        uow.later(_STAND, {"ids": [event]})
        assert [row.event_id for row in await uow.all(text("SELECT event_id FROM inbox"))] == [event]
        uow.later(_STAND, {"ids": somebody()})
        assert await uow.execute(text("DELETE FROM inbox")) == 2
    assert await shop.rows("SELECT event_id FROM inbox") == []


async def test_what_was_put_off_goes_with_a_unit_that_fails(shop: Shop) -> None:
    async def fail() -> None:
        async with shop.units.open() as uow:
            uow.later(_STAND, {"ids": somebody()})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await shop.rows("SELECT event_id FROM inbox") == []


@given(st.lists(st.sampled_from(["simple", "of two", "with ')' and --"]), min_size=2, max_size=3, unique=True))
def test_the_statement_that_does_what_several_do_is_made_once_an_order(kinds: Sequence[str]) -> None:
    known = {"simple": _STAND, "of two": _COUNT, "with ')' and --": outcomes._RECORD}
    statements = [known[kind] for kind in kinds]
    one = together(statements)
    assert one is together(statements)
    assert one is not None
    assert "remark" not in one.text
    assert one.text.count("(") == one.text.count(")") + one.text.count("'('") - one.text.count("')'")
