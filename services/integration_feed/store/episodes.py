"""A person's contracts as a column of whatever statement reads about people."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from services.integration_feed.domain.contracts import Contract, Episode, episodes
from services.integration_feed.domain.newcomers import Ended

# For a statement in which `p.person_id` is whose contracts these are. Asked person by person, so always by index.
CONTRACTS: Final = """ARRAY(
        SELECT ROW(c.contract_id, c.organisation, c.reference, greatest(c.source_version, t.source_version), c.agency, c.signed_on,
                   c.deleted, t.kind, t.ended_on, c.identity)
        FROM contract AS c LEFT JOIN LATERAL (
            SELECT source_version, kind, ended_on FROM termination
            WHERE (organisation, reference) = (c.organisation, c.reference) AND source_version > c.source_version LIMIT 1
        ) AS t ON true
        WHERE coalesce(c.merged_into, c.person_id) = p.person_id
        ORDER BY c.signed_on NULLS LAST, c.organisation, c.reference
    ) AS contracts"""
_ENDED_BY = {"stopped": Ended.CONTRACT_STOPPED, "withdrawn": Ended.CONTRACT_WITHDRAWN}


class _Row(NamedTuple):
    """One of them, in the order of `CONTRACTS`."""

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
