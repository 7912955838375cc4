"""Dates and instants are taken in their written form only."""

import pytest
from pydantic import ValidationError

from chassis.http.models import Body, Day, Instant


class Fact(Body):
    on: Day | None = None
    at: Instant | None = None


def test_the_written_forms_are_taken() -> None:
    fact = Fact.model_validate({"on": "2026-02-28", "at": "2026-02-28T12:00:00+01:00"})

    assert fact.model_dump(mode="json") == {"on": "2026-02-28", "at": "2026-02-28T12:00:00+01:00"}


@pytest.mark.parametrize(
    "value",
    [
        *(86400, "86400", 0, True, "2026-02-28T00:00:00Z", "28/02/2026", "2026-02-30", "\uff12\uff10\uff12\uff16-02-28", ["2026-02-28"]),
        *("0001-01-01", "1849-12-31", "2200-01-01", "9999-12-31"),
    ],
)
def test_nothing_else_is_a_date(value: object) -> None:
    with pytest.raises(ValidationError):
        Fact.model_validate({"on": value})


@pytest.mark.parametrize(
    "value", [1_700_000_000, "1700000000", "2026-02-28", "2026-02-28T12:00:00", "2026-02-28T25:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_nothing_else_is_an_instant(value: object) -> None:
    with pytest.raises(ValidationError):
        Fact.model_validate({"at": value})
