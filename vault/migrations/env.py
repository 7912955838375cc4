"""Alembic's entry into the history of the vault's schema."""

from chassis import migrations

migrations.run()
