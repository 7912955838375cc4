"""Identifiers of people, enterprises, municipalities and phones: checked when made, masked when shown."""

from typing import NewType
from uuid import UUID

PersonId = NewType("PersonId", UUID)
