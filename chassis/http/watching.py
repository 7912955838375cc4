"""The doors for platforms and monitors: `/livez`, `/readyz`, `/health` (Belgif `hlth-res`) and `/metrics`."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.responses import JSONResponse, Response

from chassis.health import Health

_NO_STORE = {"Cache-Control": "no-store"}


def router(health: Health, metrics: CollectorRegistry) -> APIRouter:
    """These doors; they tell a stranger how it goes, not why."""
    doors = APIRouter(include_in_schema=False)

    @doors.get("/livez")
    async def live() -> Response:
        return _status("UP", 200)

    @doors.get("/readyz")
    async def ready() -> Response:
        return _status("UP", 200) if health.all_ready else _status("DOWN", 503)

    @doors.get("/health")
    async def overall() -> Response:
        if health.all_ready:
            return _status("UP", 200)
        some_work = any(part.ready for part in health.parts.values())
        return _status("DEGRADED", 200) if some_work else _status("DOWN", 503)

    @doors.get("/metrics")
    async def measured() -> Response:
        return Response(generate_latest(metrics), headers=_NO_STORE, media_type=CONTENT_TYPE_LATEST)

    return doors


def _status(status: str, code: int) -> Response:
    return JSONResponse({"status": status}, code, _NO_STORE)
