"""What the three services say to each other, as pydantic models."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Message(BaseModel):
    """lowerCamelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class FactPosted(Message):
    """A fact."""

    id: UUID
    reference: str
    source_version: int
    person: UUID
    family_name: str
    given_name: str
    birth_date: date
    agency: str
    region: str
    signed_on: date
    programme_status: str
    address: dict[str, Any]
    remark: str


class Registered(Message):
    """A registration."""

    id: UUID
    person: UUID
    since: date
    family_name: str
    given_name: str
    address: dict[str, Any]
    category: str = "jobseeker"
