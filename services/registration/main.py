"""The registration service, whole on one screen."""

from dataclasses import replace

from chassis.intake.bulk_doors import bulk_doors
from chassis.intake.doors import fact_doors
from chassis.intake.intake import Intake
from chassis.intake.numbering import Numbering, unnumbered
from chassis.intake.outcome_doors import outcome_doors
from chassis.intake.pruning import IntakePruning
from chassis.intake.sources import source_doors
from chassis.service import Furniture, Parts, Service
from chassis.settings import Settings
from chassis.switching import RuleRows
from services.registration import kinds
from services.registration.consumers import on
from services.registration.http import deadlines, erasures, explanations, information_letters, objections, reviews
from services.registration.http.registrations import api
from services.registration.settings import RegistrationSettings
from services.registration.store import rule_rows
from services.registration.store.journeys import journey
from services.registration.timers import timers
from services.registration.usecases import replace_numbers
from services.registration.usecases.change_sources import source_changed
from services.registration.usecases.erase import Eraser, ErasureWake
from services.registration.usecases.merge_people import merge_people
from services.registration.usecases.replace_numbers import ReplacementWake
from services.registration.usecases.switch_rules import let_go
from vault.client import Vault
from vault.custody import VaultCustody
from vault.furnishing import with_intake

DOORS = (deadlines, explanations, information_letters, objections, erasures, reviews)  # each module hangs its doors on `api`

fact_doors(api, *kinds.ALL)
bulk_doors(api, write_scope="registration.write", read_scope="registration.read")
outcome_doors(api, scope="registration.read")
source_doors(api, "workRegister", "populationRegister", "vdabRegister", scope="registration.sources", changed=source_changed)


def registration(settings: Settings) -> Service:
    """Doors, handlers, timers and loops of registration."""
    return Service(
        "registration",
        settings,
        apis=[api],
        consumer=on,
        timers=timers,
        furnish=furnish,
        loops={
            "numbering": lambda parts: Numbering(parts.get(Intake), parts.database, parts.health).run,
            "intakePruning": lambda parts: IntakePruning(parts.get(Intake), parts.health).run,
            replace_numbers.NAME: lambda parts: replace_numbers.worker(parts).run,
            "erasures": lambda parts: eraser(parts).run,
        },
        busy=busy,
        journey=journey,
        merge=merge_people,
        rule_rows=RuleRows(rule_rows.shipped(sandbox=settings.sandbox), let_go),
    )


async def furnish(parts: Parts) -> Furniture:
    """What every service that takes in facts needs, and what only registration is told."""
    common = await with_intake("registration", *kinds.ALL)(parts)
    own: dict[type, object] = {RegistrationSettings: RegistrationSettings(), ReplacementWake: ReplacementWake(), ErasureWake: ErasureWake()}
    return replace(common, resources={**common.resources, **own})


def eraser(parts: Parts) -> Eraser:
    """The loop that carries erasures out."""
    return Eraser(parts.database, parts.units, parts.get(Vault), parts.get(VaultCustody), parts.get(ErasureWake), parts.health)


async def busy(parts: Parts) -> list[str]:
    """What is still on its way: outcomes not numbered, replaced numbers that the vault does not know."""
    return [*await unnumbered(parts), *await replace_numbers.on_their_way(parts)]
