"""The report that every endurance test writes its section of."""

import pytest

from tests.endure.report import Report


@pytest.fixture(scope="session")
def report() -> Report:
    """Give the page of figures."""
    return Report()
