"""The small field types that events and request bodies are written with."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

Version = Annotated[int, Field(ge=1, description="Rises by one with each event about this case; the order to trust, never the time")]
Code = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]{0,63}$", description="A lowerCamelCase code of an open list")]
RuleId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9.]{0,63}$", description="The rule row that decided, such as N13")]
LocalDate = Annotated[date, Field(description="A date in Europe/Brussels")]
Instant = Annotated[AwareDatetime, Field(description="An instant, UTC")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1")]
# No control characters: PostgreSQL refuses U+0000 in text, and a line break in a name is a feed's accident. They are spelled out, because
# not every partner's tools know the classes of Unicode (Python's `re` does not).
NO_CONTROLS = r"^[^\x00-\x1F\x7F-\x9F]+$"
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_CONTROLS)]
# As a partner writes it; the vault checks it and says why it refuses.
PersonNumber = Annotated[str, Field(min_length=1, max_length=32, description="Belgian person number (INSZ): eleven digits, no separators")]
