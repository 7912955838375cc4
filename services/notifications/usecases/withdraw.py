"""Withdraws notices that nothing of has left the house yet; later they can only be replaced."""

from collections.abc import Sequence
from uuid import UUID

from chassis.uow import UnitOfWork
from contracts.codes import Reason
from contracts.identifiers import PersonId
from contracts.notification import NoticeWithdrawn
from services.notifications.evidence.record import record
from services.notifications.store import address_tasks, deliveries, faults, notices, stops
from services.notifications.store.stops import Versioned
from services.notifications.usecases import leaves


async def withdraw_of_people(uow: UnitOfWork, people: Sequence[PersonId], reason: str) -> None:
    """Whatever is pending for these people will not be sent, and what waits for an address gets none."""
    if not people:
        return
    claimed = list(uow.claim(people).values())
    await _withdraw(uow, await notices.pending(uow, claimed, people=claimed), reason)
    await address_tasks.give_up(uow, claimed)


async def withdraw_but(uow: UnitOfWork, people: Sequence[PersonId], reason: str, *, spared: str) -> None:
    """Whatever is pending for these people will not be sent, but for one purpose."""
    claimed = list(uow.claim(people).values())
    rows = await notices.by_ids(uow, await notices.pending(uow, claimed, people=claimed))
    await _withdraw(uow, [row.notice_id for row in rows if row.purpose != spared], reason)


async def withdraw_about(uow: UnitOfWork, about: Sequence[tuple[PersonId, UUID]], reason: str) -> None:
    """Whatever is pending about these registrations or obligations will not be sent."""
    claimed = list(uow.claim(person for person, _ in about).values())
    abouts = [about_id for _, about_id in about]
    await _withdraw(uow, await notices.pending(uow, claimed, abouts=abouts), reason)
    if reason != Reason.OBJECTION:  # which may yet be rejected
        await address_tasks.give_up(uow, claimed, abouts=abouts)


async def stop_registrations(uow: UnitOfWork, stopped: Sequence[Versioned], reason: str) -> None:
    """Whatever is pending about these registrations will not be sent, nor what is read of an earlier version of them later."""
    if not stopped:
        return
    survivors = uow.claim(person for person, _, _ in stopped)
    await stops.keep(uow, [(survivors[person], registration, version) for person, registration, version in stopped], reason)
    await withdraw_about(uow, [(person, registration) for person, registration, _ in stopped], reason)


async def withdraw_overtaken(uow: UnitOfWork, told: Sequence[Versioned]) -> None:
    """What was submitted about these registrations will not be sent where a later version stopped them: it was parked meanwhile."""
    people = {registration: person for person, registration, _ in told}
    for row in await stops.overtaken(uow, told) if told else ():
        await withdraw_about(uow, [(people[row.registration_id], row.registration_id)], row.reason)


async def withdraw_one(uow: UnitOfWork, person: PersonId, notice_id: UUID, reason: str) -> bool:
    """Withdraw this notice; False when it is too late."""
    claimed = list(uow.claim([person]).values())
    return bool(await _withdraw(uow, await notices.pending(uow, [*claimed, person], notices=[notice_id]), reason))


async def _withdraw(uow: UnitOfWork, ids: Sequence[UUID], reason: str) -> int:
    if not ids:
        return 0
    # First stop the deliveries, waiting for a claim that is being committed; only then can be seen what none has left the house for.
    await faults.end(uow, await deliveries.stop(uow, ids), uow.now)
    rows = await notices.withdraw(uow, ids, reason)
    if not rows:
        return 0
    await record(uow, [leaves.withdrawn(PersonId(row.person_id), row.notice_id, reason) for row in rows])
    await notices.close_tasks(uow, [row.notice_id for row in rows], uow.now)
    uow.publish(
        NoticeWithdrawn(
            person_id=PersonId(row.person_id),
            notice_id=row.notice_id,
            purpose=row.purpose,
            period=row.period,
            about_id=row.about_id,
            version=row.version,
            reasons=(reason,),
            withdrawn_at=uow.now,
        )
        for row in rows
    )
    return len(rows)
