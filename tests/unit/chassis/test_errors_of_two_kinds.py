"""What passes by itself, and what never will."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.db import is_passing


def _of(sqlstate: str) -> asyncpg.PostgresError:
    error = asyncpg.PostgresError("said")
    error.sqlstate = sqlstate  # type: ignore[misc]
    return error


def _wrapped(driver: Exception) -> DBAPIError:
    """As SQLAlchemy hands a driver's error on."""
    orig = RuntimeError("translated")
    orig.__cause__ = driver
    return DBAPIError("statement", {}, orig)


@pytest.mark.parametrize("wrap", [_wrapped, lambda error: error], ids=["wrapped", "bare"])
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
def test_errors_of_the_driver(error: Exception, passing: bool, wrap: object) -> None:
    assert callable(wrap)
    assert is_passing(wrap(error)) is passing


def test_errors_of_the_pool() -> None:
    assert is_passing(PoolTimeout())
    assert is_passing(PendingRollbackError())
