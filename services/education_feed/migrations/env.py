"""Alembic's entry; everything happens in `chassis.migrations`."""

from chassis.migrations import run

run()
