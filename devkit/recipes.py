"""The services of the hub by name, loaded when they are needed."""

import importlib
from collections.abc import Callable

from chassis.service import Service
from chassis.settings import Settings
from devkit.databases import SERVICES

__all__ = ["SERVICES", "recipe"]


def recipe(service: str) -> Callable[[Settings], Service]:
    """What makes a service from its settings: `services.<name>.main.<name>`."""
    found: Callable[[Settings], Service] = getattr(importlib.import_module(f"services.{service}.main"), service)
    return found
