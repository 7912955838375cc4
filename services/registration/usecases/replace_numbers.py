"""Carries replaced numbers into the vault, and lets the hub hear of the people that became one by it."""

from collections.abc import Sequence
from typing import Final

from chassis.db import Database
from chassis.health import Health
from chassis.intake.kinds import Taken
from chassis.leader import lead_in_rounds
from chassis.service import Parts
from chassis.uow import UnitOfWork, Units
from chassis.wake import Wake
from contracts.identifiers import PersonId, Ssin
from services.registration.store import replacements
from services.registration.store.replacements import Numbers, Replacement
from services.registration.usecases.bodies import PersonChangeBody
from vault.client import Vault
from vault.custody import VaultCustody
from vault.values import DataClass, Erased, Purpose

NAME: Final = "numberReplacements"
REPLACING: Final = Purpose("numberReplacement")
_POLL_S: Final = 1.0  # the safety net under the wake-up, and how often a follower tries to lead


class ReplacementWake(Wake):
    """Woken when a register said that a number was replaced."""


async def ask(uow: UnitOfWork, told: Sequence[tuple[PersonId, Taken[PersonChangeBody]]]) -> None:
    """Keep for the worker which numbers these changes replace; one that says something else now replaces none."""
    await replacements.take_back(uow, (change.record for _, change in told if change.earlier and change.whole.new_ssin is None))
    replaced = [(person, change, Ssin(change.whole.new_ssin)) for person, change in told if change.whole.new_ssin is not None]
    if not replaced:
        return
    boxes = await uow.resource(Vault).seal(
        [(person, DataClass.DOSSIER, Numbers(old=Ssin(change.whole.ssin), new=new)) for person, change, new in replaced]
    )
    rows = [
        {"organisation": change.organisation, "reference": change.reference, "person_id": str(person), "numbers": box.wire}
        for (person, change, _), box in zip(replaced, boxes, strict=True)
    ]
    await replacements.ask(uow, rows)
    uow.wake_after_commit(uow.resource(ReplacementWake))


class NumberReplacing:
    """One leader; what a dead leader began the next one does again, which has no second effect (`mechanics.md` 3).

    The vault merges, and answers a repetition the same way. That the two are one is announced by the first unit here that meets the merge,
    at the latest the one that ticks the replacement off.
    """

    def __init__(self, database: Database, units: Units, vault: Vault, custody: VaultCustody, wake: Wake, health: Health) -> None:
        self._database = database
        self._units = units
        self._vault = vault
        self._custody = custody
        self._wake = wake
        self._health = health

    async def run(self) -> None:
        """Lead when possible, carry while leading."""
        await lead_in_rounds(self._database, self._health, NAME, self._work, self._wake.wait, retry_s=_POLL_S)

    async def _work(self) -> float:
        while await self.round():
            pass
        return _POLL_S

    async def round(self) -> int:
        """Carry what is known of now; how many."""
        async with self._database.statement() as connection:
            found = await replacements.unfinished(connection)
        numbers = await self._vault.open([one.numbers for one in found], Numbers, REPLACING)
        for one, said in zip(found, numbers, strict=True):
            if not isinstance(said, Erased):
                await self._vault.replace_number(said.old, said.new)
            await self._conclude(one)
        return len(found)

    async def _conclude(self, one: Replacement) -> None:
        async with self._units.open() as uow:
            await uow.take([one.person_id], await self._custody.survivors([one.person_id]))
            await replacements.done(uow, one)


def worker(parts: Parts) -> NumberReplacing:
    """The loop of one process."""
    wake = parts.get(ReplacementWake)
    return NumberReplacing(parts.database, parts.units, parts.get(Vault), parts.get(VaultCustody), wake, parts.health)


async def on_their_way(parts: Parts) -> list[str]:
    """Whether numbers wait to be carried: then the service is not at rest."""
    async with parts.database.statement() as connection:
        return [NAME] if await replacements.waiting(connection) else []
