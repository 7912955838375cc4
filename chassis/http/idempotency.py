"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): the record lives and dies with the effect (`mechanics.md` 15)."""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.clock import technical_now
from chassis.db import StatementFailed
from chassis.http.answers import Rendered
from chassis.http.problems import IdempotencyKeyInProgress, IdempotencyKeyReused, MissingIdempotencyKey
from chassis.uow import UnitOfWork

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotency-Replayed": "true"}
# How long a client may repeat a request (`interfaces.md` 3.4).
RETENTION = timedelta(hours=48)

# A string of RFC 9651 (quoted) or the same characters bare; long enough for a UUID, too short to carry a record.
_KEY = re.compile(r'"(?P<quoted>[A-Za-z0-9_.:~+/=-]{8,128})"|(?P<bare>[A-Za-z0-9_.:~+/=-]{8,128})')
_LOCK_NOT_AVAILABLE = "55P03"

# A second request with the key waits here for the first one's transaction: then nothing is inserted, or, if that one failed, the row.
_BEGIN = text("""
    INSERT INTO idempotency (client_id, key, request, digest) VALUES (:client_id, :key, :request, :digest)
    ON CONFLICT (client_id, key) DO NOTHING RETURNING true
""")
_RECORDED = text("SELECT request, digest, status, headers, body FROM idempotency WHERE client_id = :client_id AND key = :key")
_FINISH = text("""
    UPDATE idempotency SET status = :status, headers = :headers, body = :body WHERE client_id = :client_id AND key = :key
""").bindparams(bindparam("headers", type_=JSONB))
# In small steps, so that pruning never holds many rows (`mechanics.md` 30).
_PRUNE = text("""
    DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency WHERE recorded_at < :before ORDER BY recorded_at LIMIT :most FOR UPDATE SKIP LOCKED))
""")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request under its key; two attempts are the same request when `request` and `digest` agree."""

    client_id: str
    key: str
    request: str
    digest: bytes

    @classmethod
    def of(cls, client_id: str, header: str | None, request: str, body: bytes) -> Self:
        """The attempt of a client; `request` is method and target, `header` the raw Idempotency-Key.

        Raises:
            MissingIdempotencyKey: there is no key, or it is none.
        """
        if header is None:
            raise MissingIdempotencyKey("required: a new request needs a key of its own, such as a UUID; a repeated one the same key")
        found = _KEY.fullmatch(header.strip())
        if found is None:
            raise MissingIdempotencyKey("a key is 8 to 128 letters, digits or _.:~+/=- characters")
        return cls(client_id, found["quoted"] or found["bare"], request, hashlib.sha256(body).digest())


async def begin(uow: UnitOfWork, attempt: Attempt) -> Rendered | None:
    """Claim the key for this unit; the first answer when the request was handled before.

    Raises:
        IdempotencyKeyReused: the key belongs to another request.
        IdempotencyKeyInProgress: the first request outlasted the lock time-out.
    """
    identity: dict[str, object] = {"client_id": attempt.client_id, "key": attempt.key}
    try:
        is_first = await uow.one_or_none(_BEGIN, identity | {"request": attempt.request, "digest": attempt.digest})
    except StatementFailed as error:
        if error.sqlstate == _LOCK_NOT_AVAILABLE:
            raise IdempotencyKeyInProgress from error
        raise
    if is_first is not None:
        return None
    recorded = await uow.one_or_none(_RECORDED, identity)
    if recorded is None:  # pruned between the two statements, 48 hours after the first request
        raise IdempotencyKeyInProgress
    if (recorded.request, recorded.digest) != (attempt.request, attempt.digest):
        raise IdempotencyKeyReused
    return Rendered(recorded.status, recorded.headers, recorded.body)


async def finish(uow: UnitOfWork, attempt: Attempt, answer: Rendered) -> None:
    """Keep the answer for replays; it commits with the effect or not at all."""
    await uow.execute(
        _FINISH,
        {
            "client_id": attempt.client_id,
            "key": attempt.key,
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": answer.body,
        },
    )


async def prune(uow: UnitOfWork, most: int = 1000) -> int:
    """Remove at most so many records past their retention; how many went."""
    return await uow.execute(_PRUNE, {"before": technical_now() - RETENTION, "most": most})
