"""JSON Schema of a model as it is on the wire: no nulls, no noise titles, and no ban on fields that may come."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class WireSchema(GenerateJsonSchema):
    """pydantic's generator with Belgif's habits: an absent field instead of null (`jsn-null`), unknown fields unmentioned (`addi-prop`)."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """The schema of the value; that it may be absent stands in `required`."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """The default, unless it is absence itself."""
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's hook
        """Never: the field's name says it."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The model's schema without `additionalProperties: false`."""
        described = super().model_schema(schema)
        described.pop("additionalProperties", None)
        return described

    def generate(self, schema: CoreSchema, mode: Any = "validation") -> JsonSchemaValue:
        """The whole, with its dialect."""
        return {"$schema": DIALECT, **super().generate(schema, mode)}


def schema_of(model: type[BaseModel]) -> JsonSchemaValue:
    """The JSON Schema of what the model writes and reads; fields with a default may be absent."""
    return model.model_json_schema(by_alias=True, mode="validation", schema_generator=WireSchema)
