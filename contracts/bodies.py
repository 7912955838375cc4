"""Request and answer bodies of the doors: what a partner sends is refused when it holds a field we do not know."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """A request body: lowerCamelCase names only, unknown fields refused (Belgif `req-valid`)."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=False, validate_by_alias=True, serialize_by_alias=True
    )


class View(BaseModel):
    """An answer: built by field name, written in lowerCamelCase; readers must expect more fields one day."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )
