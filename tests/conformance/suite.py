"""What a service may rely on, whichever bus it runs on; each adapter's tests inherit the whole of it."""

from tests.conformance.crashes import CrashConformance
from tests.conformance.groups import GroupConformance
from tests.conformance.positions import PositionConformance
from tests.conformance.records import RecordConformance


class BusConformance(RecordConformance, GroupConformance, PositionConformance, CrashConformance):
    """Inherited once per adapter."""
