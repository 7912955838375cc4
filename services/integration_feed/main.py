"""The integration feed, whole on one screen."""

from chassis.intake.bulk_doors import bulk_doors
from chassis.intake.digest import digest_key
from chassis.intake.doors import fact_doors
from chassis.intake.intake import Intake, Limits, kinds_by_name
from chassis.intake.numbering import Numbering, unnumbered
from chassis.intake.outcome_doors import outcome_doors
from chassis.intake.pruning import IntakePruning
from chassis.intake.sources import source_doors
from chassis.service import Furniture, Parts, Service
from chassis.settings import Settings
from services.integration_feed import kinds
from services.integration_feed.consumers import on
from services.integration_feed.http.obligations import api
from services.integration_feed.store.journeys import journey
from services.integration_feed.timers import timers
from vault.client import Vault
from vault.connect import connect
from vault.custody import VaultCustody

fact_doors(api, *kinds.ALL)
bulk_doors(api, write_scope="integrationFeed.write", read_scope="integrationFeed.read")
outcome_doors(api, scope="integrationFeed.read")
source_doors(api, "contracts", scope="integrationFeed.sources")


def integration_feed(settings: Settings) -> Service:
    """Doors, handlers, timers and loops of the integration feed."""
    return Service(
        "integration_feed",
        settings,
        apis=[api],
        consumer=on,
        timers=timers,
        furnish=furnish,
        loops={
            "numbering": lambda parts: Numbering(parts.get(Intake), parts.database, parts.health).run,
            "intakePruning": lambda parts: IntakePruning(parts.get(Intake), parts.health).run,
        },
        busy=unnumbered,
        journey=journey,
    )


async def furnish(parts: Parts) -> Furniture:
    """What the feed needs beside the chassis: the vault, and intake on top of it."""
    vault = connect(parts.settings, "integration_feed")
    custody = VaultCustody(vault, parts.settings.mode, parts.clock)
    intake = Intake(
        parts.units, kinds_by_name(*kinds.ALL), custody, digest_key(parts.settings.keys), parts.metrics, Limits.of(parts.settings)
    )
    resources: dict[type, object] = {Vault: vault, VaultCustody: custody, Intake: intake, Settings: parts.settings}
    return Furniture(resources, custody.survivors, (vault.close,))
