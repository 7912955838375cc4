"""The whole hub for every end-to-end test."""

from tests.support.hub import hub

__all__ = ["hub"]
