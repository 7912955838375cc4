"""A row of an answer of the database: its columns by name."""

from typing import Any, TypeAlias

import sqlalchemy

Row: TypeAlias = sqlalchemy.Row[*tuple[Any, ...]]
