"""The integration feed, whole on one screen."""

from chassis.intake.bulk_doors import bulk_doors
from chassis.intake.doors import fact_doors
from chassis.intake.intake import FACTS_LEAVE, Intake
from chassis.intake.numbering import Numbering, unnumbered
from chassis.intake.outcome_doors import outcome_doors
from chassis.intake.pruning import IntakePruning
from chassis.intake.sources import source_doors
from chassis.service import Service
from chassis.settings import Settings
from services.integration_feed import kinds
from services.integration_feed.consumers import on
from services.integration_feed.http.obligations import api
from services.integration_feed.store.journeys import journey
from services.integration_feed.timers import timers
from services.integration_feed.usecases.merge_people import merge_people
from vault.furnishing import with_intake

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
        furnish=with_intake("integration_feed", *kinds.ALL),
        loops={
            "numbering": lambda parts: Numbering(parts.get(Intake), parts.database, parts.health).run,
            "intakePruning": lambda parts: IntakePruning(parts.get(Intake), parts.health).run,
        },
        busy=unnumbered,
        bundling=FACTS_LEAVE,
        journey=journey,
        merge=merge_people,
    )
