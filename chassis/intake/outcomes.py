"""What a partner is told of each record it sent: one current outcome a record, and every one there was."""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

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

# Two statements: inside one, the unique index of the current ones could see the new row before the old one is gone.
_SUPERSEDE = text("""
    UPDATE outcome AS o SET current = false
    FROM jsonb_to_recordset(:given) AS t (organisation text, kind text, reference text, source_version bigint, result text, reason text,
                                          details jsonb, internal jsonb)
    WHERE o.current AND (o.organisation, o.kind, o.reference) = (t.organisation, t.kind, t.reference)
      AND (o.source_version, o.result, o.reason, o.details, o.internal)
          IS DISTINCT FROM (t.source_version, t.result, t.reason, t.details, t.internal)
    RETURNING o.id, o.organisation, o.kind, o.reference
""").bindparams(bindparam("given", type_=JSONB))
_RECORD = text("""
    INSERT INTO outcome (organisation, kind, reference, source_version, person_id, result, reason, details, internal,
                         recorded_at, supersedes)
    SELECT t.organisation, t.kind, t.reference, t.source_version, t.person_id, t.result, t.reason, t.details, t.internal, :at, t.supersedes
    FROM ROWS FROM (jsonb_to_recordset(:given) AS (organisation text, kind text, reference text, source_version bigint, person_id uuid,
                                                   result text, reason text, details jsonb, internal jsonb, supersedes bigint))
         WITH ORDINALITY AS t (organisation, kind, reference, source_version, person_id, result, reason, details, internal, supersedes, n)
    WHERE NOT EXISTS (SELECT FROM outcome AS o WHERE o.current
                      AND (o.organisation, o.kind, o.reference) = (t.organisation, t.kind, t.reference))
    ORDER BY t.n
""").bindparams(bindparam("given", type_=JSONB))
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
    given = [_row(outcome) for outcome in latest.values()]
    old = {(row.organisation, row.kind, row.reference): row.id for row in await uow.all(_SUPERSEDE, {"given": given})}
    rows = [row | {"supersedes": old.get(key)} for key, row in zip(latest, given, strict=True)]
    await uow.execute(_RECORD, {"given": rows, "at": uow.recorded_at})
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
    return {(row.organisation, row.kind, row.reference): Outcome(**row._mapping) for row in rows}  # noqa: SLF001 - a row as a mapping


async def page(uow: UnitOfWork, organisation: str, after: int, size: int) -> list[Entry]:
    """A partner's outcomes after a position, in order; 0 is before the first."""
    rows = await uow.all(_PAGE, {"organisation": organisation, "after": after, "size": size})
    return [Entry(**row._mapping) for row in rows]  # noqa: SLF001 - a row as a mapping


def _row(outcome: Outcome) -> dict[str, Any]:
    return {
        "organisation": outcome.organisation,
        "kind": outcome.kind,
        "reference": outcome.reference,
        "source_version": outcome.source_version,
        "person_id": None if outcome.person_id is None else str(outcome.person_id),
        "result": outcome.result,
        "reason": outcome.reason,
        "details": dict(outcome.details),
        "internal": None if outcome.internal is None else dict(outcome.internal),
    }
