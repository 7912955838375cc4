"""Tells people by SMS that something waits, through a gateway over HTTP that takes each delivery id once."""

from collections.abc import Mapping
from typing import Final

import httpx

from contracts.codes import Channel, DeliveryKind
from proof.disclosures import Attachment
from services.notifications.channels.over_http import LATER, SERVER_ERRORS, HttpCarrier
from services.notifications.channels.port import Fate, Outcome, Parcel

_ANNOUNCING: Final = frozenset({DeliveryKind.NOTIFICATION, DeliveryKind.REMINDER, DeliveryKind.COURTESY})
# The states of a message as the gateway spells them (SMPP 3.4, section 5.2.28); any other leaves it on its way.
_FATES: Final[Mapping[str, tuple[Fate, str | None]]] = {
    "delivered": (Fate.DELIVERED, None),
    "expired": (Fate.FAILED, "expired"),
    "undeliverable": (Fate.FAILED, "undeliverable"),
    "deleted": (Fate.FAILED, "rejected"),
    "rejected": (Fate.FAILED, "rejected"),
}


class SmsCarrier(HttpCarrier):
    """Short messages: never the notice itself, no name and no link."""

    channels = frozenset({Channel.SMS})

    async def _send(self, parcel: Parcel) -> Outcome:
        if parcel.kind not in _ANNOUNCING:
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.FAILED, reason="contentNotAllowed")
        text = self._announcements.text(parcel.kind)
        body = {"deliveryId": str(parcel.delivery_id), "to": str(parcel.target), "text": text, "noticeId": str(parcel.notice_id)}
        body |= {"contactPointId": str(parcel.contact_point_id)} if parcel.contact_point_id else {}
        sent = Attachment(text.encode(), "text/plain; charset=utf-8")
        try:
            answer = await self._http.post(self._url, json=body, headers=self._headers)
        except httpx.TransportError:
            return await self._ask(parcel, sent)
        if answer.status_code >= SERVER_ERRORS:
            return await self._ask(parcel, sent)
        return _outcome(parcel, answer, sent)

    async def _ask(self, parcel: Parcel, sent: Attachment) -> Outcome:
        """It may have been taken before its answer was lost: the gateway knows it by its id."""
        deferred = Outcome(delivery_id=parcel.delivery_id, fate=Fate.DEFERRED, reason="gatewayUnavailable")
        try:
            answer = await self._http.get(f"{self._url}/{parcel.delivery_id}", headers=self._headers)
        except httpx.TransportError:
            return deferred
        return _outcome(parcel, answer, sent) if answer.is_success else deferred


def _outcome(parcel: Parcel, answer: httpx.Response, sent: Attachment) -> Outcome:
    codes = {"reply": str(answer.status_code)}
    if answer.status_code in LATER:
        return Outcome(delivery_id=parcel.delivery_id, fate=Fate.DEFERRED, reason="deferred", codes=codes)
    if not answer.is_success:
        return Outcome(delivery_id=parcel.delivery_id, fate=Fate.FAILED, reason="refusedByPolicy", codes=codes)
    said = answer.json()
    state = str(said.get("state", "")) if isinstance(said, dict) else ""
    fate, reason = _FATES.get(state, (Fate.RELAYED, None))
    return Outcome(delivery_id=parcel.delivery_id, fate=fate, reason=reason, sent=sent, said={"state": state}, codes=codes)
