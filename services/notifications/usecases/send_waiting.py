"""Sends what waited for an address or for a decision: what never went out, what a digital road did not bring, what came back."""

from collections.abc import Mapping, Sequence
from typing import Final

from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.codes import Channel, DeliveryKind
from contracts.codes import Purpose as NoticePurpose
from contracts.identifiers import PersonId
from contracts.people import Address
from contracts.sealed import Sealed
from services.notifications.domain.notices import State
from services.notifications.store import address_tasks, objections
from services.notifications.usecases import fall_back
from services.notifications.usecases.intend import Intended, intend
from services.notifications.usecases.post import Post, post_of
from vault.client import Vault
from vault.values import Erased, Purpose

_SENDING: Final = Purpose("noticeAddress")

Rows = Sequence[Row]


async def send_waiting(uow: UnitOfWork, people: Sequence[PersonId]) -> None:
    """Intend a letter for every notice of these people that waited and may go now, each once; its task is done with that.

    A letter that came back is not sent to the same address again, and what was opened meanwhile needs no copy.
    """
    rows = await address_tasks.waiting(uow, people) if people else ()
    held = await objections.undecided(uow, people) if rows else ()
    rows = [row for row in rows if row.person_id not in held or row.purpose == NoticePurpose.OBJECTION_OUTCOME]
    if not rows:
        return
    post = await post_of(uow, [PersonId(row.person_id) for row in rows], _SENDING)
    read = [row for row in rows if _kind(row) is DeliveryKind.COPY and row.state == State.OPENED]
    rest = [row for row in rows if row not in read]
    fallen = [row for row in rest if row.fallback_rule is not None and (row.person_id in post or row.task == address_tasks.UNDECIDED)]
    letters = await _moved(uow, [row for row in rest if row.fallback_rule is None and row.person_id in post], post)
    await address_tasks.close(uow, [row.notice_id for row in (*read, *fallen, *letters)], uow.now)
    await intend(uow, [_letter(row, post[PersonId(row.person_id)]) for row in letters])
    await fall_back.on_paper(uow, [_wanted(row) for row in fallen])


async def _moved(uow: UnitOfWork, rows: Rows, post: Mapping[PersonId, Post]) -> list[Row]:
    """Those of these that would not go to where they came back from."""
    back = [row for row in rows if row.letter_box is not None]
    boxes = [Sealed[bytes].of(row.letter_ref, row.letter_box) for row in back]
    opened = await uow.resource(Vault).open(boxes, bytes, _SENDING) if boxes else []
    same = {
        row.notice_id
        for row, said in zip(back, opened, strict=True)
        if not isinstance(said, Erased) and Address.model_validate_json(said) == post[PersonId(row.person_id)].address
    }
    return [row for row in rows if row.notice_id not in same]


def _kind(row: Row) -> DeliveryKind:
    """As what it is to go out."""
    return DeliveryKind(row.fallback_kind or row.letter_kind or DeliveryKind.CONTENT)


def _letter(row: Row, post: Post) -> Intended:
    return Intended(
        person_id=PersonId(row.person_id),
        notice_id=row.notice_id,
        channel=Channel(row.letter_channel or row.channel),
        rule_id=row.letter_rule or row.channel_rule,
        target=post.address,
        box=post.box,
        kind=_kind(row),
    )


def _wanted(row: Row) -> fall_back.Wanted:
    return fall_back.Wanted(row.notice_id, PersonId(row.person_id), row.fallback_rule, tuple(row.reasons), _kind(row))
