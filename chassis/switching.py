"""What a person switches in a running installation, rule rows and data protocols: kept with who did it, and told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from sqlalchemy import text

from chassis.uow import UnitOfWork

_KEEP_PROTOCOL = text("""
    INSERT INTO data_protocol (flow, active, valid_from, valid_to) VALUES (:name, :active, :valid_from, :valid_to)
    ON CONFLICT (flow) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")
_KEEP_RULE_ROW = text("""
    INSERT INTO rule_row (row_id, active, valid_from, valid_to) VALUES (:name, :active, :valid_from, :valid_to)
    ON CONFLICT (row_id) DO UPDATE SET active = excluded.active, valid_from = excluded.valid_from, valid_to = excluded.valid_to
""")
_NOTE = text("""
    INSERT INTO switching (kind, name, active, valid_from, valid_to, switched_by)
    VALUES (:kind, :name, :active, :valid_from, :valid_to, :by)
""")
_SWITCHED = text("SELECT kind, name, active, valid_from, valid_to, switched_by, switched_at FROM switching ORDER BY id")
_WHO = text("SELECT DISTINCT switched_by FROM switching WHERE kind = :kind")


class Kind(StrEnum):
    """What can be switched; also the name of its inner door."""

    RULE_ROW = "ruleRows"
    PROTOCOL = "dataProtocols"


_KEEP = {Kind.PROTOCOL: _KEEP_PROTOCOL, Kind.RULE_ROW: _KEEP_RULE_ROW}


class Switch(BaseModel):
    """Whether a protocol or a rule row holds, when (both days included, open where none is given), and who says so."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    active: bool
    valid_from: date | None = None
    valid_to: date | None = None
    by: str = Field(min_length=1, max_length=80)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:  # noqa: N804 - an "after" validator works on the instance
        if self.valid_from is not None and self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("validTo lies before validFrom")
        return self


@dataclass(frozen=True, slots=True)
class Switched:
    """One switch as it was made."""

    kind: str
    name: str
    active: bool
    valid_from: date | None
    valid_to: date | None
    by: str
    at: datetime


async def nothing_waits(_uow: UnitOfWork, _name: str, _how: Switch) -> None:
    """A service in which nothing waits for a row: what is decided next reads it as it then stands."""


@dataclass(frozen=True, slots=True)
class RuleRows:
    """The rows of one service that a person can switch, each with whether it ships active; `let_go` frees what waited for one."""

    shipped: Mapping[str, bool]
    let_go: Callable[[UnitOfWork, str, Switch], Awaitable[None]] = nothing_waits


NO_RULE_ROWS = RuleRows({})


async def keep(uow: UnitOfWork, kind: Kind, name: str, how: Switch) -> None:
    """Keep how it stands from now on, and that this person switched it; what stood before stays in the record."""
    values = how.model_dump()
    await uow.execute(_NOTE, {"kind": kind, "name": name} | values)
    values.pop("by")
    await uow.execute(_KEEP[kind], {"name": name} | values)


async def switched(uow: UnitOfWork) -> Sequence[Switched]:
    """Every switch ever made here, the oldest first."""
    return [Switched(*row) for row in await uow.all(_SWITCHED)]


async def rule_switchers(uow: UnitOfWork) -> frozenset[str]:
    """Who ever switched a rule row here."""
    return frozenset(row.switched_by for row in await uow.all(_WHO, {"kind": Kind.RULE_ROW}))
