"""What the sender of one command hears."""

from dataclasses import dataclass
from typing import TypeAlias

from chassis.http.problems import SourceVersionConflict
from contracts.errors import InvalidIdentifier


@dataclass(frozen=True, slots=True)
class Told:
    """What the sender of a command is told; `first` when nothing was known of the record."""

    result: str
    reason: str | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A command that was not taken, and why; the rest of its batch was."""

    error: InvalidIdentifier | SourceVersionConflict


Reply: TypeAlias = Told | Refused
