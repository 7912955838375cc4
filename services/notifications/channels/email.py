"""Sends notices by e-mail over SMTP and says honestly what the next host's answer is worth."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPException, SMTPResponseException
from aiosmtplib.response import SMTPResponse

from contracts.codes import Channel
from proof.disclosures import Attachment
from services.notifications.channels.errors import NoRoute, RouteUnavailable
from services.notifications.channels.mail_message import Announcements, Sender, build
from services.notifications.channels.mail_status import refused
from services.notifications.channels.port import Fate, Outcome, Parcel
from services.notifications.channels.routes import Hop, Routes

_TIMEOUT_S: Final = 20.0  # of one command; RFC 5321 (4.5.3.2) allows minutes, but a host that slow is tried again later
_EHLO: Final = "hub.invalid"


class MailCarrier:
    """Mail; a message that was handed over cannot be recognised when it comes again, so it is never sent twice (`mechanics.md` 26)."""

    channels = frozenset({Channel.EMAIL})
    repeatable = False
    at_most = 10  # what a crash can make `unknown`

    def __init__(self, routes: Routes, sender: Sender, announcements: Announcements, timeout_s: float = _TIMEOUT_S) -> None:
        self._routes = routes
        self._sender = sender
        self._announcements = announcements
        self._timeout_s = timeout_s

    async def hand_over(self, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        """Send these side by side."""
        return await asyncio.gather(*(self._send(parcel) for parcel in parcels))

    async def _send(self, parcel: Parcel) -> Outcome:
        sent = Attachment(build(parcel, self._sender, self._announcements), "message/rfc822")
        try:
            hops = await self._routes.hops(parcel)
        except NoRoute as error:
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.FAILED, reason=error.reason)
        except RouteUnavailable as error:
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.DEFERRED, reason=error.reason)
        for hop in hops:
            outcome = await self._try(hop, parcel, sent)
            if outcome is not None:
                return outcome
        return Outcome(delivery_id=parcel.delivery_id, fate=Fate.DEFERRED, reason="unreachable")

    async def _try(self, hop: Hop, parcel: Parcel, sent: Attachment) -> Outcome | None:
        """One host; nothing when it cannot be reached and another may be tried."""
        # Between mail hosts encryption is taken where it is offered (RFC 7435); a smart host of our own has to prove who it is.
        client = SMTP(hostname=hop.host, port=hop.port, timeout=self._timeout_s, local_hostname=_EHLO, validate_certs=not hop.own)
        try:
            await client.connect()
        except SMTPResponseException as refusal:
            return _refused(parcel.delivery_id, hop, refusal.code, refusal.message)
        except (SMTPException, OSError):
            return None
        try:
            return await self._hand(client, hop, parcel, sent)
        finally:
            client.close()

    async def _hand(self, client: SMTP, hop: Hop, parcel: Parcel, sent: Attachment) -> Outcome:
        try:
            await self._address(client, parcel)
        except SMTPResponseException as refusal:
            return _refused(parcel.delivery_id, hop, refusal.code, refusal.message)
        except SMTPException:
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.DEFERRED, reason="disconnected", codes={"hop": hop.kind})
        try:
            reply = await client.data(sent.data)
        except SMTPResponseException as refusal:
            return _refused(parcel.delivery_id, hop, refusal.code, refusal.message)
        except SMTPException:
            # The message may be gone and its answer lost: from here on nobody can be asked.
            return Outcome(delivery_id=parcel.delivery_id, fate=Fate.UNKNOWN, reason="answerLost", sent=sent, codes={"hop": hop.kind})
        return _accepted(parcel.delivery_id, hop, reply, sent)

    async def _address(self, client: SMTP, parcel: Parcel) -> None:
        """The envelope; where the host can report, it is asked to report everything (RFC 3461)."""
        await client.ehlo()
        reports = client.supports_extension("dsn")
        envelope = ["RET=HDRS", f"ENVID={parcel.delivery_id}"] if reports else []
        await client.mail(self._sender.returns(parcel.delivery_id), options=envelope)
        await client.rcpt(str(parcel.target), options=["NOTIFY=SUCCESS,FAILURE,DELAY"] if reports else [])


def _accepted(delivery_id: UUID, hop: Hop, reply: SMTPResponse, sent: Attachment) -> Outcome:
    """A 250 of the host that our own look-up chose is the recipient's; of any other it is no more than a receipt."""
    return Outcome(
        delivery_id=delivery_id,
        fate=Fate.DELIVERED if hop.own else Fate.RELAYED,
        sent=sent,
        said={"reply": f"{reply.code} {reply.message}", "host": hop.host},
        codes={"reply": str(reply.code), "hop": hop.kind},
    )


def _refused(delivery_id: UUID, hop: Hop, code: int, text: str) -> Outcome:
    fate, reason = refused(code, text)
    said = {"reply": f"{code} {text}", "host": hop.host}
    return Outcome(delivery_id=delivery_id, fate=fate, reason=reason, said=said, codes={"reply": str(code), "hop": hop.kind})
