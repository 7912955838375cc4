"""What `hub` commands share: their options, and what those stand for."""

import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console

from devkit.home import VARIABLE, Home

Value = TypeVar("Value")

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar=VARIABLE, help="The hub's state folder; default .hub in the present folder.")
]
ByOption = Annotated[str, typer.Option("--by", envvar="USER", help="Who decides; kept with the record.")]


def home_of(given: Path | None) -> Home:
    """The state folder that was named, or the chosen one."""
    return Home(given.resolve()) if given is not None else Home.chosen()


def keys_folder(home: Path | None) -> Path:
    """The folder of HUB_KEYS, or that of the state folder."""
    named = os.environ.get("HUB_KEYS")
    return Path(named) if named and home is None else home_of(home).keys


def console() -> Console:
    """Where a command prints."""
    return Console(highlight=False)


def run_now(work: Coroutine[Any, Any, Value]) -> Value:
    """Run a command's work to its end."""
    return uvloop.run(work)
