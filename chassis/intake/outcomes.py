"""What a partner is told of each record it sent: one current outcome a record, and every one there was."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from pydantic_core import to_json
from sqlalchemy import text

from chassis.errors import Misuse
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId

ACCEPTED: Final = "accepted"
DUPLICATE: Final = "duplicate"
PARKED: Final = "parked"
PROTOCOL_MISSING: Final = "protocolMissing"
# The words of `architecture.md` 10; `contracts.codes.Result` says the same (tested).
RESULTS: Final = frozenset({ACCEPTED, DUPLICATE, "waiting", "held", "declined", "linked", "registered", "withdrawn", PARKED})

_Key = tuple[str, str, str]

# Found record by record: a join over the whole batch would one day read the whole table. The count lets nothing be written before every
# superseded row is marked, or the unique index of the current ones could meet a new row first. A unit that waited here for another one
# that told of the same record finds its word there already, and lets it stand.
_RECORD = text("""
    WITH given AS MATERIALIZED (
        SELECT t.*, o.id AS present,
               o.id IS NULL OR (o.source_version, o.result, o.reason, o.details, o.internal)
                   IS DISTINCT FROM (t.source_version, t.result, t.reason, t.details, t.internal) AS news
        FROM (SELECT organisation, kind, reference, source_version, person_id, result, reason, CAST(said AS jsonb) AS details,
                     CAST(kept AS jsonb) AS internal, n
              FROM unnest(CAST(:organisations AS text[]), CAST(:kinds AS text[]), CAST(:references AS text[]),
                          CAST(:versions AS bigint[]), CAST(:people AS uuid[]), CAST(:results AS text[]), CAST(:reasons AS text[]),
                          CAST(:details AS text[]), CAST(:internals AS text[]))
                   WITH ORDINALITY AS u (organisation, kind, reference, source_version, person_id, result, reason, said, kept, n)) AS t
        LEFT JOIN LATERAL (
            SELECT id, source_version, result, reason, details, internal FROM outcome
            WHERE current AND (organisation, kind, reference) = (t.organisation, t.kind, t.reference) LIMIT 1
        ) AS o ON true
    ), superseded AS (
        UPDATE outcome SET current = false
        WHERE current AND id = ANY (ARRAY(SELECT present FROM given WHERE news AND present IS NOT NULL))
        RETURNING id
    )
    INSERT INTO outcome (organisation, kind, reference, source_version, person_id, result, reason, details, internal,
                         recorded_at, supersedes)
    SELECT organisation, kind, reference, source_version, person_id, result, reason, details, internal, :at, present
    FROM given WHERE news AND (SELECT count(*) FROM superseded) >= 0
    ORDER BY n
    ON CONFLICT (organisation, kind, reference) WHERE current DO NOTHING
""")
_CURRENT = text("""
    SELECT o.organisation, o.kind, o.reference, o.source_version, o.result, o.reason, o.person_id, o.details, o.internal
    FROM outcome AS o
    JOIN unnest(CAST(:organisations AS text[]), CAST(:kinds AS text[]), CAST(:references AS text[])) AS t (organisation, kind, reference)
      USING (organisation, kind, reference)
    WHERE o.current
""")
_PAGE = text("""
    SELECT o.position, o.kind, o.reference, o.source_version, o.result, o.reason, o.details, o.recorded_at, old.position AS supersedes
    FROM outcome AS o LEFT JOIN outcome AS old ON old.id = o.supersedes
    WHERE o.organisation = :organisation AND o.position > :after
    ORDER BY o.position LIMIT :size
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one version of one record; `details` is for the partner, `internal` is not. Neither holds personal data."""

    organisation: str
    kind: str
    reference: str
    source_version: int
    result: str
    reason: str | None = None
    person_id: PersonId | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    internal: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.result not in RESULTS:
            raise Misuse(f"{self.result} is no result a partner is told")

    @property
    def record(self) -> _Key:
        """Which record it is about."""
        return (self.organisation, self.kind, self.reference)


@dataclass(frozen=True, slots=True)
class Entry:
    """One outcome in a partner's feed; positions are consecutive per partner, `supersedes` is the position of the one it replaces."""

    position: int
    kind: str
    reference: str
    source_version: int
    result: str
    reason: str | None
    details: Mapping[str, Any]
    recorded_at: datetime
    supersedes: int | None


# What was recorded in a unit, so that the machinery sees which records a kind said nothing about.
_told: MutableMapping[UnitOfWork, dict[_Key, Outcome]] = WeakKeyDictionary()


async def record(uow: UnitOfWork, outcomes: Iterable[Outcome]) -> None:
    """Make these the current outcomes of their records; the same as the present one is no news. Of two for one record the last stands."""
    latest = {outcome.record: outcome for outcome in outcomes}
    if not latest:
        return
    said = list(latest.values())
    uow.later(
        _RECORD,
        {
            "organisations": [outcome.organisation for outcome in said],
            "kinds": [outcome.kind for outcome in said],
            "references": [outcome.reference for outcome in said],
            "versions": [outcome.source_version for outcome in said],
            "people": [outcome.person_id for outcome in said],
            "results": [outcome.result for outcome in said],
            "reasons": [outcome.reason for outcome in said],
            "details": [_json(outcome.details) for outcome in said],
            "internals": [None if outcome.internal is None else _json(outcome.internal) for outcome in said],
            "at": uow.recorded_at,
        },
    )
    _told.setdefault(uow, {}).update(latest)


def told(uow: UnitOfWork) -> Mapping[_Key, Outcome]:
    """The last outcome of each record about which this unit said something."""
    return _told.get(uow, {})


async def current(uow: UnitOfWork, records: Sequence[_Key]) -> Mapping[_Key, Outcome]:
    """The current outcome of each of these (organisation, kind, reference) that has one."""
    columns = {
        "organisations": [key[0] for key in records],
        "kinds": [key[1] for key in records],
        "references": [key[2] for key in records],
    }
    rows = await uow.all(_CURRENT, columns) if records else []
    return {(row.organisation, row.kind, row.reference): Outcome(**row.mapping) for row in rows}


async def page(uow: UnitOfWork, organisation: str, after: int, size: int) -> list[Entry]:
    """A partner's outcomes after a position, in order; 0 is before the first."""
    rows = await uow.all(_PAGE, {"organisation": organisation, "after": after, "size": size})
    return [Entry(**row.mapping) for row in rows]


def _json(members: Mapping[str, Any]) -> str:
    return to_json(members).decode() if members else "{}"
