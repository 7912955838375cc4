"""The door of deadlines: VDAB's terms towards jobseekers, and towards leavers who are held, soonest first."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request

from chassis.http.api import Caller, Uow
from chassis.http.controller import only_controller
from chassis.http.paging import After, Page, PageSize, decode_cursor, page
from chassis.http.problems import InvalidCursor
from services.registration.domain.terms import Standing
from services.registration.http.registrations import TermView, api, term_view
from services.registration.store import terms

State = Annotated[Standing | None, Query(alias="state", description="Only terms that stand so")]
DueBefore = Annotated[date | None, Query(alias="dueBefore", description="Only terms whose last day lies before this day")]


@api.get("/deadlines", scope="registration.read", summary="Find terms by their last day")
async def get_deadlines(
    request: Request,
    caller: Caller,
    uow: Uow,
    state: State = None,
    due_before: DueBefore = None,
    after: After = None,
    page_size: PageSize = 50,
) -> Page[TermView]:
    """List terms in the order of their last days; a contested registration's stay visible, paused."""
    only_controller(uow, caller, "deadlines")
    found = await terms.deadlines(uow, state=state, due_before=due_before, after=_cursor(after), count=page_size + 1)
    return page(request, [term_view(kept) for kept in found], page_size, lambda item: (item.due_on.isoformat(), item.id))


def _cursor(after: str | None) -> tuple[date, UUID] | None:
    if after is None:
        return None
    due_on, term_id = decode_cursor(after, (str, str))
    try:
        return date.fromisoformat(str(due_on)), UUID(str(term_id))
    except ValueError:
        raise InvalidCursor("after") from None
