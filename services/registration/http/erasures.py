"""The doors of erasures: two people of VDAB ask for one, and it is confirmed once no process can hold a key any more."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from chassis.http.api import Answer, Caller, Uow
from chassis.http.controller import only_controller
from chassis.http.models import View
from chassis.http.problems import BadRequest, ResourceNotFound
from services.registration.http.concerned import Concerned, StaffReference, person_of
from services.registration.http.registrations import api
from services.registration.store import erasures
from services.registration.store.erasures import ErasureRow
from services.registration.usecases.erase import ask
from vault.values import DataClass

# A word such as `art17Gdpr`; it stands in the evidence log for ever, which takes no long number.
Ground = Annotated[str, Field(pattern=r"^[a-z][A-Za-z]{0,30}[0-9]{0,4}[A-Za-z]{0,28}$")]


class ErasureBody(Concerned):
    """Whose data, which classes of it, on which ground (such as `art17Gdpr`), and the two people who stand for it."""

    ground: Ground
    classes: Annotated[frozenset[DataClass], Field(min_length=1)]
    requested_by: StaffReference
    approved_by: StaffReference


class ErasureView(View):
    """An erasure as it stands; before `effectiveAt` a process may still hold a key. `held` is what a legal hold kept."""

    id: str
    state: str
    ground: str
    classes: list[str]
    requested_by: str
    approved_by: str
    requested_at: AwareDatetime
    erased_at: AwareDatetime | None = None
    effective_at: AwareDatetime
    held: list[str] | None = None
    done_at: AwareDatetime | None = None


@api.post("/erasures", scope="registration.erase", summary="Erase a person's data", status=202, idempotent=True)
async def create_erasure(body: ErasureBody, caller: Caller, uow: Uow) -> Answer[ErasureView]:
    """Destroy the keys of these classes for the whole person, every number they ever had included; what was decided stays, without a name.

    What is under a legal hold stays and is named in `held`. The proofs in the evidence log stay valid; their content stays shut for ever.
    """
    if body.requested_by.casefold() == body.approved_by.casefold():
        raise BadRequest.about("body", "approvedBy", "two people stand for an erasure: who approves is not who asks")
    person = await person_of(uow, caller, body, "erasure")
    wanted = await ask(uow, person, ground=body.ground, classes=body.classes, requested_by=body.requested_by, approved_by=body.approved_by)
    row = await erasures.by_id(uow, wanted.erasure_id)
    assert row is not None
    return Answer(_view(row), status=202, location=f"{api.prefix}/erasures/{wanted.erasure_id}")


@api.get("/erasures/{erasureId}", scope="registration.erase", summary="Read one erasure")
async def get_erasure(erasure_id: UUID, caller: Caller, uow: Uow) -> ErasureView:
    """Show how far it is; `done` means that nobody can open the data any more and every service was told."""
    only_controller(uow, caller, "erasureId")
    row = await erasures.by_id(uow, erasure_id)
    if row is None:
        raise ResourceNotFound("erasureId")
    return _view(row)


def _view(row: ErasureRow) -> ErasureView:
    return ErasureView(
        id=str(row.erasure_id),
        state="processing" if row.done_at is None else "done",
        ground=row.ground,
        classes=list(row.classes),
        requested_by=row.requested_by,
        approved_by=row.approved_by,
        requested_at=row.requested_at,
        erased_at=row.erased_at,
        effective_at=row.effective_at,
        held=list(row.held) if row.held is not None else None,
        done_at=row.done_at,
    )
