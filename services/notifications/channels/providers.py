"""The connections to providers that are spoken to over HTTP."""

import httpx


def connections(timeout_s: float) -> httpx.AsyncClient:
    """A pool that gives up on any answer after so many seconds, so that a hanging provider holds up its own carrier only."""
    return httpx.AsyncClient(timeout=timeout_s)
