"""A client of the hub's doors, for the devkit and for services: token, retries, and one Idempotency-Key per request."""

from collections.abc import AsyncIterable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from chassis.http.clients.retry import RetryPolicy, send
from chassis.http.clients.tokens import TokenSource
from chassis.ids import uuid7

Params = Mapping[str, str | int]


class DoorClient:
    """One client at the doors of one service. Every answer is returned, problems too; only silence raises.

    Everything may be repeated: facts carry a reference and a version, and each POST its own Idempotency-Key.
    """

    def __init__(self, http: httpx.AsyncClient, tokens: TokenSource, policy: RetryPolicy | None = None) -> None:
        self._http = http
        self._tokens = tokens
        self._policy = policy or RetryPolicy()

    async def get(self, path: str, params: Params | None = None) -> httpx.Response:
        """Read; raises PeerUnavailable or TokenRefused, as all of these do."""
        return await self.request("GET", path, params=params)

    async def put(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Store a whole record."""
        return await self.request("PUT", path, body=body, headers=headers)

    async def delete(self, path: str, params: Params | None = None) -> httpx.Response:
        """Take a record back."""
        return await self.request("DELETE", path, params=params)

    async def post(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        """Create or query; `key` is for who repeats a request beyond this call."""
        return await self.request("POST", path, body=body, headers={"Idempotency-Key": key or str(uuid7())})

    async def stream(self, path: str, lines: AsyncIterable[bytes], media_type: str = "application/x-ndjson") -> httpx.Response:
        """Send a bulk body as it comes, once: what was read from `lines` cannot be sent again."""
        headers = {"Authorization": f"Bearer {await self._tokens.token()}", "Content-Type": media_type}
        return await self._http.post(path, content=lines, headers=headers)

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send until the peer answers with something else than "busy"; a refused token is renewed once."""

        async def once() -> httpx.Response:
            token = await self._tokens.token()
            given = {**(headers or {}), "Authorization": f"Bearer {token}"}
            response = await self._http.request(method, path, params=params, json=body, headers=given)
            if response.status_code == httpx.codes.UNAUTHORIZED:
                self._tokens.forget(token)
                renewed = {**given, "Authorization": f"Bearer {await self._tokens.token()}"}
                response = await self._http.request(method, path, params=params, json=body, headers=renewed)
            return response

        return await send(once, self._policy)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.__aexit__(kind, error, trace)
