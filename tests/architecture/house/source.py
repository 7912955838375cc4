"""The files a house rule looks at, with their syntax trees."""

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)

ROOT = Path(__file__).resolve().parents[3]

SHIPPED = ("contracts", "chassis", "vault", "proof", "services", "devkit")


@dataclass(frozen=True)
class Source:
    """One tracked file: its path from the root of the tree and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, str(self.path))

    @cached_property
    def everything(self) -> tuple[ast.AST, ...]:
        """Every node of the tree; kept, because each rule walks every file."""
        return tuple(ast.walk(self.tree))

    @property
    def package(self) -> str:
        """The top-level folder it stands in."""
        return self.path.parts[0]

    @property
    def is_python(self) -> bool:
        """Whether it is a Python module."""
        return self.path.suffix == ".py"

    @property
    def is_shipped(self) -> bool:
        """Whether it runs in production or in the sandbox, as opposed to testing it."""
        return self.is_python and self.package in SHIPPED

    @property
    def is_test(self) -> bool:
        """Whether it is part of the tests."""
        return self.is_python and self.package == "tests"

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        """Every node of this kind."""
        return (node for node in self.everything if isinstance(node, kind))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return (node for node in self.everything if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    @cached_property
    def _calls(self) -> tuple[tuple[str, ast.Call], ...]:
        return tuple((dotted(call.func).rpartition(".")[2], call) for call in self.nodes(ast.Call))

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call, with the last name of what is called."""
        return iter(self._calls)


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: where, and what to do instead."""

    path: PurePosixPath
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


Rule = Callable[[Source], Iterator[Finding]]


def python(text: str, path: str = "services/registration/usecases/example.py") -> Source:
    """A made-up module, for the tests of the rules."""
    return Source(PurePosixPath(path), text)


@cache
def tracked() -> tuple[Source, ...]:
    """Every text file that is tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    found = (_read(PurePosixPath(name)) for name in sorted(set(listed.split("\0"))) if name)
    return tuple(source for source in found if source is not None)


def _read(path: PurePosixPath) -> Source | None:
    try:
        return Source(path, (ROOT / path).read_text("utf-8"))
    except (UnicodeDecodeError, FileNotFoundError):  # a picture, or a file deleted but still tracked
        return None


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names and attributes; the last attribute alone when it starts from something else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = dotted(value)
            return f"{before}.{attr}" if before else attr
        case _:
            return ""
