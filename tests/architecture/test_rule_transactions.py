"""The rules about commits, the clock and SQL each catch what they are for, and nothing else."""

import pytest

from tests.architecture.house.source import python
from tests.architecture.house.transactions import commits_only_in_db, no_built_sql, one_clock


@pytest.mark.parametrize(
    "line",
    [
        "await connection.commit()",
        "async with engine.begin() as c: ...",
        "engine = create_async_engine(url)",
        "await asyncpg.create_pool(url)",
    ],
)
def test_a_commit_outside_the_database_module_is_found(line: str) -> None:
    assert list(commits_only_in_db(python(f"async def f():\n    {line}\n")))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("await connection.commit()", "chassis/db.py"),
        ("await subscription.commit(positions)", "chassis/reader.py"),
        ("await attempts.begin(records)", "chassis/reader.py"),
        ("await connection.commit()", "tests/support/postgres.py"),
    ],
)
def test_a_commit_where_it_belongs_is_not(line: str, path: str) -> None:
    assert not list(commits_only_in_db(python(f"async def f():\n    {line}\n", path)))


@pytest.mark.parametrize("call", ["datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "time.time()", "datetime.utcnow()"])
def test_reading_the_machine_clock_is_found(call: str) -> None:
    assert list(one_clock(python(f"at = {call}\n")))


@pytest.mark.parametrize("call", ["clock.now()", "technical_now()", "time.monotonic()", "loop.time()", "self._clock.today()"])
def test_a_clock_that_was_handed_over_is_not(call: str) -> None:
    assert not list(one_clock(python(f"at = {call}\n")))


def test_the_clock_module_may_read_it() -> None:
    assert not list(one_clock(python("at = datetime.now(UTC)\n", "chassis/clock.py")))


@pytest.mark.parametrize(
    "expression",
    [
        'f"SELECT * FROM person WHERE id = {person}"',
        '"DELETE FROM outbox WHERE id = %s" % outbox_id',
        '"DROP TABLE " + name',
        '"INSERT INTO {} VALUES (1)".format(table)',
        'text(f"{columns} FROM person")',
        'connection.execute("id = " + value)',
        'f"""\n    UPDATE person SET claims = {claims}\n"""',
    ],
)
def test_sql_built_from_strings_is_found_once(expression: str) -> None:
    assert len(list(no_built_sql(python(f"statement = {expression}\n")))) == 1


@pytest.mark.parametrize(
    "expression",
    [
        'text("SELECT * FROM person WHERE id = :id")',
        'text("SELECT 1 " + "FROM person")',
        "connection.execute(select(person).where(person.c.id == wanted))",
        'f"selected {count} people"',
        'log("update of %s" % name)',
        'f"with {count} letters"',
    ],
)
def test_sql_with_bound_parameters_is_not(expression: str) -> None:
    assert not list(no_built_sql(python(f"statement = {expression}\n")))
