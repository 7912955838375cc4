"""What can go wrong while setting up the hub's surroundings; each message ends with what to do.

DevkitError
├── NotInstalled         a program the set-up needs is not on this machine
├── DidNotStart          a server was started and did not become ready
├── DidNotStop           a server was asked to stop and is still there
├── OtherVersion         a data folder was made by another major version of its server
└── CommandFailed        a command of another program ended with an error
"""

from collections.abc import Sequence
from pathlib import Path

_LINES_SHOWN = 30


class DevkitError(Exception):
    """Root of the devkit errors."""


class NotInstalled(DevkitError):
    """A program the set-up needs is not on this machine."""

    def __init__(self, what: str, command: str) -> None:
        super().__init__(f"{what} was not found on this machine; get it with: {command}")
        self.command = command


class DidNotStart(DevkitError):
    """A server was started and did not become ready."""

    def __init__(self, what: str, log: Path, last_lines: str) -> None:
        super().__init__(f"{what} did not start; its log {log} ends with:\n{last_lines}")


class DidNotStop(DevkitError):
    """A server was asked to stop and is still there."""

    def __init__(self, what: str, pid: int, timeout_s: float) -> None:
        super().__init__(f"{what} (process {pid}) did not stop within {timeout_s:.0f} s; see its log, then end it with: kill -9 {pid}")


class OtherVersion(DevkitError):
    """A data folder was made by another major version of its server."""

    def __init__(self, data: Path, found: str, needed: str) -> None:
        super().__init__(
            f"{data} was made by PostgreSQL {found}, but this is {needed}; move it away to start empty, or migrate it with pg_upgrade"
        )


class CommandFailed(DevkitError):
    """A command of another program ended with an error."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        end = "\n".join(output.splitlines()[-_LINES_SHOWN:])
        super().__init__(f"`{' '.join(command)}` failed:\n{end}")
