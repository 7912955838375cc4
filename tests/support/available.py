"""Leaves a test out when this machine lacks what it needs, and says how to get it; with CI=true that is a failure."""

import os
from typing import NoReturn

import pytest

from devkit.errors import NotInstalled


def leave_out(missing: NotInstalled) -> NoReturn:
    """Skip the test, or fail it in CI, where everything must have been installed."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true, but {missing}", pytrace=False)
    pytest.skip(str(missing))
