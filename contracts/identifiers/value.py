"""What every identifier shares: one checked text, usable as a field of a pydantic model."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True, order=True)
class Identifier(ABC):
    """A checked text; making one of a wrong text raises the kind's InvalidIdentifier."""

    value: str
    pattern: ClassVar[str]

    def __post_init__(self) -> None:
        self.check(self.value)

    @classmethod
    @abstractmethod
    def check(cls, value: str) -> None:
        """Raise the kind's error when the text is no such identifier."""

    def __str__(self) -> str:
        return self.value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A string outside, an identifier inside."""
        return core_schema.no_info_plain_validator_function(
            cls._read, serialization=core_schema.plain_serializer_function_ser_schema(lambda identifier: identifier.value)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The form a partner can check."""
        return {"type": "string", "pattern": cls.pattern}

    @classmethod
    def _read(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(value)
        raise ValueError("an identifier is a string")
