"""Every direct dependency is pinned with a hash, explained in docs/dependencies.md, and its explanation is up to date."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.house.source import ROOT, SHIPPED, tracked

# Parts that a dependency hands out under another name: they come and go with it.
_PARTS = {"starlette": "fastapi", "pydantic_core": "pydantic", "annotated_types": "pydantic", "click": "typer"}
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def _wanted(file: str) -> list[str]:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    return [re.sub(r"\[.*\]", "", line.strip()) for line in lines if line.strip() and line[0] not in "#-"]


def _pinned(file: str) -> dict[str, str]:
    return dict(_PIN.findall((ROOT / file).read_text("utf-8")))


@pytest.mark.parametrize(("wanted", "lock"), [("requirements.in", "requirements.lock"), ("requirements-dev.in", "requirements-dev.lock")])
def test_every_dependency_is_pinned_and_explained(wanted: str, lock: str) -> None:
    pins = _pinned(lock)
    explained = dict(
        re.findall(r"^\| ([\w-]+) \|.*\| (\S+) \| \d{4}-\d\d \|$", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE)
    )

    assert {name: explained.get(name) for name in _wanted(wanted)} == {name: pins.get(name) for name in _wanted(wanted)}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text("utf-8").strip())

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_both_lock_files_agree() -> None:
    runtime, development = _pinned("requirements.lock"), _pinned("requirements-dev.lock")

    assert {name: development.get(name) for name in runtime} == runtime


def test_what_ships_imports_nothing_that_only_developers_have() -> None:
    distributions = packages_distributions()
    imported = {
        name.split(".")[0]
        for source in tracked()
        if source.is_shipped
        for node in source.everything
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
        + ([node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else [])
    }
    foreign = imported - sys.stdlib_module_names - set(SHIPPED)
    needed = {
        name: {_PARTS.get(name, name), *(known.lower().replace("_", "-") for known in distributions.get(name, []))} for name in foreign
    }
    wanted = set(_wanted("requirements.in"))

    assert {name for name, known in needed.items() if known.isdisjoint(wanted)} == set()
