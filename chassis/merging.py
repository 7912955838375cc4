"""One person stays one: what the vault answers about a person, and how a service applies a merge that it meets (`mechanics.md` 2, 3).

A service declares `Service(merge=...)`. The claim calls it in the unit that first meets a merge, with everyone concerned locked, before
anything else is done there. Its tables keep the recorded `person_id` and have `merged_into`: `mark` fills that, `whose` is how rows are
read and indexed, and partial unique indexes cover rows where `merged_into` is null.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Column, ColumnElement, Table, bindparam, column, func, update
from sqlalchemy.dialects.postgresql import UUID

from contracts.identifiers import PersonId

if TYPE_CHECKING:
    from chassis.uow import UnitOfWork  # which calls what is declared here


_PAIRS = (
    func.unnest(bindparam("absorbed", type_=ARRAY(UUID)), bindparam("survivors", type_=ARRAY(UUID)))
    .table_valued(column("absorbed", UUID), column("survivor", UUID), name="merged")
    .render_derived()
)


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole person behind a number or an id, as the vault answers."""

    person_id: PersonId  # the survivor
    absorbed: frozenset[PersonId] = frozenset()
    merge_number: int = 0  # of the survivor's last merge; 0 = never merged


@dataclass(frozen=True, slots=True)
class Merged:
    """A person of whom this service had not applied the last merge; `absorbed` are all ids ever absorbed, also those applied before."""

    survivor: PersonId
    absorbed: frozenset[PersonId]
    number: int = 0


# Who these people are as a whole; asked before the claim. Ids that never took part in a merge may be left out.
Survivors = Callable[[Sequence[PersonId]], Awaitable[Mapping[PersonId, Whole]]]
# Applies merges to what a service keeps; each survivor once a call.
Merge = Callable[["UnitOfWork", Sequence[Merged]], Awaitable[None]]


async def nobody_merged(_: Sequence[PersonId]) -> Mapping[PersonId, Whole]:
    """The answer of a service that has no vault."""
    return {}


async def nothing_to_merge(_uow: "UnitOfWork", _merged: Sequence[Merged]) -> None:
    """A service that keeps nothing that a merge would change."""


def merged_into() -> "Column[Any]":
    """The column that a table with a `person_id` needs for merges."""
    return Column("merged_into", UUID)


def whose(table: Table) -> ColumnElement[Any]:
    """Whose a row is now: the survivor of the person it was recorded for. In SQL text: `coalesce(merged_into, person_id)`."""
    return func.coalesce(table.c.merged_into, table.c.person_id)


async def mark(uow: "UnitOfWork", merged: Iterable[Merged], tables: Iterable[Table]) -> None:
    """Let the rows of absorbed ids name their survivor; nothing else about them changes."""
    pairs = [(absorbed, one.survivor) for one in merged for absorbed in one.absorbed]
    params = {"absorbed": [absorbed for absorbed, _ in pairs], "survivors": [survivor for _, survivor in pairs]}
    for table in tables:
        await uow.execute(
            update(table)
            .where(table.c.person_id == _PAIRS.c.absorbed, table.c.merged_into.is_distinct_from(_PAIRS.c.survivor))
            .values(merged_into=_PAIRS.c.survivor),
            params,
        )
