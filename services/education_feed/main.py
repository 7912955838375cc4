"""The education feed, whole on one screen."""

from chassis.intake.bulk_doors import bulk_doors
from chassis.intake.doors import fact_doors
from chassis.intake.intake import FACTS_LEAVE, Intake
from chassis.intake.numbering import Numbering, unnumbered
from chassis.intake.outcome_doors import outcome_doors
from chassis.intake.pruning import IntakePruning
from chassis.intake.sources import source_doors
from chassis.service import Service
from chassis.settings import Settings
from chassis.switching import RuleRows
from services.education_feed import kinds
from services.education_feed.consumers import on
from services.education_feed.http.decisions import api
from services.education_feed.store import rule_rows
from services.education_feed.store.journeys import journey
from services.education_feed.store.sources import NAMES
from services.education_feed.timers import timers
from services.education_feed.usecases.hear_sources import source_changed
from services.education_feed.usecases.merge import merge
from services.education_feed.usecases.switch_rules import let_go
from vault.furnishing import with_intake

fact_doors(api, *kinds.ALL)
bulk_doors(api, write_scope="educationFeed.write", read_scope="educationFeed.read")
outcome_doors(api, scope="educationFeed.read")
source_doors(api, *NAMES, scope="educationFeed.sources", changed=source_changed)


def education_feed(settings: Settings) -> Service:
    """Doors, handlers, timers and loops of the education feed."""
    return Service(
        "education_feed",
        settings,
        apis=[api],
        consumer=on,
        timers=timers,
        furnish=with_intake("education_feed", *kinds.ALL),
        loops={
            "numbering": lambda parts: Numbering(parts.get(Intake), parts.database, parts.health).run,
            "intakePruning": lambda parts: IntakePruning(parts.get(Intake), parts.health).run,
        },
        busy=unnumbered,
        bundling=FACTS_LEAVE,
        journey=journey,
        rule_rows=RuleRows(rule_rows.SHIPPED, let_go),
        merge=merge,
    )
