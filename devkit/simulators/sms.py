"""An SMS gateway over HTTP: takes a message once per delivery id, and tells its state when asked."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response

from devkit.simulators.orders import Held, OrderBook, Receipt, SmsOrder, SmsState

# What a receipt calls the final states of SMPP 3.4, section 5.2.28; of the others there is nothing to tell.
_RECEIPTS: Final[dict[SmsState, dict[str, str]]] = {
    "delivered": {"event": "delivered"},
    "expired": {"event": "failed", "reason": "expired"},
    "undeliverable": {"event": "failed", "reason": "undeliverable"},
    "rejected": {"event": "failed", "reason": "rejected"},
}
Tell = Callable[[Held[Receipt]], Awaitable[None]]


class _Json(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Message(_Json):
    """A message to send; the sender's delivery id makes it one message however often it is sent."""

    delivery_id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
    to: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
    text: Annotated[str, Field(min_length=1, max_length=918)]  # six parts of 153 characters
    notice_id: str | None = None
    contact_point_id: str | None = None


class Report(_Json):
    """What became of a message."""

    delivery_id: str
    state: SmsState


class SmsGateway:
    """The messages it took, by delivery id, and what it was told to answer."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.states: dict[str, SmsState] = {}
        self._next: deque[SmsState] = deque()
        self._failures: deque[int] = deque()
        self.orders: OrderBook[SmsOrder] = OrderBook(SmsOrder())
        self.requests: Counter[str] = Counter()  # by delivery id, taken or not
        self.receipts: list[Held[Receipt]] = []
        self.tell: Tell | None = None  # sends a receipt before its answer; others wait in the list

    def end_next(self, *states: SmsState) -> None:
        """Let the next new messages end in these states; without one a message is delivered."""
        self._next.extend(states)

    def fail_next(self, *statuses: int, after_taking: bool = False) -> None:
        """Answer the next requests with these HTTP statuses; `after_taking` keeps the message all the same, so the sender cannot know."""
        self._failures.extend(-status if after_taking else status for status in statuses)

    def take(self, message: Message) -> tuple[int, Report]:
        """Take a message; the status of the answer and the state it has now.

        Raises:
            HTTPException: a failure was ordered, or the delivery id was used for another message.
        """
        order = self.order(message)
        self.requests[message.delivery_id] += 1
        failure = self._failures.popleft() if self._failures else order.status or (-504 if order.loses_answer else 0)
        if failure > 0:
            raise HTTPException(failure)
        known = self.messages.get(message.delivery_id)
        if known is not None and known != message:
            raise HTTPException(409, "this deliveryId was used for another message")
        if known is None:
            self.messages[message.delivery_id] = message
            self.states[message.delivery_id] = self._next.popleft() if self._next else order.state or "delivered"
        if failure:
            raise HTTPException(-failure)
        return (202 if known is None else 200), self.report(message)

    def order(self, message: Message) -> SmsOrder:
        """What was ordered about it."""
        return self.orders.of(message.contact_point_id, message.notice_id)

    def report(self, message: Message) -> Report:
        """What is told of a message when asked; a state that goes out in a receipt is not told before."""
        state: SmsState = "accepted" if self.order(message).reports else self.states[message.delivery_id]
        return Report(delivery_id=message.delivery_id, state=state)

    async def announce(self, message: Message) -> None:
        """Send, or keep, the receipt of a message."""
        order, said = self.order(message), _RECEIPTS.get(self.states[message.delivery_id])
        if said is None or not order.reports:
            return
        held = Held({"deliveryId": message.delivery_id, **said}, order.held_until)
        if self.tell is not None and order.before_answer:
            await self.tell(held)
        else:
            self.receipts.append(held)

    def app(self) -> FastAPI:
        """The gateway's doors: `POST /messages`, `GET /messages/{deliveryId}`."""
        doors = APIRouter()

        @doors.post("/messages", status_code=202)
        async def create_message(message: Message) -> Response:
            new = message.delivery_id not in self.messages
            status, report = self.take(message)
            early = new and self.order(message).before_answer
            if early:
                await self.announce(message)
            later = BackgroundTask(self.announce, message) if new and not early else None
            await asyncio.sleep(self.order(message).answers_after_s)
            return JSONResponse(report.model_dump(by_alias=True), status, background=later)

        @doors.get("/messages/{delivery_id}")
        async def get_message(delivery_id: str) -> Report:
            if delivery_id not in self.states:
                raise HTTPException(404)
            await asyncio.sleep(self.order(self.messages[delivery_id]).answers_after_s)
            return self.report(self.messages[delivery_id])

        app = FastAPI(openapi_url=None)
        app.include_router(doors)
        return app
