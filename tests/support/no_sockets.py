"""Refuses every network socket, for tests that must not need one; asyncio's own socket pair is untouched."""

import socket
from typing import NoReturn

import pytest

_WAYS_OUT = ("connect", "connect_ex", "bind", "sendto")


class SocketUsed(BaseException):
    """A unit test reached for the network. Not an Exception, so that no code under test can take it for a refused connection."""


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way out of this process fail the test, Unix sockets and name look-ups included."""
    for name in _WAYS_OUT:
        monkeypatch.setattr(socket.socket, name, _refuse)
    monkeypatch.setattr(socket, "getaddrinfo", _refuse)


def _refuse(*_args: object, **_kwargs: object) -> NoReturn:
    raise SocketUsed("a unit test opened a socket: use the port's in-memory side, or move the test to tests/integration")
