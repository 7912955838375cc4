"""Removes old bulk batches with the results of their lines; the facts themselves stay as long as their service keeps them."""

from datetime import timedelta

from chassis.clock import technical_now
from chassis.health import Health
from chassis.intake import batches
from chassis.intake.intake import Intake
from chassis.pruning import again_and_again

# A partner reads its results within days; a dispute about a batch comes within a quarter.
KEPT = timedelta(days=100)
# One batch may have a hundred thousand lines, so a step takes few.
_STEP, _PAUSE_S = 5, 0.5
_NAME = "intakePruning"


class IntakePruning:
    """The loop `intakePruning` of a service; every process may run it."""

    def __init__(self, intake: Intake, health: Health) -> None:
        self._intake = intake
        self._health = health

    async def run(self) -> None:
        """Prune every few minutes until cancelled."""
        await again_and_again(self.prune, self._health, _NAME, pause_s=_PAUSE_S)

    async def prune(self, kept: timedelta = KEPT) -> int:
        """Remove a few batches that are older than they are kept; how many went."""
        async with self._intake.units.open() as uow:
            return await batches.prune(uow, technical_now() - kept, _STEP)
