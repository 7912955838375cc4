"""The statements of notices that wait for an address, or for a decision about an objection: what is to go out then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text

from chassis.rows import Row
from chassis.settings import Settings
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.notifications.domain.channels import OUTDATED

_WAIT = text("""
    INSERT INTO notice_task (notice_id, kind, person_id, merged_into, opened_at, fallback_rule, fallback_kind, reasons)
    SELECT notice_id, :kind, person_id, merged_into, :at, w.rule, w.kind, string_to_array(w.reasons, ',')
    FROM notice JOIN unnest(CAST(:ids AS uuid[]), CAST(:rules AS text[]), CAST(:kinds AS text[]), CAST(:reasons AS text[]))
         AS w (notice_id, rule, kind, reasons) USING (notice_id)
    ON CONFLICT (notice_id, kind) DO UPDATE SET
        opened_at = excluded.opened_at, closed_at = NULL, fallback_rule = excluded.fallback_rule, fallback_kind = excluded.fallback_kind,
        reasons = excluded.reasons
""")
# Whatever state the digital road left them in; a letter that is under way or arrived is not sent again, one that came back is.
_WAITING = text("""
    SELECT DISTINCT ON (n.notice_id)
           n.notice_id, coalesce(n.merged_into, n.person_id) AS person_id, n.purpose, n.channel, n.channel_rule, n.state, t.kind AS task,
           t.fallback_rule, t.fallback_kind, t.reasons,
           l.channel AS letter_channel, l.rule_id AS letter_rule, l.kind AS letter_kind, l.sealed_ref AS letter_ref, l.box AS letter_box
    FROM notice_task t JOIN notice n USING (notice_id)
    LEFT JOIN LATERAL (
        SELECT channel, rule_id, kind, sealed_ref, box FROM delivery d
        WHERE d.notice_id = n.notice_id AND d.channel IN ('paper', 'registeredPost') AND d.state IN ('returned', 'failed')
        ORDER BY d.delivery_id DESC LIMIT 1
    ) l ON true
    WHERE coalesce(t.merged_into, t.person_id) = ANY(CAST(:people AS uuid[])) AND t.closed_at IS NULL
      AND t.kind IN ('contactDataOutdated', 'objectionUndecided')
      AND n.organisation = :controller AND n.state NOT IN ('withdrawn', 'replaced', 'refused') AND NOT EXISTS (
          SELECT FROM delivery d WHERE d.notice_id = n.notice_id AND d.channel IN ('paper', 'registeredPost')
          AND d.state NOT IN ('withdrawn', 'returned', 'failed'))
    ORDER BY n.notice_id, t.opened_at DESC
""")
_CLOSE = text("""
    UPDATE notice_task SET closed_at = :at
    WHERE notice_id = ANY(CAST(:ids AS uuid[])) AND kind = ANY(CAST(:kinds AS text[])) AND closed_at IS NULL
""")
_GIVE_UP = text("""
    UPDATE notice_task t SET closed_at = :at FROM notice n
    WHERE n.notice_id = t.notice_id AND t.kind IN ('contactDataOutdated', 'objectionUndecided') AND t.closed_at IS NULL
      AND coalesce(t.merged_into, t.person_id) = ANY(CAST(:people AS uuid[]))
      AND (CAST(:abouts AS uuid[]) IS NULL OR n.about_id = ANY(CAST(:abouts AS uuid[])))
      AND n.purpose IS DISTINCT FROM CAST(:spared AS text)
""")


UNDECIDED: Final = "objectionUndecided"


@dataclass(frozen=True, slots=True)
class Fallback:
    """What a notice is to go out on paper as, by which row, and why."""

    notice_id: UUID
    rule_id: str
    kind: str
    reasons: tuple[str, ...]


async def wait(uow: UnitOfWork, wanted: Sequence[Fallback], kind: str = OUTDATED) -> None:
    """Let a person find out where these could go, or decide about an objection, and keep what is to go then."""
    await uow.execute(
        _WAIT,
        {
            "ids": [one.notice_id for one in wanted],
            "rules": [one.rule_id for one in wanted],
            "kinds": [one.kind for one in wanted],
            "reasons": [",".join(one.reasons) for one in wanted],
            "kind": kind,
            "at": uow.now,
        },
    )


async def waiting(uow: UnitOfWork, people: Sequence[PersonId]) -> Sequence[Row]:
    """The controller's notices of these people that wait and may be sent to the register's address, which no other sender may use."""
    return await uow.all(_WAITING, {"people": list(people), "controller": uow.resource(Settings).controller})


async def close(uow: UnitOfWork, ids: Sequence[UUID], at: datetime, kinds: Sequence[str] = (OUTDATED, UNDECIDED)) -> None:
    """These wait no longer."""
    await uow.execute(_CLOSE, {"ids": list(ids), "at": at, "kinds": list(kinds)})


async def give_up(uow: UnitOfWork, people: Sequence[PersonId], *, abouts: Sequence[UUID] | None = None, spared: str | None = None) -> None:
    """Nobody waits any more with what these people were to be told (about these things only, but for one purpose)."""
    wanted = {"people": list(people), "abouts": None if abouts is None else list(abouts), "spared": spared}
    await uow.execute(_GIVE_UP, wanted | {"at": uow.now})
