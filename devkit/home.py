"""The state folder of a hub on one machine: what lies where, the passwords of its databases, and where a running hub is found."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from chassis import secrets as secret_files
from devkit import processes
from devkit.errors import AlreadyUp, NoHub

VARIABLE: Final = "HUB_HOME"
DEFAULT: Final = Path(".hub")
# The machine's boot time, from which the start of a process is told, may be corrected in between.
_SAME_START_S = 5
# docs/operating.md has the table of ports; 0 takes a free one.
PORTS: Final[Mapping[str, int]] = {
    "sandbox": 8100,
    "education_feed": 8104,
    "integration_feed": 8101,
    "registration": 8102,
    "notifications": 8103,
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of a hub answer; each without a slash at its end."""

    sandbox: str
    education_feed: str
    integration_feed: str
    registration: str
    notifications: str

    @classmethod
    def local(cls, ports: Mapping[str, int]) -> Self:
        """Those of a hub on this machine."""
        return cls(**{name: f"http://127.0.0.1:{ports[name]}" for name in PORTS})

    @property
    def services(self) -> Mapping[str, str]:
        """The services alone, by name."""
        return {name: url for name, url in asdict(self).items() if name != "sandbox"}

    @property
    def token(self) -> str:
        """The token endpoint."""
        return f"{self.sandbox}/sandbox/v1/token"


@dataclass(frozen=True, slots=True)
class Home:
    """One state folder; everything a hub on this machine keeps is in it."""

    folder: Path

    @classmethod
    def chosen(cls) -> Self:
        """The one of HUB_HOME, else `.hub` in the present folder."""
        return cls(Path(os.environ.get(VARIABLE) or DEFAULT).resolve())

    @property
    def keys(self) -> Path:
        """Every secret: mode 0700, outside the databases."""
        return self.folder / "keys"

    @property
    def print_folder(self) -> Path:
        """Where letters are put for the print house."""
        return self.folder / "print"

    @property
    def checkpoints(self) -> Path:
        """The second store of the evidence log."""
        return self.folder / "checkpoints"

    @property
    def logs(self) -> Path:
        """What the servers and services say."""
        return self.folder / "logs"

    def make(self) -> None:
        """Make the folder, if need be, so that git leaves it alone wherever it lies."""
        self.logs.mkdir(parents=True, exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")

    def passwords(self) -> Mapping[str, str]:
        """The password of each database role, made once; a role that is new gets one."""
        from devkit.databases import ROLES  # noqa: PLC0415 - `hub --help` loads no driver

        path = self.keys / "database-passwords.json"
        with secret_files.only_one(self.keys):
            known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
            missing = [role for role in ROLES if role not in known]
            if missing:
                known |= {role: secrets.token_urlsafe(24) for role in missing}
                secret_files.replace(path, json.dumps(known).encode())
        return known

    def remember(self, addresses: Addresses, bus: str) -> None:
        """Let the other commands find the hub that runs now; `bus` holds a password, so this is a secret too."""
        own = os.getpid()
        known = {"pid": own, "began": processes.began_at(own), "bus": bus, "addresses": asdict(addresses)}
        secret_files.replace(self._running, json.dumps(known).encode())

    def forget(self) -> None:
        """No hub runs here any more."""
        self._running.unlink(missing_ok=True)

    def runner(self) -> int | None:
        """The process of the hub that runs here."""
        found: int | None = self._known().get("pid")
        return found

    def refuse_a_second(self) -> None:
        """Say so when a hub runs here.

        Raises:
            AlreadyUp: one does.
        """
        if (pid := self.runner()) is not None:
            raise AlreadyUp(self.folder, pid)

    def addresses(self) -> Addresses:
        """Where the hub answers: as the environment says (HUB_SANDBOX_URL and so on), as it runs here, or on its usual ports."""
        written = self._known().get("addresses")
        known: dict[str, str] = written or asdict(Addresses.local(PORTS))
        return Addresses(**{name: os.environ.get(f"HUB_{name.upper()}_URL", known[name]).rstrip("/") for name in PORTS})

    def bus(self) -> str | None:
        """The address of the bus: HUB_BUS, or that of the hub that runs here."""
        named = os.environ.get("HUB_BUS") or self._known().get("bus")
        return None if named is None else str(named)

    def the_bus(self) -> str:
        """The same.

        Raises:
            NoHub: none runs here and none is named.
        """
        if (found := self.bus()) is None:
            raise NoHub(str(self.folder))
        return found

    @property
    def _running(self) -> Path:
        return self.keys / "running.json"

    def _known(self) -> dict[str, Any]:
        """What the hub that runs here left for others; a hub that was killed left it behind and runs no more."""
        if not self._running.exists():
            return {}
        written: dict[str, Any] = json.loads(self._running.read_text())
        began = processes.began_at(written["pid"])
        return {} if began is None or abs(began - written.get("began", 0)) > _SAME_START_S else written
