"""Puts notices in the recipient's mailbox of the portal, over HTTP; the same delivery id is the same message."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from typing import Final

import httpx

from contracts.codes import Channel
from proof.disclosures import Attachment
from services.notifications.channels.mail_message import Announcements
from services.notifications.channels.port import Fate, Outcome, Parcel

_LATER: Final = frozenset({408, 425, 429})
_SERVER_ERRORS: Final = 500


class PortalCarrier:
    """Mailboxes behind a strong login; a message is available from the answer on."""

    channels = frozenset({Channel.PORTAL})
    repeatable = True
    at_most = 20

    def __init__(self, url: str, token: str, announcements: Announcements, http: httpx.AsyncClient) -> None:
        self._url = f"{url.rstrip('/')}/messages"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._announcements = announcements
        self._http = http

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Put these in their mailboxes side by side."""
        return await asyncio.gather(*(self._put(parcel) for parcel in parcels))

    async def _put(self, parcel: Parcel) -> Outcome:
        body = {
            "recipient": str(parcel.target),
            "noticeId": str(parcel.notice_id),
            "subject": self._announcements.subject,
            "content": b64encode(parcel.content).decode(),
        }
        outage = Outcome(delivery_id=parcel.delivery_id, fate=Fate.DEFERRED, reason="portalUnavailable")
        try:
            answer = await self._http.put(f"{self._url}/{parcel.delivery_id}", json=body, headers=self._headers)
        except httpx.TransportError:
            return outage
        codes = {"reply": str(answer.status_code)}
        if answer.status_code >= _SERVER_ERRORS or answer.status_code in _LATER:
            return outage
        if not answer.is_success:
            reason = "noMailbox" if answer.status_code == httpx.codes.NOT_FOUND else "rejected"
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.FAILED, reason=reason, codes=codes)
        sent = Attachment(parcel.content, "text/html; charset=utf-8")
        return Outcome(delivery_id=parcel.delivery_id, fate=Fate.AVAILABLE, sent=sent, codes=codes)
