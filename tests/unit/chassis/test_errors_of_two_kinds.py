"""What passes by itself, and what never will."""

import asyncpg
import pytest

from chassis.db import is_passing


def _of(sqlstate: str) -> asyncpg.PostgresError:
    error = asyncpg.PostgresError("said")
    error.sqlstate = sqlstate  # type: ignore[misc]
    return error


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (_of("08006"), True),
        (_of("40P01"), True),
        (_of("40001"), True),
        (_of("53300"), True),
        (_of("57P03"), True),
        (_of("55P03"), True),
        (_of("25P03"), True),
        (_of("25006"), True),
        (_of("23505"), False),
        (_of("22021"), False),
        (_of("42P01"), False),
        (asyncpg.InterfaceError("connection is closed"), True),
        (_of("22000"), False),  # an argument that asyncpg cannot send
        (asyncpg.InternalClientError("the server said goodbye"), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (ValueError(), False),
        (KeyError("x"), False),
    ],
    ids=repr,
)
def test_errors_of_the_driver(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing
