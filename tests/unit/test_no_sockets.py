"""The wall around the unit tests stands, and asyncio works inside it."""

import asyncio
import socket

import pytest

from tests.support.no_sockets import SocketUsed


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_connecting_is_refused(family: socket.AddressFamily) -> None:
    with socket.socket(family) as probe, pytest.raises(SocketUsed):
        probe.connect(("localhost", 80))


def test_listening_is_refused() -> None:
    with socket.socket() as probe, pytest.raises(SocketUsed):
        probe.bind(("127.0.0.1", 0))


async def test_a_connection_from_asyncio_is_refused() -> None:
    with pytest.raises(SocketUsed):
        await asyncio.open_connection("127.0.0.1", 80)


async def test_the_event_loop_itself_still_works() -> None:
    assert await asyncio.to_thread(lambda: 1) == 1
