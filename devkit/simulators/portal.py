"""The portal's mailboxes over HTTP: a message is put once per delivery id, and opened by whoever logs in."""

from base64 import b64decode
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from devkit.simulators.orders import Held, OrderBook, PortalOrder, Receipt


class Message(BaseModel):
    """A message for somebody's mailbox; `recipient` is a person number, `content` a page in base64."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    recipient: Annotated[str, Field(pattern=r"^[0-9]{11}$")]
    notice_id: str
    subject: str
    content: str

    @property
    def page(self) -> bytes:
        """The page as it was sent."""
        return b64decode(self.content)


@dataclass(slots=True)
class Portal:
    """The messages it holds, by delivery id, and what it was told to do."""

    messages: dict[str, Message] = field(default_factory=dict)
    requests: "Counter[str]" = field(default_factory=Counter)  # by delivery id, taken or not
    orders: OrderBook[PortalOrder] = field(default_factory=lambda: OrderBook(PortalOrder()))
    receipts: list[Held[Receipt]] = field(default_factory=list)

    def put(self, delivery_id: str, message: Message) -> int:
        """Keep a message; the status of the answer.

        Raises:
            HTTPException: a failure was ordered, or the id was used for another message.
        """
        self.requests[delivery_id] += 1
        order = self.orders.of(message.notice_id)
        if order.status is not None:
            raise HTTPException(order.status)
        known = self.messages.get(delivery_id)
        if known is not None and known != message:
            raise HTTPException(409, "this id was used for another message")
        self.messages[delivery_id] = message
        return 201 if known is None else 200

    def opened(self, delivery_id: str) -> None:
        """Tell that someone opened a message, where that was ordered; a weak login opens nothing that counts."""
        order = self.orders.of(self.messages[delivery_id].notice_id)
        if order.opens != "strong":
            return
        self.receipts.append(Held({"deliveryId": delivery_id, "event": "opened"}, order.held_until))

    def app(self) -> FastAPI:
        """The portal's door: `PUT /messages/{deliveryId}`."""
        doors = APIRouter()

        @doors.put("/messages/{delivery_id}")
        async def put_message(delivery_id: str, message: Message) -> Response:
            status = self.put(delivery_id, message)
            return JSONResponse({"deliveryId": delivery_id}, status, background=BackgroundTask(self.opened, delivery_id))

        app = FastAPI(openapi_url=None)
        app.include_router(doors)
        return app
