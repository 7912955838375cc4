"""The doors of bulk: one that takes a body of lines, and those that tell what became of each."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import AwareDatetime, Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from chassis.http.api import Answer, Api, Caller, Uow
from chassis.http.models import View
from chassis.http.paging import After, Page, PageSize, decode_cursor, page
from chassis.http.problems import InvalidCursor, ResourceNotFound, UnsupportedMediaType
from chassis.intake import batches
from chassis.intake.batches import Batch
from chassis.intake.bulk import BulkUpload
from chassis.intake.doors import GivenIntake
from chassis.intake.intake import Intake

NDJSON = "application/x-ndjson"
_MEDIA_TYPES = (NDJSON, "application/jsonl", "application/ndjson")
_POLL_AFTER_S = 2
_RESULTS = 1000
_PAGE = 50

BatchId = Annotated[UUID, Path(alias="id", description="Id of the batch")]


class TaskStatus(View):
    """How far a batch is (Belgif `lng-task`)."""

    state: str = Field(description="processing, done or failed")
    poll_after: int | None = Field(default=None, description="Seconds to wait before asking again")
    completed: AwareDatetime | None = None


class BatchView(View):
    """One batch; `truncated` when its body did not come whole: the lines counted here stand, the rest is to be sent again."""

    id: str
    href: str
    status: TaskStatus
    truncated: bool
    received_at: AwareDatetime
    line_count: int
    results: dict[str, int] = Field(description="Number of lines by result")


class BatchReceived(View):
    """Where to find what became of the lines."""

    id: str
    href: str


class BatchLine(View):
    """What became of one line."""

    line: int
    kind: str | None = None
    reference: str | None = None
    source_version: int | None = None
    result: str
    reason: str | None = None
    detail: str | None = None


def bulk_doors(api: Api, *, write_scope: str, read_scope: str) -> None:
    """Open `/factBatches` for every kind of the service's intake."""
    path = f"{api.prefix}/factBatches"
    _post(api, path, write_scope)
    _read(api, path, read_scope)
    _results(api, read_scope)


def _post(api: Api, path: str, scope: str) -> None:
    @api.post("/factBatches", scope=scope, summary="Send many facts at once", status=202, consumes=_MEDIA_TYPES)
    async def post_fact_batch(request: Request, caller: Caller, intake: GivenIntake) -> Answer[BatchReceived]:
        """Take lines of `{operation, kind, reference, sourceVersion}` with the record beside these, or whole under `record`."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _MEDIA_TYPES:
            raise UnsupportedMediaType(_MEDIA_TYPES)
        upload = BulkUpload(intake, caller)
        href = f"{path}/{upload.batch_id}"
        received = Answer(BatchReceived(id=str(upload.batch_id), href=href), location=href)
        try:
            await upload.receive(request.stream())
        except ClientDisconnect:
            return received  # nobody is there to read it; the batch itself says that it is truncated
        return received


def _read(api: Api, path: str, scope: str) -> None:
    @api.get("/factBatches", scope=scope, summary="Find the batches you sent")
    async def get_fact_batches(
        request: Request, caller: Caller, uow: Uow, after: After = None, page_size: PageSize = _PAGE
    ) -> Page[BatchView]:
        """List the caller's own batches, newest first."""
        found = await batches.newest(uow, caller.organisation, _batch_cursor(after), page_size + 1)
        shown = page(request, found, page_size, lambda batch: (str(batch.id),))
        return Page[BatchView](items=[await _view(uow, path, batch) for batch in shown.items], next=shown.next)

    @api.get("/factBatches/{id}", scope=scope, summary="See how far a batch is")
    async def get_fact_batch(batch_id: BatchId, caller: Caller, uow: Uow) -> BatchView:
        """Tell how far a batch is, with the number of lines by result."""
        batch = await batches.find(uow, batch_id, caller.organisation)
        if batch is None:
            raise ResourceNotFound("id")
        return await _view(uow, path, batch)


def _results(api: Api, scope: str) -> None:
    @api.get("/factBatches/{id}/results", scope=scope, summary="Read the result of each line")
    async def get_fact_batch_results(batch_id: BatchId, caller: Caller, intake: GivenIntake) -> Response:
        """Stream one JSON object a line, in the order of the lines sent."""
        async with intake.units.open() as uow:
            if await batches.find(uow, batch_id, caller.organisation) is None:
                raise ResourceNotFound("id")
        return StreamingResponse(_streamed(intake, batch_id), media_type=NDJSON, headers={"Cache-Control": "no-store"})


async def _streamed(intake: Intake, batch_id: UUID) -> AsyncIterator[bytes]:
    """A unit a page, so that a slow reader holds no connection."""
    after = 0
    while True:
        async with intake.units.open() as uow:
            found = await batches.results(uow, batch_id, after, _RESULTS)
        if not found:
            return
        views = [BatchLine.model_validate(line, from_attributes=True) for line in found]
        yield b"".join(view.model_dump_json(by_alias=True, exclude_none=True).encode() + b"\n" for view in views)
        after = found[-1].line


def _batch_cursor(after: str | None) -> UUID | None:
    if after is None:
        return None
    try:
        return UUID(str(decode_cursor(after, (str,))[0]))
    except ValueError:
        raise InvalidCursor("after") from None


async def _view(uow: Uow, path: str, batch: Batch) -> BatchView:
    counts = await batches.counts(uow, batch.id)
    processing = batch.state == "processing"
    return BatchView(
        id=str(batch.id),
        href=f"{path}/{batch.id}",
        status=TaskStatus(state=batch.state, poll_after=_POLL_AFTER_S if processing else None, completed=batch.completed_at),
        truncated=batch.truncated,
        received_at=batch.received_at,
        line_count=sum(counts.values()),
        results=counts,
    )
