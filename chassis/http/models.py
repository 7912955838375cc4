"""Base models of request and response bodies: lowerCamelCase on the wire, unknown members refused on the way in."""

import re
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Strict
from pydantic.alias_generators import to_camel

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*")
# Ours: whatever is reckoned from a day of these years (a term, an age, its hour in Brussels) stays in the calendar. Registers write
# 9999-12-31 for an end that is not known; here that is left out.
_YEARS = range(1850, 2200)


class Body(BaseModel):
    """A request body; an unknown member is refused (`unknownInput`), the published schema does not say so (Belgif `addi-prop`)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class View(BaseModel):
    """A response body; absent members are left out, never null (Belgif `jsn-null`)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


def _day(value: object) -> object:
    """Only the written form: pydantic also takes 86400 for 2 January 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return _in_range(value)
    raise ValueError("a date is written YYYY-MM-DD")


def _instant(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return _in_range(value)
    raise ValueError("an instant is written YYYY-MM-DDThh:mm:ss with its offset (RFC 3339)")


def _in_range(value: date | str) -> date | str:
    if (int(value[:4]) if isinstance(value, str) else value.year) not in _YEARS:
        raise ValueError(f"years run from {_YEARS[0]} to {_YEARS[-1]}; what has no end has no end date")
    return value


# As JSON writes them: pydantic would also take "1" and true for 1, and "no" for false.
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
