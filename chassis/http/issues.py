"""What is wrong with an input, and where: the issues inside a problem (RFC 9457, Belgif REST guide `err-problem`)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

BELGIF = "belgif"

Place = Literal["body", "path", "query", "header"]


class IssueKind(StrEnum):
    """Belgif's kinds of input errors; the last part of the issue's type URN."""

    SCHEMA_VIOLATION = "schemaViolation"
    INVALID_INPUT = "invalidInput"
    UNKNOWN_INPUT = "unknownInput"
    REFERENCED_RESOURCE_NOT_FOUND = "referencedResourceNotFound"


_ISSUE_TITLES = {
    IssueKind.SCHEMA_VIOLATION: "Input isn't valid with respect to the schema",
    IssueKind.INVALID_INPUT: "Input value is invalid",
    IssueKind.UNKNOWN_INPUT: "Unknown input",
    IssueKind.REFERENCED_RESOURCE_NOT_FOUND: "Referenced resource not found",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with the input: what (`detail`) and where (`place`, `name` such as `titles[0].validFrom`); never the value."""

    kind: IssueKind
    detail: str
    place: Place
    name: str | None = None

    def document(self) -> dict[str, object]:
        """The issue as it goes on the wire."""
        found: dict[str, object] = {
            "type": f"urn:problem-type:{BELGIF}:input-validation:{self.kind}",
            "title": _ISSUE_TITLES[self.kind],
            "detail": self.detail,
            "in": self.place,
        }
        return found | ({"name": self.name} if self.name else {})
