"""What can go wrong while setting up the hub's surroundings; each message ends with what to do.

DevkitError
├── NotInstalled         a program the set-up needs is not on this machine
├── DidNotStart          a server was started and did not become ready
├── DidNotStop           a server was asked to stop and is still there
├── OtherVersion         a data folder was made by another major version of its server
├── OtherHub             a state folder was made by another version of this hub
├── CommandFailed        a command of another program ended with an error
├── NotGiven             settings that belong together were given in part
├── PortTaken            something else listens where the hub should
├── NotReady             a part of the hub did not become ready
├── AlreadyUp            a hub runs in this state folder
├── NoHub                no hub answers where one was looked for
├── NotSettled           the hub did not come to rest in time
├── ClockAhead           the sandbox clock was asked to go back
├── DoorRefused          a door answered with a problem where the command needs its answer
├── TooManyWatchers      every place for a watcher of this hub is taken
├── NoSuchRule           a term was asked of a rule that does not exist
├── NoSuchSwitch         a source, rule row or data protocol that does not exist was to be switched
├── BadQuestion          the parameters of a calculation make no sense
├── NothingParked        no open parked record has the id that was given
└── NothingKnown         no service knows anything under the id that was given
"""

import shlex
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


class OtherHub(DevkitError):
    """A state folder was made by another version of this hub."""

    def __init__(self, why: str, home: Path) -> None:
        super().__init__(f"{why}; all that is in {home} goes with: rm -rf {shlex.quote(str(home))}")


class CommandFailed(DevkitError):
    """A command of another program ended with an error."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        end = "\n".join(output.splitlines()[-_LINES_SHOWN:])
        super().__init__(f"`{' '.join(command)}` failed:\n{end}")


class NotGiven(DevkitError):
    """Settings that belong together were given in part."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"set these, too, or none of their kind: {', '.join(names)}")


class AlreadyUp(DevkitError):
    """A hub runs in this state folder."""

    def __init__(self, home: Path, pid: int) -> None:
        super().__init__(f"a hub runs in {home} (process {pid}); stop it first, or choose another folder with --home")


class NoHub(DevkitError):
    """No hub answers where one was looked for."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"no hub answers at {where}; start one with: hub up   (a hub elsewhere: set HUB_HOME, or HUB_SANDBOX_URL and its like)"
        )


class NotSettled(DevkitError):
    """The hub did not come to rest in time."""

    def __init__(self, busy: Sequence[str], timeout_s: float) -> None:
        super().__init__(f"not settled after {timeout_s:.0f} s; busy: {', '.join(busy) or 'counters still move'}; see: hub parked list")


class ClockAhead(DevkitError):
    """The sandbox clock was asked to go back."""


class DoorRefused(DevkitError):
    """A door answered with a problem where the command needs its answer."""

    def __init__(self, method: str, path: str, status: int, kind: str) -> None:
        super().__init__(f"{method} {path} answered {status} ({kind})")
        self.status = status


class NothingKnown(DevkitError):
    """No service knows anything under the id that was given."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"no service knows {identifier}; give the id of a registration, obligation, notice or person")


class PortTaken(DevkitError):
    """Something else listens where the hub should."""

    def __init__(self, what: str, port: int) -> None:
        super().__init__(f"port {port} of {what} is taken, perhaps by a hub that is up; see by whom: ss -ltnp 'sport = :{port}'")


class NotReady(DevkitError):
    """A part of the hub did not become ready."""

    def __init__(self, why: Sequence[str]) -> None:
        super().__init__(f"not ready: {'; '.join(why)}")


class TooManyWatchers(DevkitError):
    """Every place for a watcher of this hub is taken."""

    def __init__(self, places: int) -> None:
        super().__init__(f"{places} watchers follow this hub already; stop one")


class NoSuchRule(DevkitError):
    """A term was asked of a rule that does not exist."""

    def __init__(self, rule_id: str, known: Sequence[str]) -> None:
        super().__init__(f"no rule is called {rule_id}; there are {', '.join(known)}")


class NoSuchSwitch(DevkitError):
    """A source, rule row or data protocol that does not exist was to be switched."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"no {kind} is called {name}; docs/operating.md lists them")


class BadQuestion(DevkitError):
    """The parameters of a calculation make no sense."""


class NothingParked(DevkitError):
    """No open parked record has the id that was given."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"no open parked record is called {identifier}; see: hub parked list")
