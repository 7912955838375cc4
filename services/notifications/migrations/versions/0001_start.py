"""The chassis, the evidence log and the service's own tables."""

from alembic import op
from alembic.operations import Operations

import chassis.http.idempotency_schema
import chassis.schema
import services.notifications.evidence.schema
from services.notifications.store import contact_tables, tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create them."""
    operations = Operations(op.get_context())
    chassis.schema.create(operations)
    chassis.http.idempotency_schema.create(operations)
    services.notifications.evidence.schema.create(operations)
    tables.create(operations)
    contact_tables.create(operations)
