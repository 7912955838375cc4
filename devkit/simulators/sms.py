"""An SMS gateway over HTTP: takes a message once per delivery id, and tells its state when asked."""

from collections import deque
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse, Response

# The final states of SMPP 3.4, section 5.2.28, as the gateway spells them.
State = Literal["accepted", "delivered", "expired", "undeliverable", "rejected", "unknown"]


class _Json(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class Message(_Json):
    """A message to send; the sender's delivery id makes it one message however often it is sent."""

    delivery_id: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+$")]
    to: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
    text: Annotated[str, Field(min_length=1, max_length=918)]  # six parts of 153 characters


class Report(_Json):
    """What became of a message."""

    delivery_id: str
    state: State


class SmsGateway:
    """The messages it took, by delivery id, and what it was told to answer."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.states: dict[str, State] = {}
        self._next: deque[State] = deque()
        self._failures: deque[int] = deque()

    def end_next(self, *states: State) -> None:
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
        failure = self._failures.popleft() if self._failures else 0
        if failure > 0:
            raise HTTPException(failure)
        known = self.messages.get(message.delivery_id)
        if known is not None and known != message:
            raise HTTPException(409, "this deliveryId was used for another message")
        if known is None:
            self.messages[message.delivery_id] = message
            self.states[message.delivery_id] = self._next.popleft() if self._next else "delivered"
        if failure:
            raise HTTPException(-failure)
        return (202 if known is None else 200), Report(delivery_id=message.delivery_id, state=self.states[message.delivery_id])

    def app(self) -> FastAPI:
        """The gateway's doors: `POST /messages`, `GET /messages/{deliveryId}`."""
        doors = APIRouter()

        @doors.post("/messages", status_code=202)
        async def create_message(message: Message) -> Response:
            status, report = self.take(message)
            return JSONResponse(report.model_dump(by_alias=True), status)

        @doors.get("/messages/{delivery_id}")
        async def get_message(delivery_id: str) -> Report:
            if delivery_id not in self.states:
                raise HTTPException(404)
            return Report(delivery_id=delivery_id, state=self.states[delivery_id])

        app = FastAPI(openapi_url=None)
        app.include_router(doors)
        return app
