"""Timers as rows: due work that is set and removed in the transaction of its cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db import Connection
from contracts.identifiers import PersonId


@dataclass(frozen=True, slots=True)
class Timer:
    """Work to be done for one person at `due_at`; `kind` names the handler, (`kind`, `subject`) is unique."""

    kind: str
    subject: str
    person_id: PersonId
    due_at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)


_STORE = text("""
    INSERT INTO timer (kind, subject, person_id, due_at, payload)
    SELECT kind, subject, person_id, due_at, payload
    FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[]), CAST(:people AS uuid[]), CAST(:dues AS timestamptz[]))
         WITH ORDINALITY AS t (kind, subject, person_id, due_at, n)
    JOIN jsonb_array_elements(:payloads) WITH ORDINALITY AS p (payload, n) USING (n)
    ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, person_id = excluded.person_id
""").bindparams(bindparam("payloads", type_=JSONB))
_CANCEL = text("""
    DELETE FROM timer USING unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[])) AS t (kind, subject)
    WHERE timer.kind = t.kind AND timer.subject = t.subject
""")


async def store(connection: Connection, timers: Sequence[Timer]) -> None:
    """Set these timers, each kind and subject once; a timer that is set already is replaced."""
    await connection.execute(
        _STORE,
        {
            "kinds": [timer.kind for timer in timers],
            "subjects": [timer.subject for timer in timers],
            "people": [timer.person_id for timer in timers],
            "dues": [timer.due_at for timer in timers],
            "payloads": [dict(timer.payload) for timer in timers],
        },
    )


async def cancel(connection: Connection, timers: Sequence[tuple[str, str]]) -> None:
    """Remove these timers."""
    await connection.execute(_CANCEL, {"kinds": [kind for kind, _ in timers], "subjects": [subject for _, subject in timers]})
