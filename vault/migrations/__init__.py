"""The history of the vault's schema, run by the owner role `hub_owner`."""
