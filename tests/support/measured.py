"""Where and on what a figure was measured: the commit, whether the tree had changes, and the machine."""

import os
import platform
import subprocess
from pathlib import Path

import psutil

from chassis.clock import technical_now

ROOT = Path(__file__).resolve().parents[2]


def commit() -> str:
    """The commit of the tree, shortened."""
    return _git("rev-parse", "--short", "HEAD")


def where_and_when(*, beside: str = "\n") -> str:
    """The instant, the commit and the machine; `beside` names the end of a file whose own change does not count."""
    changed = [line for line in _git("status", "--porcelain", "-uno").splitlines() if not line.endswith(beside)]
    machine = f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 1024**3:.0f} GB, Python {platform.python_version()}"
    return f"{technical_now():%Y-%m-%d %H:%M} UTC at commit {commit()}{' with changes' if changed else ''}; {machine}"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
