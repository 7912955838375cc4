"""What is known of a person, as it travels sealed between services, and an address as partners write it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.fields import Code, Language, LocalDate, RuleId, Text
from contracts.identifiers import IncompleteDate, NisCode, Ssin
from contracts.registry import Part


class Address(Part):
    """A postal address in Belgium, or as a register wrote it."""

    street: str
    number: str | None = None
    box: str | None = None
    post_code: str
    municipality: str
    country: str = "BE"


class AddressBody(BaseModel):
    """A postal address."""

    # As strict as any request body: an unknown member is refused, and no refusal repeats what was sent.
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    street: Text
    number: Annotated[str, Field(max_length=12)] | None = None
    box: Annotated[str, Field(max_length=12)] | None = None
    post_code: Annotated[str, Field(min_length=2, max_length=12)]
    municipality: Text
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "BE"

    def address(self) -> Address:
        """The same, as events carry it."""
        return Address.model_validate(self.model_dump())


class PersonFacts(Part):
    """A person as a letter needs them; what is unknown is left out."""

    ssin: Ssin
    family_name: str
    given_name: str | None = None
    birth_date: IncompleteDate | None = None
    contact_language: Language | None = None
    address: Address | None = None


class Residence(Part):
    """Where a person has their main residence."""

    nis: NisCode | None = None
    address: Address | None = None


class Fact(Part):
    """One input of a decision: what was known, from whom, since when."""

    name: Code
    value: str
    source: Code
    known_on: LocalDate | None = None


class FeedDecision(Part):
    """What a feed decided and on which facts; registration keeps it as the first half of the explanation."""

    outcome: Code
    rule_id: RuleId
    rule_set: str
    due_on: LocalDate
    reasons: tuple[Code, ...] = ()
    facts: tuple[Fact, ...] = ()
