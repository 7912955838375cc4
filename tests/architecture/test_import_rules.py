"""The import rules of architecture.md 3 hold, and a violation of each kind is caught."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house.source import ROOT

_VIOLATIONS = [
    ("services/alpha/usecases.py", "from services.beta import usecases", "1."),
    ("services/alpha/domain.py", "from services.alpha import usecases", "2."),
    ("services/alpha/domain.py", "from contracts import registry", "3."),
    ("chassis/uow.py", "import vault", "4a."),
    ("chassis/uow.py", "from contracts import education", "4b."),
    ("contracts/education.py", "from chassis import uow", "4c."),
    ("vault/__init__.py", "from contracts import education", "4d."),
    ("services/alpha/usecases.py", "import aiokafka", "5a."),
    ("vault/__init__.py", "import asyncpg", "5b."),
    ("services/alpha/usecases.py", "import httpx", "5c."),
    ("chassis/uow.py", "import devkit", "6."),
    ("proof/__init__.py", "from contracts import identifiers", "7."),
]


def _lint(tree: Path) -> tuple[int, str]:
    # In a process of its own: import-linter reads the tree that its working directory names.
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache", "--no-logo"],
        cwd=tree,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A house with one room of each kind, under this tree's rules."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    modules = {
        "contracts": ("identifiers", "registry", "education", "envelope"),
        "chassis": ("uow", "db"),
        "vault": (),
        "proof": (),
        "devkit": (),
        "services": (),
        "services/alpha": ("usecases", "domain"),
        "services/beta": ("usecases", "domain"),
    }
    for package, names in modules.items():
        for name in ("__init__", *names):
            file = tmp_path / package / f"{name}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("", "utf-8")
    return tmp_path


def test_the_tree_keeps_the_import_rules() -> None:
    code, output = _lint(ROOT)

    assert code == 0, output


def test_an_empty_house_keeps_them_too(small_house: Path) -> None:
    code, output = _lint(small_house)

    assert code == 0, output


@pytest.mark.parametrize(("module", "line", "rule"), _VIOLATIONS, ids=[rule for *_, rule in _VIOLATIONS])
def test_a_violation_is_caught(small_house: Path, module: str, line: str, rule: str) -> None:
    (small_house / module).write_text(line + "\n", "utf-8")

    code, output = _lint(small_house)

    broken = [text for text in output.splitlines() if text.endswith("BROKEN")]
    assert code == 1, output
    assert any(text.startswith(rule) for text in broken), output
