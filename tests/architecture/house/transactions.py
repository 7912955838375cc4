"""Rules about commits, clocks and SQL: each has one place where it may be done."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.house.source import Finding, Source, dotted

# Who may end a transaction, and why; everything else writes through the unit of work.
_MAY_COMMIT = {
    "chassis/db.py": "the one place (architecture.md 3)",
    "chassis/migrations.py": "schema changes, before a service starts",
    "chassis/bus/postgres": "the bus: its own database, no business rows (mechanics.md 12)",
}
_ENDS = {"commit", "begin", "begin_nested"}
_OPENS = {"begin_transaction", "create_async_engine", "create_engine", "create_pool"}

# Puts constant statements together, each as it stands in its module.
_JOINS_CONSTANTS = "chassis/writing.py"
_CLOCK = "chassis/clock.py"
_READS_THE_CLOCK = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.localtime|time\.gmtime)$")

_STATEMENT = re.compile(
    r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET|DELETE\s+FROM\s|WITH\s+\S+\s+(\(|AS)|MERGE\s+INTO\s|COPY\s|TRUNCATE\s"
    r"|(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE|ROLE|SCHEMA|FUNCTION|TYPE|SEQUENCE|UNIQUE)|GRANT\s|REVOKE\s|LISTEN\s|NOTIFY\s)",
    re.IGNORECASE,
)
_RUNS_SQL = {"text", "execute", "executemany", "exec_driver_sql", "fetch", "fetchrow", "fetchval", "scalar", "scalars"}


def commits_only_in_db(source: Source) -> Iterator[Finding]:
    """`chassis/db.py` commits, nobody else; `commit(positions)` on a subscription is an offset, not a transaction."""
    if not source.is_shipped or source.package == "devkit" or str(source.path).startswith(tuple(_MAY_COMMIT)):
        return
    for name, call in source.calls():
        if (name in _ENDS and not call.args and not call.keywords) or name in _OPENS:
            yield Finding(
                source.path, call.lineno, f"{name}() outside chassis/db.py: write through the unit of work, the edge commits once"
            )


def one_clock(source: Source) -> Iterator[Finding]:
    """The machine's clock is read in `chassis/clock.py`; everyone else is handed a clock (`mechanics.md` 21)."""
    if not source.is_shipped or str(source.path) == _CLOCK:
        return
    for call in source.nodes(ast.Call):
        if _READS_THE_CLOCK.search(dotted(call.func)):
            yield Finding(source.path, call.lineno, "reads the machine's clock: use the business clock, or chassis.clock.technical_now")


def no_built_sql(source: Source) -> Iterator[Finding]:
    """SQL is a constant with bound parameters, or SQLAlchemy Core; never an f-string, `%`, `+` or `format`."""
    if not source.is_python or str(source.path) == _JOINS_CONSTANTS:
        return
    message = "SQL built from strings: bind parameters, or let PostgreSQL quote identifiers with format('%I')"
    for node in source.everything:
        if isinstance(node, ast.expr) and _is_built(node) and _STATEMENT.match(_leading_text(node)):
            yield Finding(source.path, node.lineno, message)
    for name, call in source.calls():
        built = name in _RUNS_SQL and bool(call.args) and _is_built(call.args[0])
        if built and not _STATEMENT.match(_leading_text(call.args[0])):  # else the loop above found it
            yield Finding(source.path, call.lineno, message)


def _is_built(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return isinstance(_first(node), ast.Constant | ast.JoinedStr) and not _is_constant(node)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format")):
            return True
        case _:
            return False


def _is_constant(node: ast.expr) -> bool:
    """`"a" + "b"` is as constant as `"ab"`."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add) and _is_constant(node.left) and _is_constant(node.right)
    return isinstance(node, ast.Constant)


def _first(node: ast.AST) -> ast.AST:
    while isinstance(node, ast.BinOp):
        node = node.left
    return node


def _leading_text(node: ast.AST) -> str:
    match _first(node):
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=[ast.Constant(value=str() as text), *_]):
            return text
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
            return text
        case _:
            return ""
