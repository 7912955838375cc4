"""The inner doors `/internal/v1`: parked records, counters, journeys; in a sandbox also the clock, what is due, protocols and rule rows."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import text

from chassis import parking, timers
from chassis.clock import MovableClock
from chassis.errors import ClockMovedBack, NothingParked
from chassis.http.problems import Conflict, InvalidAccessToken, ResourceNotFound
from chassis.journey import Journey
from chassis.logs import short
from chassis.redrive import Redrive, Redriven
from chassis.telemetry import Metrics
from chassis.timers import TimerLoop
from chassis.uow import Units
from contracts import protocols

_KEEP_CLOCK = text("""
    INSERT INTO business_clock (at, generation) VALUES (:at, :generation)
    ON CONFLICT (one) DO UPDATE SET at = excluded.at, generation = excluded.generation
""")
_KEEP_PROTOCOL = text("""
    INSERT INTO data_protocol (flow, active, valid_from, valid_to) VALUES (:flow, :active, :valid_from, :valid_to)
    ON CONFLICT (flow) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")


class ClockStaysAhead(Conflict):
    """The sandbox clock never goes back."""

    title = "Clock Stays Ahead"
    meaning = "The sandbox clock only moves forward; a reset starts it anew"


class Body(BaseModel):
    """A request body of an inner door."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class ClockMove(Body):
    """Where the business clock goes; `generation` rises with each move."""

    at: AwareDatetime
    generation: int = Field(ge=1)


class Switch(Body):
    """Whether a protocol or a rule row holds, and when."""

    active: bool
    valid_from: date | None = None
    valid_to: date | None = None


class Settlement(Body):
    """Who redrives or discards."""

    by: str = Field(min_length=1, max_length=80)


@dataclass(frozen=True, slots=True)
class Inside:
    """What the inner doors of one service reach."""

    service: str
    token: str
    units: Units
    redrive: Redrive
    metrics: Metrics
    timer_loop: TimerLoop | None
    busy: Callable[[], Awaitable[list[str]]]
    rule_rows: Callable[[Units, str, Switch], Awaitable[bool]] | None
    journey: Journey | None
    sandbox: bool


def router(inside: Inside) -> APIRouter:
    """The doors every service has; the sandbox ones only in a sandbox."""

    async def trusted(authorization: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {inside.token}".encode()):  # as text it refuses what is not ASCII
            raise InvalidAccessToken

    doors = APIRouter(prefix="/internal/v1", dependencies=[Depends(trusted)], include_in_schema=False)
    _parked(doors, inside)
    _counters(doors, inside)
    _journeys(doors, inside)
    if inside.sandbox:
        _time(doors, inside)
        _switches(doors, inside)
    return doors


def _parked(doors: APIRouter, inside: Inside) -> None:
    @doors.get("/parked")
    async def list_parked(
        after: UUID | None = None, page_size: Annotated[int, Query(alias="pageSize", ge=1, le=500)] = 100
    ) -> dict[str, Any]:
        async with inside.units.open() as uow:
            found = await parking.listed(uow.connection, after, page_size)
        return {"items": [_shown(item) for item in found]}

    @doors.post("/parked/{parked_id}/redrives")
    async def redrive_parked(parked_id: UUID, body: Settlement) -> dict[str, Any]:
        try:
            return _told(await inside.redrive.redrive(parked_id, body.by))
        except NothingParked:
            raise ResourceNotFound from None

    @doors.post("/parked/{parked_id}/discards")
    async def discard_parked(parked_id: UUID, body: Settlement) -> dict[str, Any]:
        try:
            return _told(await inside.redrive.discard(parked_id, body.by))
        except NothingParked:
            raise ResourceNotFound from None


def _told(done: Redriven) -> dict[str, Any]:
    return {"redriven": done.redriven} | ({"stopped": done.stopped} if done.stopped else {})


def _shown(item: parking.Parked) -> dict[str, Any]:
    shown = {to_camel(name): value for name, value in asdict(item).items() if value is not None}
    if item.person_id is not None:
        shown["personId"] = short(item.person_id)
    return shown


def _counters(doors: APIRouter, inside: Inside) -> None:
    @doors.get("/counters")
    async def counters() -> dict[str, Any]:
        waiting = await inside.busy()
        clock = inside.units.clock
        moved = {"generation": clock.generation, "now": clock.now()}
        return {"service": inside.service, **moved, "counters": inside.metrics.totals, "busy": waiting}


def _journeys(doors: APIRouter, inside: Inside) -> None:
    @doors.get("/journeys/{identifier}")
    async def journey(identifier: UUID) -> dict[str, Any]:
        if inside.journey is None:
            raise ResourceNotFound
        async with inside.units.open() as uow:
            told = await inside.journey(uow, identifier)
        if told is None:
            raise ResourceNotFound
        return {"personId": str(told.person_id), "steps": [{"at": step.at, "what": step.what, **step.about} for step in told.steps]}


def _time(doors: APIRouter, inside: Inside) -> None:
    clock = inside.units.clock
    if not isinstance(clock, MovableClock):
        return

    @doors.get("/due")
    async def due(until: AwareDatetime) -> dict[str, Any]:
        async with inside.units.open() as uow:
            return {"instants": await timers.due_instants(uow, until)}

    @doors.put("/clock", status_code=204)
    async def move_clock(body: ClockMove) -> Response:
        try:
            clock.move(body.at, body.generation)
        except ClockMovedBack as error:
            raise ClockStaysAhead(str(error)) from None
        async with inside.units.open() as uow:
            await uow.execute(_KEEP_CLOCK, {"at": body.at, "generation": body.generation})
        inside.units.timer_wake.set()
        if inside.timer_loop is not None:
            while await inside.timer_loop.fire():
                pass
        return Response(status_code=204)


def _switches(doors: APIRouter, inside: Inside) -> None:
    @doors.put("/dataProtocols/{flow}", status_code=204)
    async def switch_protocol(flow: str, body: Switch) -> Response:
        if flow not in protocols.NAMES:
            raise ResourceNotFound
        async with inside.units.open() as uow:
            await uow.execute(_KEEP_PROTOCOL, {"flow": flow} | body.model_dump())
        inside.units.protocols.forget()
        return Response(status_code=204)

    @doors.put("/ruleRows/{row_id}", status_code=204)
    async def switch_rule_row(row_id: str, body: Switch) -> Response:
        if inside.rule_rows is None or not await inside.rule_rows(inside.units, row_id, body):
            raise ResourceNotFound
        return Response(status_code=204)
