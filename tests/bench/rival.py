"""What a rival can be asked: a burst, posts at a rate, and what its processes are."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from tests.bench.ground import Grounds

TIMEOUT_S = 600.0
# The seconds from each post to its notice; looked up once the meters have been read, for looking costs, too.
Waits: TypeAlias = Callable[[], Awaitable[list[float]]]


class AtWork(Protocol):
    """A rival whose processes run and wait for work."""

    @property
    def pids(self) -> Mapping[str, int]:
        """Its service processes by name."""

    async def prepare(self, count: int) -> None:
        """Make so many more people ready whose journey has not begun."""

    async def burst(self, count: int) -> float:
        """Send the facts of so many prepared people at once; the seconds until the notice of the last one is committed."""

    async def posts(self, count: int, per_s: float) -> Waits:
        """Post the facts of so many prepared people one by one at that rate, until the last notice is committed."""

    async def rest(self) -> None:
        """Wait until nothing is under way any more."""


class Rival(Protocol):
    """One way of building the journey."""

    name: str

    async def lay(self, grounds: Grounds) -> None:
        """Make databases and topics, once."""

    def at_work(self) -> AbstractAsyncContextManager[AtWork]:
        """Start its processes, and end them afterwards."""
