"""The door through which the mail host hands in what came back."""

from base64 import b64decode
from typing import Annotated

from pydantic import Field

from chassis.http.api import Caller, Uow
from chassis.http.models import Body, View
from services.notifications.http.api import api
from services.notifications.http.receipts import answers_for
from services.notifications.usecases.take_in_mail import take_in

_LONGEST = 1024 * 1024  # characters; a report returns headers, not whole messages


class InboundMailBody(Body):
    """A mail as it came in: its exact bytes, in base64."""

    message: Annotated[str, Field(max_length=_LONGEST, pattern=r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$")]


class InboundMailView(View):
    """What was made of it: `applied`, `kept`, `duplicate` or `quarantined`."""

    verdict: str


@api.post("/inboundMails", scope="notification.receipts", summary="Hand in a mail that came back", idempotent=True)
async def create_inbound_mail(body: InboundMailBody, caller: Caller, uow: Uow) -> InboundMailView:
    """Take in a delivery status or disposition notification; mail that is neither is kept apart, sealed, for a person to look at."""
    return InboundMailView(verdict=await take_in(uow, b64decode(body.message), answers_for(uow, caller), caller.organisation))
