"""A person's contracts as a column of whatever statement reads about people."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from services.integration_feed.domain.contracts import Contract, Episode, episodes
from services.integration_feed.domain.newcomers import Ended

_ENDED_BY = {"stopped": Ended.CONTRACT_STOPPED, "withdrawn": Ended.CONTRACT_WITHDRAWN}


class _Row(NamedTuple):
    """One of them, in the order in which every statement of this service names its columns."""

    contract_id: UUID
    organisation: str
    reference: str
    source_version: int
    agency: str
    signed_on: date | None
    deleted: bool
    ended_by: str | None
    ended_on: date | None
    identity: Any


def read(contracts: Sequence[Sequence[Any]]) -> tuple[Episode, ...]:
    """The contracts by obligation, the present one last."""
    return tuple(episodes([_contract(_Row(*row)) for row in contracts]))


def identity_in(contracts: Sequence[Sequence[Any]], lead: Contract) -> Any:
    """What the leading contract says of the person, sealed."""
    return next((row.identity for row in map(_Row._make, contracts) if row.contract_id == lead.contract_id), None)


def _contract(row: _Row) -> Contract:
    ended = Ended.CONTRACT_DELETED if row.deleted else None if row.ended_by is None else _ENDED_BY.get(row.ended_by)
    return Contract(*row[:6], ended, row.ended_on)
