"""Rules about tests: they wait for conditions, and run the real parts."""

import ast
from collections.abc import Iterator

from tests.architecture.house.source import Finding, Source


def no_sleeps(source: Source) -> Iterator[Finding]:
    """A test waits for a condition: it sleeps only inside `while not condition`; `asyncio.sleep(0)` only yields."""
    if not source.is_test or source.path.parts[1] == "support":
        return
    waits = {id(node) for loop in source.nodes(ast.While) if not isinstance(loop.test, ast.Constant) for node in ast.walk(loop)}
    for name, call in source.calls():
        yields = bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        if name == "sleep" and not yields and id(call) not in waits:
            yield Finding(source.path, call.lineno, "sleeps: wait for the condition it hopes for")


def no_mocks(source: Source) -> Iterator[Finding]:
    """What we own is run, not mocked; a provider is a simulator that speaks its protocol."""
    if not source.is_test:
        return
    for node in source.everything:
        match node:
            case ast.Import(names=names):
                modules = [name.name for name in names]
            case ast.ImportFrom(module=str() as module, names=names):
                modules = [f"{module}.{name.name}" for name in names]
            case _:
                continue
        if any(module.startswith(("unittest.mock", "mock.")) or module == "mock" for module in modules):
            yield Finding(source.path, node.lineno, "mocks: run the real part, or a simulator")
