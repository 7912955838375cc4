"""The control doors of a sandbox, for the demo and for tests."""

from datetime import date, datetime, time
from types import TracebackType
from typing import Any, Self

import httpx

from chassis.clock import BRUSSELS
from chassis.http.clients.errors import PeerUnavailable
from devkit.errors import ClockAhead, NotSettled

# Moving the clock over months answers when all of that has happened.
_TIMEOUT_S = 600.0
_SETTLE_S = 60.0


class SandboxClient:
    """Moves the clock and waits for rest, through the doors."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/sandbox/v1", timeout=_TIMEOUT_S)

    async def now(self) -> datetime:
        """Where the business clock stands."""
        return datetime.fromisoformat((await self._ask("GET", "/clock")).json()["at"])

    async def advance_to(self, at: datetime | str) -> None:
        """Move the clock, by way of everything that is due before; a text is local time in Brussels.

        Raises:
            ClockAhead: it stands later already.
            NotSettled: something did not come to rest on the way.
        """
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        local = moment if moment.tzinfo is not None else moment.replace(tzinfo=BRUSSELS)
        await self._ask("PUT", "/clock", {"at": local.isoformat()})

    async def morning_of(self, day: date) -> None:
        """Move it to eight o'clock of a day."""
        await self.advance_to(datetime.combine(day, time(8), BRUSSELS))

    async def settled(self, timeout_s: float = _SETTLE_S) -> None:
        """Wait until nothing is under way.

        Raises:
            NotSettled: it did not come to rest in time; says who was busy.
        """
        await self._ask("POST", "/settlements", {"timeoutS": timeout_s})

    async def print_run(self) -> dict[str, int]:
        """Let the print house print and post every letter that waits."""
        said: dict[str, int] = (await self._ask("POST", "/printRuns")).json()
        return said

    async def switch_rule_row(self, row: str, *, active: bool) -> None:
        """Switch a rule row, wherever it is kept."""
        await self._ask("PUT", f"/ruleRows/{row}", {"active": active})

    async def order(self, channel: str, **what: object) -> None:
        """Tell a simulated provider (email, sms, portal) what to do, about a contact point, a notice or everyone."""
        await self._ask("PUT", f"/channels/{channel}", what)

    async def received(self, channel: str) -> list[dict[str, Any]]:
        """What a simulated provider was asked, counted where it arrived."""
        items: list[dict[str, Any]] = (await self._ask("GET", f"/channels/{channel}")).json()["items"]
        return items

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            response = await self._http.request(method, path, json=body)
        except httpx.TransportError as error:
            raise PeerUnavailable(f"sandbox: {type(error).__name__}") from error
        if response.status_code == httpx.codes.CONFLICT:
            raise ClockAhead(response.json()["detail"])
        if response.is_error:
            raise NotSettled([str(response.json().get("detail", response.status_code))], _SETTLE_S)
        return response

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()
