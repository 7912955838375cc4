"""Furnishes a service that takes in facts: the vault under the service's role, and intake on top of it."""

from collections.abc import Awaitable, Callable
from typing import Any

from chassis.intake.digest import digest_key
from chassis.intake.intake import Intake, Limits, kinds_by_name
from chassis.intake.kinds import FactKind
from chassis.service import Furniture, Parts
from chassis.settings import Settings
from vault.client import Vault
from vault.connect import connect
from vault.custody import VaultCustody


def with_intake(service: str, *kinds: FactKind[Any]) -> Callable[[Parts], Awaitable[Furniture]]:
    """What a service with these kinds of facts needs beside the chassis; its use cases find each part by its type."""

    async def furnish(parts: Parts) -> Furniture:
        settings = parts.settings
        vault = connect(settings, service)
        custody = VaultCustody(vault, settings.mode, parts.clock)
        intake = Intake(parts.units, kinds_by_name(*kinds), custody, digest_key(settings.keys), parts.metrics, Limits.of(settings))
        resources: dict[type, object] = {Vault: vault, VaultCustody: custody, Intake: intake, Settings: settings}
        return Furniture(resources, custody.survivors, (vault.close,))

    return furnish
