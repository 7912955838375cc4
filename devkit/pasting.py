"""The `hub` command as it works when it is pasted: in the shell that called it, or in any other."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from devkit.home import VARIABLE, Home


def here(home: Home, words: str) -> str:
    """A command for the shell that called this one: `hub` only where that finds us, and the home only where it is not the usual one."""
    return plain(words) + ("" if home == Home.chosen() else f" --home {shown(home.folder)}")


def plain(words: str) -> str:
    """The same, of a command that needs no home."""
    ours = _program()
    return f"{'hub' if _found(ours) else shown(ours)} {words}"


def elsewhere(home: Home) -> str:
    """The line after which `hub` works for this home in a shell of any folder."""
    path = f'PATH={shlex.quote(str(_program().parent))}:"$PATH"'
    return f"export {path} {VARIABLE}={shlex.quote(str(home.folder))}"


def shown(path: Path) -> str:
    """A path as it is pasted, from the present folder where it lies below that."""
    below = path.is_relative_to(Path.cwd())
    return shlex.quote(str(path.relative_to(Path.cwd()) if below else path))


def _program() -> Path:
    """The command beside this interpreter; an environment's links are kept, they are the environment."""
    return Path(os.path.abspath(sys.executable)).with_name("hub")  # noqa: PTH100 - resolving would leave the environment


def _found(program: Path) -> bool:
    found = shutil.which("hub")
    return found is not None and Path(found).absolute() == program
