"""What leaves with the commit of a unit, in one write: timers removed, timers set, events for the bus."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.outbox import Announcement
from chassis.timer_store import Timer
from chassis.writing import Write

# No timer is both removed and set, and no part reads what another writes, so that all three see the same rows as one after the other would.
_LEAVE = text("""
    WITH removed AS (
        DELETE FROM timer USING unnest(CAST(:gone_kinds AS text[]), CAST(:gone_subjects AS text[])) AS t (kind, subject)
        WHERE timer.kind = t.kind AND timer.subject = t.subject
    ), set_anew AS (
        INSERT INTO timer (kind, subject, person_id, due_at, payload)
        SELECT kind, subject, person_id, due_at, payload
        FROM unnest(CAST(:kinds AS text[]), CAST(:subjects AS text[]), CAST(:people AS uuid[]), CAST(:dues AS timestamptz[]))
             WITH ORDINALITY AS t (kind, subject, person_id, due_at, n)
        JOIN jsonb_array_elements(:payloads) WITH ORDINALITY AS p (payload, n) USING (n)
        ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload, person_id = excluded.person_id
    )
    INSERT INTO outbox (topic, key, value)
    SELECT topic, key, value
    FROM unnest(CAST(:topics AS text[]), CAST(:keys AS bytea[]), CAST(:values AS bytea[])) WITH ORDINALITY AS t (topic, key, value, n)
    ORDER BY n
""").bindparams(bindparam("payloads", type_=JSONB))


def leave(removed: Collection[tuple[str, str]], timers: Collection[Timer], announced: Sequence[Announcement]) -> Write:
    """Remove these timers, set those (each kind and subject once; one that is set is replaced), and put the events in the outbox."""
    gone = sorted(removed)
    return (
        _LEAVE,
        {
            "gone_kinds": [kind for kind, _ in gone],
            "gone_subjects": [subject for _, subject in gone],
            "kinds": [timer.kind for timer in timers],
            "subjects": [timer.subject for timer in timers],
            "people": [timer.person_id for timer in timers],
            "dues": [timer.due_at for timer in timers],
            "payloads": [dict(timer.payload) for timer in timers],
            "topics": [item.event.topic for item in announced],
            "keys": [item.key for item in announced],
            "values": [item.value for item in announced],
        },
    )
