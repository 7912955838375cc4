"""Every event of the hub: importing this module declares them all."""

from collections.abc import Mapping

from contracts import education, integration, notification, persons, registers, registration
from contracts.registry import Event, events

MODULES = (education, integration, registration, persons, registers, notification)


def catalogue() -> Mapping[str, type[Event]]:
    """All declared events by type, sorted; those of tests are not among them."""
    names = {module.__name__ for module in MODULES}
    return {name: event for name, event in sorted(events().items()) if event.__module__ in names}
