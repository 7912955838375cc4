"""The chassis, the intake and the service's own tables."""

from alembic import op
from alembic.operations import Operations

import chassis.http.idempotency_schema
import chassis.intake.schema
import chassis.schema
from services.registration.store import objection_tables, tables, term_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    operations = Operations(op.get_context())
    chassis.schema.create(operations)
    chassis.http.idempotency_schema.create(operations)
    chassis.intake.schema.create(operations)
    tables.create(operations)
    objection_tables.create(operations)
    term_tables.create(operations)
