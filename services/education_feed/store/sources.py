"""The watermarks of Education's sources, and the cases that wait for one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import text

from chassis.uow import UnitOfWork
from contracts.codes import SourceState
from contracts.identifiers import PersonId
from services.education_feed.domain.facts import Sources, Watermark

NAMES = ("enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led")

_STATES = text("SELECT name, state, complete_until, received_at FROM source_state")
# A unit that is about to wait holds this shared until it commits; who hears a source takes it alone, and then looks for those who wait.
_ABOUT_TO_WAIT = text("SELECT pg_advisory_xact_lock_shared(8104)")
_ABOUT_TO_WAKE = text("SELECT pg_advisory_xact_lock(8104)")
_WAITING = text("""
    SELECT case_id, coalesce(merged_into, person_id) AS person_id FROM leave_case
    WHERE waits_for <> '{}' AND waits_for @> ARRAY[CAST(:name AS text)] AND absorbed_by IS NULL
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits for a source."""

    case_id: UUID
    person_id: PersonId


async def heard(uow: UnitOfWork) -> Sources:
    """The watermarks; of several senders of one source the least that they say."""
    said: dict[str, list[Watermark]] = {}
    for row in await uow.all(_STATES):
        said.setdefault(row.name, []).append(Watermark(SourceState(row.state), row.complete_until, row.received_at))
    return Sources({name: _least(some) for name, some in said.items()})


def _least(said: Sequence[Watermark]) -> Watermark:
    worst = next((one for one in said if one.state is not SourceState.AVAILABLE or one.complete_until is None), None)
    latest = max((one.received_at for one in said if one.received_at is not None), default=None)
    return replace(worst or min(said, key=lambda one: one.complete_until or date.min), received_at=latest)


async def about_to_wait(uow: UnitOfWork) -> None:
    """Miss no word of a source between a decision that waits for it and its commit."""
    await uow.execute(_ABOUT_TO_WAIT)


async def about_to_wake(uow: UnitOfWork) -> None:
    """See every case that waits, also those of units that are at work now."""
    await uow.execute(_ABOUT_TO_WAKE)


async def waiting(uow: UnitOfWork, name: str) -> Sequence[Waiting]:
    """Who waits for this source."""
    return [Waiting(row.case_id, PersonId(row.person_id)) for row in await uow.all(_WAITING, {"name": name})]
