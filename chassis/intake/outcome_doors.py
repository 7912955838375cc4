"""The door at which a partner reads what became of its records."""

from typing import Any

from pydantic import AwareDatetime, Field
from starlette.requests import Request

from chassis.http.api import Answer, Api, Caller, Uow
from chassis.http.models import View
from chassis.http.paging import After, PageSize, decode_cursor, encode_cursor, page
from chassis.intake import outcomes

_PAGE = 100
# The largest bigint: a cursor beyond it is before nothing.
_LAST = 2**63 - 1


class OutcomeView(View):
    """What a partner is told of one record; `supersedes` is the id of the outcome it replaces."""

    id: str
    kind: str
    reference: str
    source_version: int
    result: str
    reason: str | None = None
    details: dict[str, Any] | None = Field(default=None, description="What else this partner may know")
    recorded_at: AwareDatetime
    supersedes: str | None = None


class OutcomePage(View):
    """Outcomes in the order of their positions, without gaps; `cursor` continues after them, also when nothing follows yet."""

    items: list[OutcomeView]
    next: str | None = None
    cursor: str | None = None


def outcome_doors(api: Api, *, scope: str) -> None:
    """Open `GET /outcomes`."""

    @api.get("/outcomes", scope=scope, summary="Follow what became of the records you sent")
    async def get_outcomes(
        request: Request, caller: Caller, uow: Uow, after: After = None, page_size: PageSize = _PAGE
    ) -> Answer[OutcomePage]:
        """List the caller's own outcomes after a cursor, oldest first."""
        start = 0 if after is None else min(int(decode_cursor(after, (int,))[0]), _LAST)
        entries = await outcomes.page(uow, caller.organisation, start, page_size + 1)
        shown = page(request, entries, page_size, lambda entry: (entry.position,))
        cursor = encode_cursor((shown.items[-1].position,)) if shown.items else after
        body = OutcomePage(items=[_view(entry) for entry in shown.items], next=shown.next, cursor=cursor)
        return Answer(body, headers={"Cache-Control": "no-store"})


def _view(entry: outcomes.Entry) -> OutcomeView:
    return OutcomeView(
        id=str(entry.position),
        kind=entry.kind,
        reference=entry.reference,
        source_version=entry.source_version,
        result=entry.result,
        reason=entry.reason,
        details=dict(entry.details) or None,
        recorded_at=entry.recorded_at,
        supersedes=None if entry.supersedes is None else str(entry.supersedes),
    )
