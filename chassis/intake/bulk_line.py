"""Reads one line of a bulk body: a command, or the typed reason why it is none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import from_json

from chassis.http.auth import Caller
from chassis.http.validation import bad_request, safe_name
from chassis.intake.kinds import Command, FactBody, FactKind
from chassis.intake.order import DELETE
from chassis.intake.references import objection
from contracts.errors import InvalidIdentifier

_NUL = b"\\u0000"
# Why a line is parked: a code and a sentence.
_Refusal: TypeAlias = tuple[str, str]
_REASONS = {"extra_forbidden": "unknownField", "missing": "missingField"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its command, or the reason it is parked. What stands here of a bad line is only what is certainly not personal."""

    number: int
    command: Command | None = None
    kind: str | None = None
    reference: str | None = None
    source_version: int | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class LineForm:
    """What the lines of one caller may hold."""

    caller: Caller
    kinds: Mapping[str, FactKind[Any]]
    limit: int

    def read(self, number: int, raw: bytes | None) -> Line:
        """The line; never raises for what a partner wrote."""
        if raw is None:
            return Line(number, reason="tooLong", detail=f"a line holds at most {self.limit} bytes")
        try:
            members = from_json(raw, allow_inf_nan=False)
        except ValueError:
            return Line(number, reason="malformedJson")
        if not isinstance(members, dict) or _NUL in raw:
            return Line(number, reason="malformedJson", detail="a line is one JSON object without NUL characters")
        return self._command(number, members)

    def _command(self, number: int, members: dict[str, Any]) -> Line:
        # A record with a field named like one of the line's own (a person change has a `kind`) stands whole under `record`.
        nested = members.pop("record", None)
        kind = self.kinds.get(_text(members.pop("kind", None)))
        operation, reference = _text(members.pop("operation", None)), _text(members.pop("reference", None))
        if kind is None:
            return Line(number, reason="unknownKind", detail=f"kind is one of {', '.join(sorted(self.kinds))}")
        if (refused := objection(reference)) is not None:
            return Line(number, kind=kind.name, reason="invalidReference", detail=refused)
        wrong = self._refusal(kind, operation)
        whole = wrong or _whole(nested, members)
        body = _body(kind, operation, whole) if isinstance(whole, dict) else whole
        if not isinstance(body, FactBody):
            return Line(number, None, kind.name, reference, None, *body)
        said, version = None if operation == DELETE else body, body.source_version
        command = Command(self.caller.organisation, self.caller.client_id, kind, reference, version, operation, said, number)
        return Line(number, command, kind.name, reference, version)

    def _refusal(self, kind: FactKind[Any], operation: str) -> _Refusal | None:
        if operation not in kind.operations:
            return "unknownOperation", f"operation is one of {', '.join(sorted(kind.operations))}"
        return None if kind.scope in self.caller.scopes else ("missingScope", kind.scope)


def _whole(nested: object, members: dict[str, Any]) -> dict[str, Any] | _Refusal:
    """The record of a line, from under `record` and beside the line's own members; a `record` that is no object is refused as unknown.

    A member may stand in both places when it says the same in both; which of two words counts is not ours to guess.
    """
    if nested is None:
        return members
    if not isinstance(nested, dict):
        return {**members, "record": nested}
    twice = sorted(name for name in nested.keys() & members.keys() if not _same(nested[name], members[name]))
    return ("invalidValue", f"{safe_name(twice[0])}: says one thing in the line and another in its record") if twice else nested | members


def _same(one: object, other: object) -> bool:
    """As JSON has it: `true` is not 1."""
    return type(one) is type(other) and one == other


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _body(kind: FactKind[Any], operation: str, members: dict[str, Any]) -> FactBody | _Refusal:
    """The body, or the first thing wrong with it in the words that a single door uses."""
    try:
        return (FactBody if operation == DELETE else kind.body_model(operation)).model_validate(members)
    except ValidationError as invalid:
        [first, *_] = invalid.errors()
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InvalidIdentifier):
        return identifier_reason(cause)
    issue = bad_request([{**first, "loc": ("body", *first["loc"])}]).issues[0]
    detail = f"{issue.name}: {issue.detail}" if issue.name else issue.detail
    return _REASONS.get(first["type"], "invalidValue"), detail


def identifier_reason(error: InvalidIdentifier) -> _Refusal:
    """`invalidSsin` with its cause, and so on for the other identifiers."""
    return f"invalid{error.kind[0].upper()}{error.kind[1:]}", str(error.reason)
