"""Base models of request and response bodies: lowerCamelCase on the wire, unknown members refused on the way in."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Body(BaseModel):
    """A request body; an unknown member is refused (`unknownInput`), the published schema does not say so (Belgif `addi-prop`)."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True, regex_engine="rust-regex"
    )


class View(BaseModel):
    """A response body; absent members are left out, never null (Belgif `jsn-null`)."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)
