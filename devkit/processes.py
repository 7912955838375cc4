"""Starts background servers and ends them by their own process id, never by a name."""

import os
import random
import shutil
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from devkit.errors import DidNotStop

_LOOK_S = 0.1


def spawn(command: Sequence[str], log: Path, env: Mapping[str, str], folder: Path) -> int:
    """Start a server in a session of its own, so that a Ctrl-C meant for us does not reach it; returns its process id.

    It works in `folder`; its output is appended to `log`.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    program = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(folder), *command]
    redirects = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(program[0], program, env, file_actions=redirects, setsid=True)


def ending_with_us(how: signal.Signals) -> Sequence[str]:
    """Words before a command: the kernel sends it this signal when we die, even by `kill -9` (nothing where setpriv is missing).

    They come after a change of user, which would forget the wish (prctl(2), PR_SET_PDEATHSIG).
    """
    setpriv = shutil.which("setpriv")
    return () if setpriv is None else (setpriv, "--pdeathsig", how.name.removeprefix("SIG"), "--")


def runs(pid: int) -> bool:
    """Whether there is such a process and it has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def began_at(pid: int) -> float | None:
    """When a process that runs began, to tell it from a later one of the same number; None when none runs."""
    try:
        return psutil.Process(pid).create_time() if runs(pid) else None
    except psutil.Error:
        return None


def is_ours(pid: int, mark: str) -> bool:
    """Whether this process runs and has `mark` on its command line: process ids are used again, so the number alone proves nothing."""
    try:
        return runs(pid) and any(mark in word for word in psutil.Process(pid).cmdline())
    except psutil.Error:
        return False


def end(pid: int, how: signal.Signals, what: str, timeout_s: float) -> None:
    """Send a signal and wait until the process is gone.

    Raises:
        DidNotStop: it is still there after `timeout_s`.
    """
    try:
        process = psutil.Process(pid)
        process.send_signal(how)
        _await_end(process, what, timeout_s)
    except psutil.NoSuchProcess:
        return


def _await_end(process: psutil.Process, what: str, timeout_s: float) -> None:
    """Wait for a child or a stranger; a stranger's parent may leave it a zombie, which is gone enough."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            process.wait(_LOOK_S)
        except psutil.TimeoutExpired as error:
            if not runs(process.pid):
                return
            if time.monotonic() > deadline:
                raise DidNotStop(what, process.pid, timeout_s) from error
        else:
            return


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, below the range Linux gives to outgoing connections.

    A server that is killed and started again on its port must not find a client sitting there.
    """
    while True:
        port = random.randint(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def last_lines(log: Path, count: int = 15) -> str:
    """Return the end of a log, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
