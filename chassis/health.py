"""What a process knows of its own health: each part reports, the doors `/livez`, `/readyz` and `/health` read."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """The last report of one part; `why` is empty when it is well."""

    ready: bool
    why: str = ""


class Health:
    """The reports of every part of one service; a part that never reported is not ready."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}

    def expect(self, part: str) -> None:
        """Count this part in from now on, not ready until it says so."""
        self._parts.setdefault(part, Part(ready=False, why="starting"))

    def ready(self, part: str) -> None:
        """The part works."""
        self._parts[part] = Part(ready=True)

    def failing(self, part: str, why: str) -> None:
        """The part does not work, and why, without personal data."""
        self._parts[part] = Part(ready=False, why=why)

    @property
    def parts(self) -> Mapping[str, Part]:
        """Every part with its last report."""
        return dict(self._parts)

    @property
    def all_ready(self) -> bool:
        """Whether every part works."""
        return all(part.ready for part in self._parts.values())
