"""A client of the inner doors of one service: counters, clock, parked records, journeys."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import httpx

from chassis.http.clients.errors import PeerUnavailable
from chassis.internal_token import internal_token
from devkit.errors import ClockAhead, DoorRefused, NoHub

_PREFIX = "/internal/v1"
_TIMEOUT_S = 30.0
# A move of the clock answers once all that was due has fired: on 1 October that is everybody who left school in the summer.
_MOVE_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one service has counted, and what of it is not at rest."""

    service: str
    generation: int
    now: datetime
    counters: Mapping[str, int]
    busy: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InnerDoors:
    """The inner doors of one service."""

    service: str
    http: httpx.AsyncClient

    @classmethod
    def at(cls, service: str, url: str, token: str) -> Self:
        """Those at this address."""
        return cls(service, httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=_TIMEOUT_S))

    async def snapshot(self) -> Snapshot:
        """What it has counted."""
        said = await self._said("GET", "/counters")
        return Snapshot(self.service, said["generation"], datetime.fromisoformat(said["now"]), dict(said["counters"]), tuple(said["busy"]))

    async def due(self, until: datetime) -> list[datetime]:
        """The instants at which timers are due, up to one."""
        said = await self._said("GET", "/due", params={"until": until.isoformat()})
        return [datetime.fromisoformat(instant) for instant in said["instants"]]

    async def move_clock(self, at: datetime, generation: int) -> None:
        """Set its business clock; it answers once what was due has fired.

        Raises:
            ClockAhead: it stands later already.
        """
        try:
            await self._ask("PUT", "/clock", json={"at": at.isoformat(), "generation": generation}, timeout=_MOVE_TIMEOUT_S)
        except DoorRefused as refused:
            if refused.status == httpx.codes.CONFLICT:
                raise ClockAhead(f"the clock of {self.service} stands later than {at.isoformat()}; it only goes forward") from refused
            raise

    async def switch(self, kind: str, name: str, body: Mapping[str, Any]) -> bool:
        """Switch one of its `ruleRows` or `dataProtocols`; False when it has none of that name."""
        try:
            await self._ask("PUT", f"/{kind}/{name}", json=body)
        except DoorRefused as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return False
            raise
        return True

    async def switches(self) -> dict[str, Any]:
        """Its rule rows as they ship, the data protocols as they stand today, and everything that was ever switched."""
        return await self._said("GET", "/switches")

    async def parked(self, size: int = 500) -> list[dict[str, Any]]:
        """Its open parked records, oldest first."""
        found: list[dict[str, Any]] = []
        while True:
            after = {"after": found[-1]["id"]} if found else {}
            items = (await self._said("GET", "/parked", params={"pageSize": size, **after}))["items"]
            found += items
            if len(items) < size:
                return found

    async def redrive(self, parked_id: UUID, by: str) -> dict[str, Any]:
        """Handle a parked record again, and those of its person behind it."""
        return await self._said("POST", f"/parked/{parked_id}/redrives", json={"by": by})

    async def discard(self, parked_id: UUID, by: str) -> None:
        """Let a parked record go for good."""
        await self._ask("POST", f"/parked/{parked_id}/discards", json={"by": by})

    async def journey(self, identifier: UUID) -> dict[str, Any] | None:
        """What it knows of a person, by their id or that of something it keeps about them; None when it knows nothing."""
        try:
            return await self._said("GET", f"/journeys/{identifier}")
        except DoorRefused as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise

    async def metrics(self) -> Mapping[str, float]:
        """Its gauges and counters without labels of their own, by name."""
        try:
            text = (await self.http.get("/metrics")).text
        except httpx.TransportError as error:
            raise PeerUnavailable(f"{self.service}: {type(error).__name__}") from error
        return parse_metrics(text)

    async def _twice(self, method: str, path: str, **how: Any) -> httpx.Response:
        """A question is asked again when the idle connection it went out on was being closed at the other end."""
        try:
            return await self.http.request(method, path, **how)
        except (httpx.ReadError, httpx.RemoteProtocolError):
            if method != "GET":
                raise
        return await self.http.request(method, path, **how)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.aclose()

    async def _said(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        """The object it answers with.

        Raises:
            NoHub: another program answers there.
        """
        response = await self._ask(method, path, **how)
        try:
            said = response.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise NoHub(str(self.http.base_url))
        return said

    async def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            response = await self._twice(method, _PREFIX + path, **how)
        except httpx.TransportError as error:
            raise PeerUnavailable(f"{self.service}: {type(error).__name__}") from error
        if response.is_error:
            raise DoorRefused(method, _PREFIX + path, response.status_code, response.reason_phrase)
        return response


@asynccontextmanager
async def inner_doors(services: Mapping[str, str], keys: Path) -> AsyncIterator[Sequence[InnerDoors]]:
    """Those of all services at these addresses, with the token in the key folder."""
    token = internal_token(keys, production=False)
    doors = [InnerDoors.at(service, url, token) for service, url in services.items()]
    try:
        yield doors
    finally:
        for door in doors:
            await door.close()


def parse_metrics(text: str) -> Mapping[str, float]:
    """The values in Prometheus' text format, by name; of those with several label sets the last."""
    rows = (row for row in text.splitlines() if row and not row.startswith("#"))
    return {row.partition("{")[0].partition(" ")[0]: float(row.rpartition(" ")[2]) for row in rows}
