"""The history of the vault's schema, run by the owner role `hub_owner`."""

from pathlib import Path

LOCATION = Path(__file__).parent  # for `chassis.migrations.upgrade`
