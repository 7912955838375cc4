"""Turns what pydantic and FastAPI found wrong with a request into Belgif issues that repeat nothing of the input."""

import re
from collections.abc import Mapping, Sequence

from chassis.http.issues import Issue, IssueKind, Place
from chassis.http.problems import BadRequest

_PLACES: Mapping[str, Place] = {"body": "body", "path": "path", "query": "query", "header": "header", "cookie": "header"}
# A member name as our contracts have them, lowerCamelCase. Anything else a sender put where one belongs could be a person's number or name.
_NAME = re.compile(r"[a-z_][A-Za-z_-]{0,63}(?:[0-9]{1,3}[A-Za-z_-]{0,32})?")
_HIDDEN = "*"
_KINDS = {"extra_forbidden": IssueKind.UNKNOWN_INPUT, "value_error": IssueKind.INVALID_INPUT, "assertion_error": IssueKind.INVALID_INPUT}
# Their own messages quote the input.
_DETAILS = {
    "extra_forbidden": "this member is not known here",
    "union_tag_invalid": "the member that tells the kind has an unknown value",
    "json_invalid": "the body is not valid JSON",
}
_TOO_MANY = 100


def bad_request(errors: Sequence[Mapping[str, object]]) -> BadRequest:
    """The problem for these validation errors (as `pydantic.ValidationError.errors()` gives them, with FastAPI's place in front)."""
    return BadRequest(issues=[_issue(error) for error in errors[:_TOO_MANY]])


def safe_name(name: str) -> str:
    """The name when it looks like a member of a contract, else `*`: an unknown name is the sender's text."""
    return name if _NAME.fullmatch(name) else _HIDDEN


def _issue(error: Mapping[str, object]) -> Issue:
    kind = str(error["type"])
    location = error["loc"]
    place, *path = location if isinstance(location, tuple) else ("body",)
    name = None if kind == "json_invalid" else _joined(path)
    return Issue(_KINDS.get(kind, IssueKind.SCHEMA_VIOLATION), _detail(kind, error), _PLACES.get(str(place), "body"), name)


def _joined(path: Sequence[object]) -> str | None:
    """`("titles", 0, "validFrom")` as `titles[0].validFrom`."""
    name = ""
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{safe_name(str(part))}"
    return name.removeprefix(".") or None


def _detail(kind: str, error: Mapping[str, object]) -> str:
    if kind in _DETAILS:
        return _DETAILS[kind]
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return "the value is not accepted" if _repeats_input(message, error.get("input")) else message


def _repeats_input(message: str, given: object) -> bool:
    """Whether a message of a validator quotes a value: the value itself, or any long number or address."""
    if isinstance(given, str | int | float) and not isinstance(given, bool) and len(str(given)) > 1 and str(given) in message:
        return True
    return "@" in message or re.search(r"\d{6}", message) is not None
