"""Takes in what carriers say of deliveries, each answer once; one that comes before its delivery was taken is kept and applied then."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.uow import UnitOfWork
from services.notifications.domain.notices import EARLY, Answer, State, follows
from services.notifications.evidence.record import record
from services.notifications.store import deliveries
from services.notifications.store.deliveries import Delivery
from services.notifications.usecases import leaves
from services.notifications.usecases.leaves import Said
from services.notifications.usecases.moved import Moved
from services.notifications.usecases.settle import settle
from vault.custody import VaultCustody

# Worth keeping as evidence though it moves nothing.
_CORROBORATING = frozenset({Answer.READ, Answer.RELAYED, Answer.DELAYED})


@dataclass(frozen=True, slots=True)
class Receipt:
    """One answer of a carrier, about a delivery, a notice or a whole batch."""

    said: Said
    delivery_id: UUID | None = None
    notice_id: UUID | None = None
    batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """How many deliveries the answer names, and how many it moved on."""

    named: int
    moved: int


async def record_receipt(uow: UnitOfWork, receipt: Receipt, organisation: str | None) -> Taken:
    """Keep an answer about notices of this organisation, and draw the consequences for every delivery that it moves on."""
    named = await deliveries.found(uow, organisation, deliveries.Named(receipt.delivery_id, receipt.notice_id, receipt.batch_id))
    people = list({row.person_id for row in named})
    await uow.take(people, await uow.resource(VaultCustody).survivors(people))
    rows = await deliveries.locked(uow, [row.delivery_id for row in named])
    said = receipt.said
    news = await deliveries.keep_answer(
        uow, [row.delivery_id for row in rows], {"event": said.answer, "at": said.at, "reason": said.reason, "proof": said.proof}
    )
    moved = await _apply(uow, [(row, said) for row in rows if row.delivery_id in news and State(row.state) not in EARLY])
    return Taken(len(named), moved)


async def apply_early(uow: UnitOfWork, delivery_ids: Sequence[UUID]) -> None:
    """Apply what carriers said of these before we knew that they had taken them (`mechanics.md` 26; an SMS receipt may overtake)."""
    kept = await deliveries.kept_answers(uow, delivery_ids)
    for row in kept:  # few: one at a time, because each moves what the next one meets
        said = Said(Answer(row.event), row.at, row.reason, row.proof)
        await _apply(uow, [(one, said) for one in await deliveries.locked(uow, [row.delivery_id])])


async def _apply(uow: UnitOfWork, told: Sequence[tuple[Delivery, Said]]) -> int:
    """Log what is worth it, move what is moved; how many were."""
    moving = [(row, said) for row, said in told if follows(row.channel, State(row.state), said.answer, proven=said.proof is not None)]
    moved_ids = {row.delivery_id for row, _ in moving}
    weighed = [(row, said) for row, said in told if row.delivery_id in moved_ids or said.answer in _CORROBORATING]
    await record(uow, [leaves.answered(row, said) for row, said in weighed])
    if moving:
        await deliveries.move(uow, [(row.delivery_id, said.answer.value, said.reason) for row, said in moving])
        await settle(uow, [Moved(row, State(said.answer.value), said.at, _reasons(said)) for row, said in moving])
    return len(moving)


def _reasons(said: Said) -> tuple[str, ...]:
    return (said.reason,) if said.reason else ()
