"""What the database answers: rows whose columns have names, and the few ways to take them."""

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any


class Row(tuple[Any, ...]):
    """One row: a tuple whose columns are attributes, too."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    @property
    def mapping(self) -> Mapping[str, Any]:
        """Its values by the names of their columns."""
        found: Mapping[str, Any] = self._asdict()
        return found


@cache
def row_class(names: tuple[str, ...]) -> type[Row]:
    """The rows of every statement that answers with these columns."""
    named = namedtuple("named", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - the names come from the database
    return type("Row", (named, Row), {"__slots__": ()})


class Answer:
    """The rows of one statement."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        """Row by row."""
        return iter(self._rows)

    def all(self) -> Sequence[Row]:
        """Every row."""
        return self._rows

    def one_or_none(self) -> Row | None:
        """The only row, or nothing.

        Raises:
            ValueError: there are several.
        """
        if len(self._rows) > 1:
            raise ValueError(f"{len(self._rows)} rows where one was expected")
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """The only row.

        Raises:
            ValueError: there is none, or there are several.
        """
        if (row := self.one_or_none()) is None:
            raise ValueError("no row where one was expected")
        return row

    def scalar_one(self) -> Any:
        """The first column of the only row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The first column of the only row, or nothing."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._rows]
