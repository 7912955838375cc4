"""The pseudonym of a person inside the hub."""

from typing import NewType
from uuid import UUID

# Random, from the vault; never derived from a person number, which can be replaced (`decisions.md` 1).
PersonId = NewType("PersonId", UUID)
