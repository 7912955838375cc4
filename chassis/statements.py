"""SQLAlchemy's statements as the driver takes them: text with numbered places, made once, and the arguments in their order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from pydantic_core import to_json
from sqlalchemy import JSON, Executable
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

_Convert: TypeAlias = Callable[[Any], Any]
_NOT_GIVEN = object()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement's text, and for each place the name of its argument, what to do with it, and what stands there by itself."""

    text: str
    places: tuple[tuple[str, _Convert | None, object], ...]

    def arguments(self, params: Mapping[str, object]) -> list[object]:
        """The arguments in the order of their places.

        Raises:
            KeyError: one is not given.
        """
        found = []
        for name, convert, constant in self.places:
            value = params.get(name, constant)
            if value is _NOT_GIVEN:
                raise KeyError(name)
            found.append(value if convert is None else convert(value))
        return found


# A statement that lives as long as its module is made once; one that is put together for a request goes with it.
_PREPARED: WeakKeyDictionary[Executable, dict[frozenset[str] | None, Prepared]] = WeakKeyDictionary()


def prepared(statement: Executable, params: Mapping[str, object]) -> Prepared:
    """The statement for these parameters; an INSERT or UPDATE of a table without values takes its columns from their names."""
    known = _PREPARED.get(statement)
    if known is None:
        known = _PREPARED[statement] = {}
    columns = frozenset(params) if isinstance(statement, UpdateBase) else None
    found = known.get(columns)
    if found is None:
        found = known[columns] = _compile(statement, params, dml=columns is not None)
    return found


def _compile(statement: Executable, params: Mapping[str, object], *, dml: bool) -> Prepared:
    columns = list(params) if dml else None
    compiled = statement.compile(dialect=_DIALECT, column_keys=columns)  # type: ignore[attr-defined]  # ours are ClauseElements
    assert isinstance(compiled, SQLCompiler)
    assert not compiled.post_compile_params, "an IN of several values is another text for each number of them: say = ANY(array)"
    own = compiled.params
    places = []
    for name in compiled.positiontup or ():
        bind = compiled.binds.get(name)
        constant = own[name] if bind is None or not bind.required else _NOT_GIVEN
        places.append((name, None if bind is None else _converting(bind.type), constant))
    return Prepared(str(compiled), tuple(places))


def _converting(kind: Any) -> _Convert | None:
    """What SQLAlchemy does with an argument of this type; JSON becomes bytes at once, and None is JSON's null."""
    if isinstance(kind, JSON):
        return to_json
    convert: _Convert | None = kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)
    return convert
