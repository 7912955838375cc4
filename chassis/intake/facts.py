"""Stores versions of records, and reads them back under the records' locks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from chassis.intake.kinds import Record
from chassis.intake.order import Version
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from contracts.sealed import Sealed

# Locks in sorted order, and tells which records were there before.
_LOCK = text("""
    INSERT INTO fact_record AS r (organisation, kind, reference)
    SELECT * FROM unnest(CAST(:organisations AS text[]), CAST(:kinds AS text[]), CAST(:references AS text[])) ORDER BY 1, 2, 3
    ON CONFLICT (organisation, kind, reference) DO UPDATE SET takes = r.takes + 1
    RETURNING organisation, kind, reference, takes
""")
_VERSIONS = text("""
    SELECT organisation, kind, reference, source_version, operation, digest, person_id
    FROM fact JOIN unnest(CAST(:organisations AS text[]), CAST(:kinds AS text[]), CAST(:references AS text[]))
         AS t (organisation, kind, reference) USING (organisation, kind, reference)
""")
_STORE = text("""
    INSERT INTO fact (organisation, kind, reference, source_version, operation, digest, person_id, content_key, content, client_id,
                      batch_id, line, received_at, recorded_at)
    SELECT t.*, :received_at, :recorded_at
    FROM unnest(CAST(:organisations AS text[]), CAST(:kinds AS text[]), CAST(:references AS text[]), CAST(:versions AS bigint[]),
                CAST(:operations AS text[]), CAST(:digests AS bytea[]), CAST(:people AS uuid[]), CAST(:content_keys AS text[]),
                CAST(:contents AS bytea[]), CAST(:clients AS text[]), CAST(:batches AS uuid[]), CAST(:lines AS integer[])) AS t
""")
_CONTENTS = text("""
    SELECT organisation, kind, reference, source_version, operation, client_id, received_at, content_key, content
    FROM fact JOIN unnest(CAST(:organisations AS text[]), CAST(:kinds AS text[]), CAST(:references AS text[]), CAST(:versions AS bigint[]))
         AS t (organisation, kind, reference, source_version) USING (organisation, kind, reference, source_version)
""")


@dataclass(frozen=True, slots=True)
class Row:
    """One version to be stored."""

    record: Record
    version: Version
    content: Sealed[bytes] | None
    client_id: str
    batch_id: UUID | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored version with its content."""

    operation: str
    client_id: str
    received_at: datetime
    content: Sealed[bytes] | None


async def lock(uow: UnitOfWork, records: Sequence[Record]) -> Mapping[Record, dict[int, Version]]:
    """Lock these records until the commit; what is known of each, by source version."""
    known: dict[Record, dict[int, Version]] = {record: {} for record in records}
    rows = await uow.all(_LOCK, _columns(list(known)))
    if before := [Record(row.organisation, row.kind, row.reference) for row in rows if row.takes > 1]:
        for row in await uow.all(_VERSIONS, _columns(before)):
            person = None if row.person_id is None else PersonId(row.person_id)
            version = Version(row.source_version, row.operation, bytes(row.digest), person)
            known[Record(row.organisation, row.kind, row.reference)][version.number] = version
    return known


async def store(uow: UnitOfWork, rows: Sequence[Row]) -> None:
    """Store these new versions in one statement."""
    if not rows:
        return
    columns: dict[str, object] = {
        "versions": [row.version.number for row in rows],
        "operations": [row.version.operation for row in rows],
        "digests": [row.version.digest for row in rows],
        "people": [row.version.person_id for row in rows],
        "content_keys": [None if row.content is None else row.content.key_ref for row in rows],
        "contents": [None if row.content is None else row.content.raw for row in rows],
        "clients": [row.client_id for row in rows],
        "batches": [row.batch_id for row in rows],
        "lines": [row.line for row in rows],
        "received_at": uow.now,
        "recorded_at": uow.recorded_at,
    }
    uow.later(_STORE, _columns([row.record for row in rows]) | columns)


async def contents(uow: UnitOfWork, versions: Sequence[tuple[Record, int]]) -> Mapping[tuple[Record, int], Stored]:
    """These stored versions with their sealed content."""
    columns = _columns([record for record, _ in versions]) | {"versions": [number for _, number in versions]}
    rows = await uow.all(_CONTENTS, columns) if versions else []
    return {
        (Record(row.organisation, row.kind, row.reference), row.source_version): Stored(
            row.operation,
            row.client_id,
            row.received_at,
            None if row.content is None else Sealed.of(row.content_key, bytes(row.content)),
        )
        for row in rows
    }


def _columns(records: Sequence[Record]) -> dict[str, object]:
    return {
        "organisations": [record.organisation for record in records],
        "kinds": [record.kind for record in records],
        "references": [record.reference for record in records],
    }
