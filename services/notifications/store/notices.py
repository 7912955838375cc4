"""The statements of notices after their submission: read, moved on, withdrawn, in effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from chassis.merging import whose
from chassis.rows import Row
from chassis.uow import UnitOfWork
from contracts.identifiers import PersonId
from services.notifications.store.tables import notice, notice_content, notice_task

_IDS = bindparam("ids", type_=ARRAY(SQL_UUID))
_PEOPLE = bindparam("people", type_=ARRAY(SQL_UUID))
_BY_ID = select(notice).where(notice.c.notice_id == any_(_IDS))
_OF_PEOPLE = select(notice).where(whose(notice) == any_(_PEOPLE)).order_by(notice.c.submitted_at, notice.c.notice_id)
_STANDING = (
    select(notice)
    .where(
        notice.c.organisation == bindparam("organisation"),
        whose(notice) == bindparam("person", type_=SQL_UUID),
        notice.c.purpose == bindparam("purpose"),
        notice.c.period == bindparam("period"),
        text("state NOT IN ('withdrawn', 'replaced', 'refused')"),
    )
    .order_by(notice.c.submitted_at, notice.c.notice_id)
    .limit(1)
)
_CONTENTS = select(notice_content).where(notice_content.c.notice_id == any_(_IDS))
_TASKS = select(notice_task).where(notice_task.c.notice_id == any_(_IDS)).order_by(notice_task.c.opened_at)
_PENDING = text("""
    SELECT notice_id FROM notice
    WHERE state = 'submitted'
      AND (coalesce(merged_into, person_id) = ANY(CAST(:people AS uuid[])) OR about_id = ANY(CAST(:abouts AS uuid[]))
           OR notice_id = ANY(CAST(:notices AS uuid[])))
      AND coalesce(merged_into, person_id) = ANY(CAST(:claimed AS uuid[]))
    ORDER BY notice_id FOR UPDATE
""")
_WITHDRAW = text("""
    UPDATE notice n SET state = 'withdrawn', reasons = ARRAY[:reason], version = version + 1
    WHERE notice_id = ANY(CAST(:ids AS uuid[])) AND state = 'submitted'
      AND NOT EXISTS (SELECT FROM delivery d WHERE d.notice_id = n.notice_id AND d.state NOT IN ('submitted', 'withdrawn'))
    RETURNING notice_id, coalesce(merged_into, person_id) AS person_id, purpose, period, about_id, version
""")
_MOVE = text("""
    UPDATE notice n SET state = m.state, version = version + 1
    FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[])) AS m (notice_id, state) WHERE n.notice_id = m.notice_id
    RETURNING n.*
""")
_ESTABLISH = text("""
    WITH given AS (
        UPDATE notice n SET effect_basis = e.basis, effect_rule = e.rule, effective_on = e.effective_on, effect_revoked_at = NULL,
                            appeal_started = e.started, appeal_from = e.from_on, appeal_last_day = e.last_on, version = version + 1
        FROM unnest(CAST(:ids AS uuid[]), CAST(:bases AS text[]), CAST(:rules AS text[]), CAST(:days AS date[]),
                    CAST(:started AS boolean[]), CAST(:froms AS date[]), CAST(:lasts AS date[]))
            AS e (notice_id, basis, rule, effective_on, started, from_on, last_on)
        WHERE n.notice_id = e.notice_id
        RETURNING n.notice_id, n.version, n.effect_basis, n.effect_rule, n.effective_on, n.appeal_last_day
    ), kept AS (
        INSERT INTO notice_effect (notice_id, established, basis, rule_id, effective_on, appeal_last_day)
        SELECT notice_id, true, effect_basis, effect_rule, effective_on, appeal_last_day FROM given
    )
    SELECT notice_id, version FROM given
""")
_REVOKE = text("""
    WITH taken AS (
        UPDATE notice SET effect_revoked_at = :at, appeal_started = NULL, appeal_from = NULL, appeal_last_day = NULL, version = version + 1
        WHERE notice_id = ANY(CAST(:ids AS uuid[])) AND effect_basis IS NOT NULL AND effect_revoked_at IS NULL
        RETURNING notice_id, version, effect_basis, effect_rule, effective_on
    ), kept AS (
        INSERT INTO notice_effect (notice_id, established, basis, rule_id, effective_on)
        SELECT notice_id, false, effect_basis, effect_rule, effective_on FROM taken
    )
    SELECT notice_id, version FROM taken
""")
_OPEN_TASK = text("""
    INSERT INTO notice_task (notice_id, kind, person_id, merged_into, opened_at)
    SELECT notice_id, :kind, person_id, merged_into, :at FROM notice WHERE notice_id = ANY(CAST(:ids AS uuid[]))
    ON CONFLICT (notice_id, kind) DO UPDATE SET opened_at = excluded.opened_at, closed_at = NULL, fallback_rule = NULL, fallback_kind = NULL
""")
_CLOSE_TASKS = text("UPDATE notice_task SET closed_at = :at WHERE notice_id = ANY(CAST(:ids AS uuid[])) AND closed_at IS NULL")


@dataclass(frozen=True, slots=True)
class Established:
    """An effect to keep, with its term of appeal if the notice has one."""

    notice_id: UUID
    basis: str
    rule_id: str
    effective_on: date
    appeal_started: bool | None
    appeal_from: date | None
    appeal_last_day: date | None


NoticeRow = Row
Rows = Sequence[NoticeRow]


async def by_ids(uow: UnitOfWork, ids: Sequence[UUID]) -> Rows:
    """These notices."""
    return await uow.all(_BY_ID, {"ids": list(ids)})


async def of_people(uow: UnitOfWork, people: Sequence[PersonId]) -> Rows:
    """Every notice of these people, oldest first."""
    return await uow.all(_OF_PEOPLE, {"people": list(people)})


async def standing(uow: UnitOfWork, organisation: str, person: PersonId, purpose: str, period: str) -> Row | None:
    """The notice of this sender, purpose and period that stands; the first where people turned out to be one after both were told."""
    return await uow.one_or_none(_STANDING, {"organisation": organisation, "person": person, "purpose": purpose, "period": period})


async def contents(uow: UnitOfWork, ids: Sequence[UUID]) -> Rows:
    """The sealed texts of these notices."""
    return await uow.all(_CONTENTS, {"ids": list(ids)})


async def tasks(uow: UnitOfWork, ids: Sequence[UUID]) -> Rows:
    """What has to be seen to about these notices, done or not."""
    return await uow.all(_TASKS, {"ids": list(ids)})


async def pending(
    uow: UnitOfWork,
    claimed: Sequence[PersonId],
    *,
    people: Sequence[PersonId] = (),
    abouts: Sequence[UUID] = (),
    notices: Sequence[UUID] = (),
) -> list[UUID]:
    """The notices not yet sent to these people, about these things or under these ids, of people who are claimed; locked."""
    wanted = {"claimed": list(claimed), "people": list(people), "abouts": list(abouts), "notices": list(notices)}
    return [row.notice_id for row in await uow.all(_PENDING, wanted)]


async def withdraw(uow: UnitOfWork, ids: Sequence[UUID], reason: str) -> Rows:
    """Withdraw those of these that no delivery has left the house for."""
    return await uow.all(_WITHDRAW, {"ids": list(ids), "reason": reason})


async def move(uow: UnitOfWork, states: Sequence[tuple[UUID, str]]) -> Rows:
    """Let these notices go on to their states; as they are afterwards."""
    return await uow.all(_MOVE, {"ids": [notice_id for notice_id, _ in states], "states": [state for _, state in states]})


async def establish(uow: UnitOfWork, effects: Sequence[Established]) -> dict[UUID, int]:
    """Keep these effects; the new version of each notice."""
    rows = await uow.all(
        _ESTABLISH,
        {
            "ids": [item.notice_id for item in effects],
            "bases": [item.basis for item in effects],
            "rules": [item.rule_id for item in effects],
            "days": [item.effective_on for item in effects],
            "started": [item.appeal_started for item in effects],
            "froms": [item.appeal_from for item in effects],
            "lasts": [item.appeal_last_day for item in effects],
        },
    )
    return {row.notice_id: row.version for row in rows}


async def revoke(uow: UnitOfWork, ids: Sequence[UUID], at: datetime) -> dict[UUID, int]:
    """Take the effect of these away where they have one; the new version of each that had."""
    return {row.notice_id: row.version for row in await uow.all(_REVOKE, {"ids": list(ids), "at": at})}


async def open_task(uow: UnitOfWork, ids: Sequence[UUID], kind: str, at: datetime) -> None:
    """Let a person see to these notices."""
    await uow.execute(_OPEN_TASK, {"ids": list(ids), "kind": kind, "at": at})


async def close_tasks(uow: UnitOfWork, ids: Sequence[UUID], at: datetime) -> None:
    """Nothing is left to see to about these notices."""
    await uow.execute(_CLOSE_TASKS, {"ids": list(ids), "at": at})
