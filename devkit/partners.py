"""The outside world at the hub's public doors: any client of the sandbox, with its own key and tokens."""

from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from chassis.http.clients.doors import DoorClient, Params
from chassis.http.clients.retry import RetryPolicy
from chassis.http.clients.tokens import TokenSource
from devkit.errors import DoorRefused
from devkit.home import Addresses
from devkit.sandbox import keys as sandbox_keys

_TIMEOUT_S = 60.0
# The first part of a path says whose door it is.
_SERVICE = {
    "educationFeed": "education_feed",
    "integrationFeed": "integration_feed",
    "registration": "registration",
    "notification": "notifications",
}
_PATIENCE = RetryPolicy(attempts=4, timeout_s=20.0)


@dataclass(frozen=True, slots=True)
class Partner:
    """One client at all doors; a problem is an error unless the caller asks for the answer as it is."""

    client_id: str
    tokens: TokenSource
    doors: DoorClient
    addresses: Addresses

    async def get(self, path: str, params: Params | None = None) -> Any:
        """What a door shows."""
        return _checked(await self.doors.get(self._url(path), params)).json()

    async def get_bytes(self, path: str) -> bytes:
        """A file a door gives."""
        return _checked(await self.doors.get(self._url(path))).content

    async def put(self, path: str, body: object) -> Any:
        """Send a whole record."""
        return _checked(await self.doors.put(self._url(path), body)).json()

    async def post(self, path: str, body: object) -> Any:
        """Create or query."""
        return _checked(await self.doors.post(self._url(path), body)).json()

    async def delete(self, path: str, params: Params) -> Any:
        """Say that a record never was."""
        return _checked(await self.doors.delete(self._url(path), params)).json()

    async def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Either of these three; what the body of a DELETE holds goes into its query."""
        return await {"PUT": self.put, "POST": self.post, "DELETE": self.delete}[method](path, body)

    async def answer(self, method: str, path: str, body: object = None) -> httpx.Response:
        """The answer as it is, problem or not."""
        return await self.doors.request(method, self._url(path), body=body)

    async def stream(self, path: str, lines: AsyncIterable[bytes]) -> Any:
        """Send a bulk body."""
        return _checked(await self.doors.stream(self._url(path), lines)).json()

    async def token(self) -> str:
        """Its present access token."""
        return await self.tokens.token()

    def _url(self, path: str) -> str:
        return self.addresses.services[_SERVICE[path.split("/")[1]]] + path


class Partners:
    """Every client of one sandbox; close it to let go of the connections. `patience` says how long each bears with a hub that is away."""

    def __init__(self, addresses: Addresses, keys: Path, patience: RetryPolicy = _PATIENCE) -> None:
        self._addresses = addresses
        self._patience = patience
        self._keys = sandbox_keys.ensure(keys)
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S)
        self._known: dict[str, Partner] = {}

    def __getitem__(self, client_id: str) -> Partner:
        """The client of this name.

        Raises:
            KeyError: no client of the sandbox is called so.
        """
        if client_id not in self._known:
            tokens = TokenSource(self._keys.credentials(client_id), self._addresses.token, self._http, policy=self._patience)
            self._known[client_id] = Partner(client_id, tokens, DoorClient(self._http, tokens, self._patience), self._addresses)
        return self._known[client_id]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()


async def one_token(addresses: Addresses, keys: Path, client_id: str) -> str:
    """A fresh token of a client."""
    async with Partners(addresses, keys) as partners:
        return await partners[client_id].token()


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise DoorRefused(response.request.method, response.request.url.path, response.status_code, _kind(response))
    return response


def _kind(response: httpx.Response) -> str:
    """The type of a problem, with where its issues lie; never the values that were sent."""
    try:
        problem = response.json()
        issues = [f"{issue.get('in', '')} {issue.get('name', '')}: {issue.get('detail', '')}" for issue in problem.get("issues", ())]
        return "; ".join([str(problem.get("type", "")).rpartition(":")[2], *issues])
    except ValueError:
        return response.reason_phrase
