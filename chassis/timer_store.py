"""A timer: due work that is set and removed in the transaction of its cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts.identifiers import PersonId


@dataclass(frozen=True, slots=True)
class Timer:
    """Work to be done for one person at `due_at`; `kind` names the handler, (`kind`, `subject`) is unique."""

    kind: str
    subject: str
    person_id: PersonId
    due_at: datetime
    payload: Mapping[str, object] = field(default_factory=dict)
