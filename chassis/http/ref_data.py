"""The pages `/refData/problemTypes`: every problem type, made from the error tree."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from chassis.http.problems import Problem, ResourceNotFound

_CACHE = {"Cache-Control": "public, max-age=3600"}


def router() -> APIRouter:
    """The pages, open to everyone."""
    pages = APIRouter(prefix="/refData", include_in_schema=False)

    @pages.get("/problemTypes")
    async def list_problem_types() -> JSONResponse:
        return JSONResponse({"items": [_page(kind) for _, kind in sorted(Problem.catalogue().items())]}, headers=_CACHE)

    @pages.get("/problemTypes/{kind}")
    async def get_problem_type(kind: str) -> JSONResponse:
        found = Problem.catalogue().get(kind)
        if found is None:
            raise ResourceNotFound("kind")
        return JSONResponse(_page(found), headers=_CACHE)

    return pages


def _page(kind: type[Problem]) -> dict[str, object]:
    return {
        "href": kind.page(),
        "type": kind.urn(),
        "status": kind.status,
        "title": kind.title,
        "detail": kind.meaning,
        "description": (kind.__doc__ or "").strip(),
    }
