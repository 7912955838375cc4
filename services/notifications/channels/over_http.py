"""What carriers that speak HTTP have in common: where messages go, as whom, side by side, and which answers mean later."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

import httpx

from services.notifications.channels.mail_message import Announcements
from services.notifications.channels.port import Outcome, Parcel

LATER: Final = frozenset({408, 425, 429})
SERVER_ERRORS: Final = 500


class HttpCarrier(ABC):
    """One request a parcel; the delivery id makes a repeat harmless."""

    repeatable = True
    at_most = 20

    def __init__(self, url: str, token: str, announcements: Announcements, http: httpx.AsyncClient) -> None:
        self._url = f"{url.rstrip('/')}/messages"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._announcements = announcements
        self._http = http

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Hand these over side by side."""
        return await asyncio.gather(*(self._send(parcel) for parcel in parcels))

    @abstractmethod
    async def _send(self, parcel: Parcel) -> Outcome: ...
