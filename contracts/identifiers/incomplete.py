"""Dates of which the day, or the month and the day, are unknown."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from contracts.identifiers.reckoning import birthday

_PATTERN = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_FORM = re.compile(_PATTERN)
# Ours: nobody was born before and is alive, nobody after is reported; a birthday or term reckoned from it stays in the calendar.
_YEARS = range(1850, 2200)


@dataclass(frozen=True, slots=True)
class IncompleteDate:
    """A date as registers know it (Belgif `IncompleteDate`): `2006-04-10`, `2006-04`, `2006`; an unknown part may be 00 on the wire."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no calendar knows.

        Raises:
            ValueError: the year is out of range, month or day do not exist, or a day stands without its month.
        """
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        if self.year not in _YEARS:
            raise ValueError(f"years run from {_YEARS[0]} to {_YEARS[-1]}")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the wire form.

        Raises:
            ValueError: it is no (incomplete) date; the message does not show it.
        """
        if not _FORM.fullmatch(text):
            raise ValueError("a date is YYYY, YYYY-MM or YYYY-MM-DD, unknown parts 00")
        year, month, day = (int(part) or None for part in (*text.split("-"), "0", "0")[:3])
        return cls(year or 0, month, day)

    @classmethod
    def of(cls, day: date) -> Self:
        """A date that is fully known."""
        return cls(day.year, day.month, day.day)

    @property
    def complete(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @property
    def earliest(self) -> date:
        """The first day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def at_least(self, years: int, on: date) -> bool | None:
        """Whether somebody born then is `years` old or older on that day; None when the completions of the date disagree."""
        oldest, youngest = birthday(self.earliest, years) <= on, birthday(self.latest, years) <= on
        return oldest if oldest == youngest else None

    def __str__(self) -> str:
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string outside, a date inside."""
        return core_schema.no_info_plain_validator_function(cls._read, serialization=core_schema.plain_serializer_function_ser_schema(str))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The form a partner can check."""
        return {"type": "string", "pattern": f"^{_PATTERN}$"}

    @classmethod
    def _read(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        raise ValueError("an incomplete date is a string")
