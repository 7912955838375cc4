"""Makes the fixtures of `tests/support` and of chaos known to every test, and marks each test with the real parts it needs."""

import pytest

pytest_plugins = [
    "tests.support.docker",
    "tests.support.kafka",
    "tests.support.postgres",
    "tests.support.figures",
    "tests.support.told",
    "tests.chaos.stage",
]

# Which fixtures bring which real part; a test that asks for one, directly or through another, carries its mark.
_PARTS = {"kafka": {"kafka", "own_kafka"}, "docker": {"docker", "docker_engine"}}

# The first build fetches a minimal Debian, Java and the hub's packages: two to three minutes on two cores.
_DOCKER_TIMEOUT_S = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test asks for, so that `-m "not kafka"` can be relied on."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        for mark, fixtures in _PARTS.items():
            if not fixtures.isdisjoint(asked):
                item.add_marker(mark)
        if item.get_closest_marker("docker"):
            item.add_marker(pytest.mark.timeout(_DOCKER_TIMEOUT_S))
