"""Writes that nobody in a unit waits for, sent as one statement where each could have been sent alone (docs/decisions/0011)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, TextClause, bindparam, text

from chassis.db import Connection

Write: TypeAlias = tuple[TextClause, Mapping[str, object]]

_COMMENT = re.compile(r"--[^\n]*")
# A parameter as SQLAlchemy's text has it.
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_NAME = re.compile(r"\w+")
_PIECE = re.compile(r"'[^']*'|[()]")

# By the first of them; statements live as long as their modules.
_KNOWN: WeakKeyDictionary[TextClause, dict[tuple[int, ...], TextClause | None]] = WeakKeyDictionary()


async def write(connection: Connection, writes: Sequence[Write]) -> None:
    """Send these in their order; together when no two of their parts have one name, else one after the other."""
    statements = [statement for statement, _ in writes]
    one = together(statements) if len(writes) > 1 else None
    if one is not None:
        numbered = {f"{name}_{number}": value for number, (_, given) in enumerate(writes) for name, value in given.items()}
        await connection.count(one, numbered)
        return
    for statement, given in writes:
        await connection.count(statement, given)


def together(statements: Sequence[TextClause]) -> TextClause | None:
    """One statement that does what these do, their parameters numbered like them; none when two of their parts have one name."""
    known = _KNOWN.setdefault(statements[0], {})
    key = tuple(map(id, statements))
    if key not in known:
        known[key] = _together(statements)
    return known[key]


def _together(statements: Sequence[TextClause]) -> TextClause | None:
    parts: dict[str, str] = {}
    last, binds = "", list[BindParameter[Any]]()
    for number, statement in enumerate(statements):
        *named, (name, last) = _parts(_PARAMETER.sub(rf":\1_{number}", _COMMENT.sub("", statement.text)), f"write_{number}")
        if parts.keys() & {one for one, _ in named}:
            return None
        parts |= dict(named)
        if number < len(statements) - 1:
            parts[name] = f"{name} AS ({last})"
        binds += [bindparam(f"{name}_{number}", type_=bind.type) for name, bind in statement.compile().binds.items()]
    return text(f"WITH {', '.join(parts.values())} {last}").bindparams(*binds)


def _parts(sql: str, name: str) -> Iterator[tuple[str, str]]:
    """The queries of its WITH by their names, as they stand there, and under `name` what follows them."""
    at = len(sql) - len(sql.lstrip())
    more = sql[at:].startswith("WITH ")
    at += len("WITH ") if more else 0
    while more:
        end = _closing(sql, at)
        found = _NAME.search(sql, at)
        assert found is not None
        yield found.group(), sql[at:end].strip()
        more = sql[end:].lstrip().startswith(",")
        at = sql.index(",", end) + 1 if more else end
    yield name, sql[at:].strip()


def _closing(sql: str, at: int) -> int:
    """Behind the bracket that closes the first one from here."""
    depth = 0
    for piece in _PIECE.finditer(sql, at):
        depth += {"(": 1, ")": -1}.get(piece.group(), 0)
        if piece.group() == ")" and not depth:
            return piece.end()
    raise ValueError(sql)
