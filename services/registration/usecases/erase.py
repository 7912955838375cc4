"""Carries erasures into the vault, waits until no process can hold a key, and then tells everyone."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.clock import technical_now
from chassis.db import Database
from chassis.health import Health
from chassis.ids import uuid7
from chassis.leader import lead_in_rounds
from chassis.settings import Settings
from chassis.uow import UnitOfWork, Units
from chassis.wake import Wake
from contracts.identifiers import PersonId
from contracts.persons import PersonErased
from services.registration.store import erasures
from services.registration.store.erasures import ErasureRow, Wanted
from services.registration.usecases.decide import decide_people
from vault.client import Vault
from vault.custody import VaultCustody
from vault.values import DataClass

NAME: Final = "erasures"
_POLL_S: Final = 5.0  # the safety net under the wake-up, and how often a follower tries to lead


class ErasureWake(Wake):
    """Woken when someone asked for an erasure."""


async def ask(
    uow: UnitOfWork, person: PersonId, *, ground: str, classes: frozenset[DataClass], requested_by: str, approved_by: str
) -> Wanted:
    """Keep the wish with the person; from the estimated instant on the erasure can be relied on."""
    effective_at = uow.recorded_at + timedelta(seconds=uow.resource(Settings).key_cache_s)
    wanted = Wanted(uuid7(), person, ground, tuple(sorted(classes)), requested_by, approved_by, uow.recorded_at, effective_at)
    await erasures.ask(uow, wanted)
    uow.wake_after_commit(uow.resource(ErasureWake))
    return wanted


class Eraser:
    """One leader; what a dead leader began the next one finishes, because the vault answers a reference the same way twice.

    By the technical clock: the age of a key in a process' memory is no legal time.
    """

    def __init__(self, database: Database, units: Units, vault: Vault, custody: VaultCustody, wake: Wake, health: Health) -> None:
        self._database = database
        self._units = units
        self._vault = vault
        self._custody = custody
        self._wake = wake
        self._health = health

    async def run(self) -> None:
        """Lead when possible, erase while leading."""
        await lead_in_rounds(self._database, self._health, NAME, self.round, self._wake.wait, retry_s=_POLL_S)

    async def round(self) -> float:
        """Take every erasure a step further; how long there is nothing to do, in seconds."""
        async with self._database.statement() as connection:
            unfinished = await erasures.unfinished(connection)
        return min([await self._step(erasure_id) for erasure_id in unfinished], default=_POLL_S)

    async def _step(self, erasure_id: UUID) -> float:
        async with self._units.open() as uow:
            row = await erasures.by_id(uow, erasure_id)
            if row is None or row.done_at is not None:
                return _POLL_S
            if row.erased_at is None:
                await self._carry(uow, row)
                return 0.0
            left_s: float = (row.effective_at - technical_now()).total_seconds()
            if left_s <= 0:
                await self._conclude(uow, row)
            return max(0.0, min(left_s, _POLL_S))

    async def _carry(self, uow: UnitOfWork, row: ErasureRow) -> None:
        """Have the keys destroyed."""
        classes = {DataClass(name) for name in row.classes}
        destroyed = await self._vault.erase(PersonId(row.person_id), classes, row.ground, row.erasure_id)
        await erasures.carried(
            uow,
            row.erasure_id,
            people=sorted(destroyed.people),
            held=sorted(destroyed.held),
            at=destroyed.at,
            effective_at=destroyed.effective_at,
        )

    async def _conclude(self, uow: UnitOfWork, row: ErasureRow) -> None:
        """Clear what stands here, let go of what can no longer be decided, and tell the hub, once."""
        people = [PersonId(person) for person in row.erased_ids]
        await uow.take(people, await self._custody.survivors(people))
        if not await erasures.done(uow, row.erasure_id):
            return
        classes = tuple(sorted(set(row.classes) - set(row.held)))
        if DataClass.DOSSIER in classes:
            await erasures.clear(uow, people)
            await decide_people(uow, people)
        if classes:
            uow.publish([_erased(row, people, classes, uow.claim(people))])


def _erased(row: ErasureRow, people: list[PersonId], classes: tuple[str, ...], survivors: Mapping[PersonId, PersonId]) -> PersonErased:
    return PersonErased(
        person_id=survivors[PersonId(row.person_id)],
        erased_ids=tuple(people),
        classes=classes,
        ground=row.ground,
        erased_at=row.erased_at,
    )
