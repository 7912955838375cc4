"""The sandbox's control doors: the clock, the print house, and waiting until the hub has come to rest."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.http.clients.errors import PeerUnavailable
from devkit.errors import BadQuestion, ClockAhead, DoorRefused, NoSuchRule, NoSuchSwitch, NotSettled
from devkit.sandbox.coordinator import SETTLE_TIMEOUT_S, Coordinator
from devkit.sandbox.courier import Courier
from devkit.sandbox.inner import Snapshot
from devkit.sandbox.print_house import PrintHouse

_LONGEST_S = 600


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class ClockSetting(_Body):
    """Where the clock is to go; only forward."""

    at: AwareDatetime


class ClockView(_Body):
    """Where the clock stands; `moved` counts its moves, and at 0 it still follows the machine."""

    at: AwareDatetime
    moved: int


class Settlement(_Body):
    """How long to wait for rest."""

    timeout_s: Annotated[float, Field(gt=0, le=_LONGEST_S)] = SETTLE_TIMEOUT_S


class Settled(_Body):
    """What each service has counted since it was started."""

    counters: dict[str, dict[str, int]]


class PrintRun(_Body):
    """What one run of the print house did."""

    posted: int
    refused: int


def router(coordinator: Coordinator, print_house: PrintHouse, courier: Courier) -> APIRouter:
    """The doors of clock, settlements and print runs; they exist in a sandbox only and ask for no token."""
    doors = APIRouter(prefix="/sandbox/v1", tags=["Sandbox"])

    async def at_rest(timeout_s: float) -> Sequence[Snapshot]:
        """Wait until nothing is under way, carriers' answers among it; an answer may bring the next one."""
        while True:
            brought = courier.brought
            seen = await coordinator.settled(timeout_s)
            await courier.run()
            if courier.brought == brought:
                return seen

    @doors.get("/clock", operation_id="getClock", summary="Where the business clock stands")
    async def get_clock() -> ClockView:
        at, moved = await coordinator.clock()
        return ClockView(at=at, moved=moved)

    @doors.put("/clock", operation_id="putClock", summary="Move the clock; answers when everything due before has happened")
    async def put_clock(setting: ClockSetting) -> ClockView:
        await coordinator.advance_to(setting.at)
        await at_rest(SETTLE_TIMEOUT_S)  # with what carriers held back until now
        return await get_clock()

    @doors.post("/settlements", operation_id="createSettlement", summary="Wait until nothing is under way any more")
    async def create_settlement(settlement: Settlement) -> Settled:
        seen = await at_rest(settlement.timeout_s)
        return Settled(counters={one.service: dict(one.counters) for one in seen})

    @doors.post("/printRuns", operation_id="createPrintRun", summary="Let the print house print and post every letter that waits")
    async def create_print_run() -> PrintRun:
        at, _ = await coordinator.clock()
        return PrintRun(**await print_house.run(at))

    return doors


async def problem(_: Request, error: Exception) -> Response:
    """The problem document of what these doors can meet."""
    match error:
        case ClockAhead():
            status, kind = 409, "clockStaysAhead"
        case NotSettled():
            status, kind = 503, "notSettled"
        case NoSuchRule() | NoSuchSwitch():
            status, kind = 404, "resourceNotFound"
        case BadQuestion():
            status, kind = 400, "badRequest"
        case _:
            status, kind = 503, "serviceUnavailable"
    body = {"type": f"urn:problem-type:hub:sandbox:{kind}", "title": kind, "status": status, "detail": str(error)}
    return JSONResponse(body, status, media_type="application/problem+json")


PROBLEMS = (ClockAhead, NotSettled, NoSuchRule, NoSuchSwitch, BadQuestion, DoorRefused, PeerUnavailable)
