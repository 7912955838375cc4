"""The integration feed and registration at work, as for newcomers."""

from tests.integration.newcomers.conftest import house

__all__ = ["house"]
