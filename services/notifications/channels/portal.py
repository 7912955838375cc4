"""Puts notices in the recipient's mailbox of the portal, over HTTP; the same delivery id is the same message."""

from base64 import b64encode

import httpx

from contracts.codes import Channel
from proof.disclosures import Attachment
from services.notifications.channels.over_http import LATER, SERVER_ERRORS, HttpCarrier
from services.notifications.channels.port import Fate, Outcome, Parcel


class PortalCarrier(HttpCarrier):
    """Mailboxes behind a strong login; a message is available from the answer on."""

    channels = frozenset({Channel.PORTAL})

    async def _send(self, parcel: Parcel) -> Outcome:
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
        if answer.status_code >= SERVER_ERRORS or answer.status_code in LATER:
            return outage
        if not answer.is_success:
            reason = "noMailbox" if answer.status_code == httpx.codes.NOT_FOUND else "rejected"
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.FAILED, reason=reason, codes=codes)
        sent = Attachment(parcel.content, "text/html; charset=utf-8")
        return Outcome(delivery_id=parcel.delivery_id, fate=Fate.AVAILABLE, sent=sent, codes=codes)
