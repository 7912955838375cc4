"""When a request is sent again: only where repeating is harmless, with back-off, and as the peer asks by Retry-After."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import stamina

from chassis.http.clients.errors import PeerUnavailable

# Not 500: that is a fault, which the same request meets again.
_BUSY = frozenset({429, 502, 503, 504})
_LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long; waits grow twofold from `wait_first_s` to `wait_most_s`, with jitter."""

    attempts: int = 6
    timeout_s: float = 45.0
    wait_first_s: float = 0.1
    wait_most_s: float = 5.0
    jitter_s: float = 0.2


class _Busy(Exception):
    """The peer answered, but not yet."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(str(response.status_code))
        self.response = response


async def send(once: Callable[[], Awaitable[httpx.Response]], policy: RetryPolicy) -> httpx.Response:
    """The peer's answer: the first that is not "busy", else the last.

    Raises:
        PeerUnavailable: it never answered.
    """
    try:
        async for attempt in stamina.retry_context(
            on=_wait,
            attempts=policy.attempts,
            timeout=policy.timeout_s,
            wait_initial=policy.wait_first_s,
            wait_max=policy.wait_most_s,
            wait_jitter=policy.jitter_s,
        ):
            with attempt:
                return _unless_busy(await once())
    except _Busy as busy:
        return busy.response
    except httpx.TransportError as error:
        raise PeerUnavailable(type(error).__name__) from error
    raise PeerUnavailable("no attempt was made")


def _unless_busy(response: httpx.Response) -> httpx.Response:
    if response.status_code in _BUSY:
        raise _Busy(response)
    return response


def _wait(error: Exception) -> bool | float:
    """Whether to try again, and when the peer said after how many seconds, that."""
    if isinstance(error, _Busy):
        asked = error.response.headers.get("retry-after", "")
        return min(float(asked), _LONGEST_WAIT_S) if asked.isdecimal() else True
    return isinstance(error, httpx.TransportError)
