"""Rules about the size and names of things: small modules, short functions, names that mean something."""

import ast
from collections.abc import Iterator

from tests.architecture.house.source import Finding, Source

MODULE_LINES = 350
FUNCTION_LINES = 50

_EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base"}


def small_modules(source: Source) -> Iterator[Finding]:
    """No module over 350 lines; one that grows past it holds two."""
    if source.is_python and (lines := source.text.count("\n")) > MODULE_LINES:
        yield Finding(source.path, lines, f"{lines} lines: at most {MODULE_LINES}; split it by meaning")


def short_functions(source: Source) -> Iterator[Finding]:
    """No function over 50 lines, its decorators not counted."""
    if not source.is_python:
        return
    for function in source.functions():
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > FUNCTION_LINES:
            yield Finding(source.path, function.lineno, f"{function.name} takes {lines} lines: at most {FUNCTION_LINES}")


def telling_names(source: Source) -> Iterator[Finding]:
    """No `utils`, `helpers`, `common`: such a name says nothing, so anything ends up in it."""
    parts = [*source.path.parts[:-1], source.path.stem]
    if source.is_python and (empty := _EMPTY_NAMES.intersection(part.strip("_").removeprefix("test_") for part in parts)):
        yield Finding(source.path, 1, f"'{min(empty)}' says nothing: name the thing it does")


def one_sentence_first(source: Source) -> Iterator[Finding]:
    """A module starts with one sentence that says what it is for."""
    if not source.is_python or not source.text.strip():
        return
    docstring = ast.get_docstring(source.tree)
    first = (docstring or "").split("\n\n")[0].strip()
    if not first:
        yield Finding(source.path, 1, "starts with no docstring: one sentence that says what the module is for")
    elif not first.endswith((".", ":", "?", "`")):
        yield Finding(source.path, 1, "its first sentence does not end")
