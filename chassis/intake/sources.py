"""How fresh each source of facts says it is: an absence counts only up to the day a source is complete (`facts.md` 1, watermark)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import Path
from pydantic import Field
from sqlalchemy import select, text

from chassis.http.api import Answer, Api, Caller, Uow
from chassis.http.models import Day, View
from chassis.http.problems import ResourceNotFound, SourceVersionConflict
from chassis.intake import outcomes, schema
from chassis.intake.kinds import FactBody
from chassis.intake.taking import SUPERSEDED
from chassis.uow import UnitOfWork

_CREATED = 201

_BEFORE = text("""
    SELECT state, complete_until, source_version FROM source_state
    WHERE name = :source AND organisation = :organisation FOR UPDATE
""")
_PUT = text("""
    INSERT INTO source_state AS s (name, organisation, state, complete_until, source_version, received_at)
    VALUES (:source, :organisation, :state, :complete_until, :source_version, :at)
    ON CONFLICT (name, organisation) DO UPDATE
    SET state = excluded.state, complete_until = excluded.complete_until, source_version = excluded.source_version,
        received_at = excluded.received_at
    WHERE s.source_version < excluded.source_version
""")


class Freshness(StrEnum):
    """Whether a source can be asked."""

    AVAILABLE = "available"
    NOT_FRESH = "notFresh"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What one sender says of one source."""

    name: str
    organisation: str
    state: Freshness
    complete_until: date | None

    def covers(self, day: date) -> bool:
        """Whether silence about that day means that there was nothing."""
        return self.state is Freshness.AVAILABLE and self.complete_until is not None and self.complete_until >= day


class SourceStateBody(FactBody):
    """The watermark of a source: complete up to and including a day."""

    state: Freshness
    complete_until: Day | None = None


class SourceStateAnswer(View):
    """What became of it."""

    source_version: int
    result: str = Field(description="accepted or duplicate")
    reason: str | None = None


# Called in the unit that changed a source, once per accepted version.
Changed = Callable[[UnitOfWork, SourceState], Awaitable[None]]


async def states(uow: UnitOfWork, source: str) -> Sequence[SourceState]:
    """What each of its senders says of a source; nothing when none ever did."""
    table = schema.source_state
    rows = await uow.all(select(table).where(table.c.name == source).order_by(table.c.organisation))
    return [SourceState(row.name, row.organisation, Freshness(row.state), row.complete_until) for row in rows]


async def covers(uow: UnitOfWork, source: str, day: date) -> bool:
    """Whether an absence in this source on that day counts: it has senders, and each is available and complete up to it."""
    found = await states(uow, source)
    return bool(found) and all(state.covers(day) for state in found)


def source_doors(api: Api, *sources: str, scope: str, changed: Changed | None = None) -> None:
    """Open `PUT /sourceStates/{name}` for these sources."""

    @api.put("/sourceStates/{name}", scope=scope, summary="Say up to which day a source is complete")
    async def put_source_state(
        name: Annotated[str, Path(alias="name", description="Name of the source")], body: SourceStateBody, caller: Caller, uow: Uow
    ) -> Answer[SourceStateAnswer]:
        """Say how fresh a source is; silence about anything later is no answer."""
        if name not in sources:
            raise ResourceNotFound("name")
        return await _put(uow, SourceState(name, caller.organisation, body.state, body.complete_until), body.source_version, changed)


async def _put(uow: UnitOfWork, state: SourceState, version: int, changed: Changed | None) -> Answer[SourceStateAnswer]:
    identity: dict[str, object] = {"source": state.name, "organisation": state.organisation}
    before = await uow.one_or_none(_BEFORE, identity)
    said = {"state": state.state, "complete_until": state.complete_until, "source_version": version, "at": uow.now}
    if await uow.execute(_PUT, identity | said):
        if changed is not None:
            await changed(uow, state)
        return Answer(SourceStateAnswer(source_version=version, result=outcomes.ACCEPTED), status=None if before else _CREATED)
    known = before or await uow.one_or_none(_BEFORE, identity)
    assert known is not None
    if version < known.source_version:
        return Answer(SourceStateAnswer(source_version=version, result=outcomes.DUPLICATE, reason=SUPERSEDED))
    if (known.state, known.complete_until) != (state.state, state.complete_until):
        raise SourceVersionConflict
    return Answer(SourceStateAnswer(source_version=version, result=outcomes.DUPLICATE))
