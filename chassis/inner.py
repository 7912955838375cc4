"""The inner doors `/internal/v1`: parked records, counters, journeys, switches; in a sandbox also the clock and what is due."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import text

from chassis import parking, switching, timers
from chassis.clock import MovableClock, local_date
from chassis.errors import ClockMovedBack, NothingParked
from chassis.http.problems import Conflict, InvalidAccessToken, ResourceNotFound
from chassis.journey import Journey
from chassis.logs import short
from chassis.redrive import Redrive, Redriven
from chassis.switching import Kind, RuleRows, Switch
from chassis.telemetry import Metrics
from chassis.timers import TimerLoop
from chassis.uow import Units
from contracts import protocols

_KEEP_CLOCK = text("""
    INSERT INTO business_clock (at, generation) VALUES (:at, :generation)
    ON CONFLICT (one) DO UPDATE SET at = excluded.at, generation = excluded.generation
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
    rule_rows: RuleRows
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
    _switches(doors, inside)
    if inside.sandbox:
        _time(doors, inside)
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
    shown = _in_camel_case(item)
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
    @doors.get("/switches")
    async def list_switches() -> dict[str, Any]:
        async with inside.units.open() as uow:
            today = local_date(uow.now)
            flows = {flow: uow.protocols.active(flow, today) for flow in sorted(protocols.NAMES)}
            made = await switching.switched(uow)
        return {"ruleRows": inside.rule_rows.shipped, "dataProtocols": flows, "switched": [_in_camel_case(one) for one in made]}

    @doors.put("/dataProtocols/{flow}", status_code=204)
    async def switch_protocol(flow: str, body: Switch) -> Response:
        if flow not in protocols.NAMES:
            raise ResourceNotFound
        async with inside.units.open() as uow:
            await switching.keep(uow, Kind.PROTOCOL, flow, body)
        inside.units.protocols.forget()
        return Response(status_code=204)

    @doors.put("/ruleRows/{row_id}", status_code=204)
    async def switch_rule_row(row_id: str, body: Switch) -> Response:
        if row_id not in inside.rule_rows.shipped:
            raise ResourceNotFound
        async with inside.units.open() as uow:
            await switching.keep(uow, Kind.RULE_ROW, row_id, body)
            await inside.rule_rows.let_go(uow, row_id, body)
        return Response(status_code=204)


def _in_camel_case(item: parking.Parked | switching.Switched) -> dict[str, Any]:
    return {to_camel(name): value for name, value in asdict(item).items() if value is not None}
