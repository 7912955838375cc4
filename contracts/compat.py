"""Named rules for what may change in a released event: nothing that an old reader or an old record would trip over.

Records stay on their topics for weeks and services are replaced one by one, so new readers meet old records and old readers new ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]
_CONSTRAINTS = ("pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "const")


class Rule(StrEnum):
    """A way to break someone; the sentence is what the person who did it reads."""

    EVENT_REMOVED = "eventRemoved"
    TOPIC_CHANGED = "topicChanged"
    SENSITIVITY_CHANGED = "sensitivityChanged"
    FIELD_REMOVED = "fieldRemoved"
    REQUIRED_ADDED = "requiredAdded"
    REQUIRED_DROPPED = "requiredDropped"
    TYPE_CHANGED = "typeChanged"
    ENUM_NARROWED = "enumNarrowed"
    ENUM_WIDENED = "enumWidened"
    CONSTRAINT_CHANGED = "constraintChanged"
    SEAL_CHANGED = "sealChanged"


_WHY: Mapping[Rule, str] = {
    Rule.EVENT_REMOVED: "readers still wait for it; keep the class, and say in its docstring that nothing announces it any more",
    Rule.TOPIC_CHANGED: "readers follow the old topic; a topic belongs to the service and changes only with its major version",
    Rule.SENSITIVITY_CHANGED: "consoles and logs mask by it; declare a new event for content of another kind",
    Rule.FIELD_REMOVED: "old readers miss it; keep the field, optional ones may stay empty",
    Rule.REQUIRED_ADDED: "records already on the topic lack it; give the field a default",
    Rule.REQUIRED_DROPPED: "old readers refuse a record without it; keep writing it",
    Rule.TYPE_CHANGED: "nobody can read both; add a field under a new name beside the old one",
    Rule.ENUM_NARROWED: "records already on the topic hold the value; keep it, and stop writing it",
    Rule.ENUM_WIDENED: "old readers refuse the new value; a list that grows is an open code, not an enumeration",
    Rule.CONSTRAINT_CHANGED: "tighter refuses old records, looser is refused by old readers; add a field under a new name",
    Rule.SEAL_CHANGED: "a seal that is gone shows personal data, another content cannot be read; add a field under a new name",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule, at one place of one event."""

    rule: Rule
    event_type: str
    path: str
    detail: str

    def __str__(self) -> str:
        place = f"{self.event_type} {self.path}".rstrip()
        return f"{self.rule}: {place}: {self.detail}; {_WHY[self.rule]}"


@dataclass(frozen=True, slots=True)
class _Node:
    """A schema with the definitions its references point into."""

    schema: Schema
    definitions: Mapping[str, Schema]

    @classmethod
    def root(cls, schema: Schema) -> "_Node":
        return cls(schema, schema.get("$defs", {}))

    def within(self, schema: Schema) -> "_Node":
        """A part of it, its reference followed."""
        reference = schema.get("$ref")
        return _Node(self.definitions[reference.rpartition("/")[2]] if reference else schema, self.definitions)

    @property
    def properties(self) -> Mapping[str, Schema]:
        return self.schema.get("properties", {})  # type: ignore[no-any-return] # JSON

    @property
    def required(self) -> frozenset[str]:
        return frozenset(self.schema.get("required", ()))


def violations(released: Mapping[str, Schema], current: Mapping[str, Schema]) -> list[Violation]:
    """What the current schemas break of the released ones, both by event type. New events break nothing."""
    found: list[Violation] = []
    for event_type, old in released.items():
        new = current.get(event_type)
        if new is None:
            found.append(Violation(Rule.EVENT_REMOVED, event_type, "", "it is no longer declared"))
            continue
        found += _declaration(event_type, old, new)
        found += [Violation(rule, event_type, path, detail) for rule, path, detail in _compare("", _Node.root(old), _Node.root(new))]
    return found


def _declaration(event_type: str, old: Schema, new: Schema) -> Iterator[Violation]:
    for name, rule in (("x-topic", Rule.TOPIC_CHANGED), ("x-sensitivity", Rule.SENSITIVITY_CHANGED)):
        if old.get(name) != new.get(name):
            yield Violation(rule, event_type, "", f"{old.get(name)} became {new.get(name)}")


def _compare(path: str, old: _Node, new: _Node) -> Iterator[tuple[Rule, str, str]]:
    if old.schema.get("x-sealed") != new.schema.get("x-sealed"):
        yield Rule.SEAL_CHANGED, path, f"sealed {old.schema.get('x-sealed')} became {new.schema.get('x-sealed')}"
        return
    if old.schema.get("type") != new.schema.get("type"):
        yield Rule.TYPE_CHANGED, path, f"{old.schema.get('type')} became {new.schema.get('type')}"
        return
    yield from _enumeration(path, old.schema, new.schema)
    for name in _CONSTRAINTS:
        if old.schema.get(name) != new.schema.get(name):
            yield Rule.CONSTRAINT_CHANGED, path, f"{name} {old.schema.get(name)} became {new.schema.get(name)}"
    yield from _fields(path, old, new)
    if ("items" in old.schema) != ("items" in new.schema):
        yield Rule.TYPE_CHANGED, path, "what the list holds is said no longer, or was not said before"
    elif "items" in old.schema:
        yield from _compare(f"{path}[]", old.within(old.schema["items"]), new.within(new.schema["items"]))


def _enumeration(path: str, old: Schema, new: Schema) -> Iterator[tuple[Rule, str, str]]:
    if "enum" not in old and "enum" not in new:
        return
    if "enum" not in old or "enum" not in new:
        yield Rule.TYPE_CHANGED, path, "an enumeration became open, or an open list an enumeration"
        return
    if gone := sorted(set(old["enum"]) - set(new["enum"])):
        yield Rule.ENUM_NARROWED, path, f"{', '.join(gone)} no longer exist"
    if added := sorted(set(new["enum"]) - set(old["enum"])):
        yield Rule.ENUM_WIDENED, path, f"{', '.join(added)} are new"


def _fields(path: str, old: _Node, new: _Node) -> Iterator[tuple[Rule, str, str]]:
    for name, part in old.properties.items():
        here = f"{path}.{name}".removeprefix(".")
        if name not in new.properties:
            yield Rule.FIELD_REMOVED, here, "it is gone"
            continue
        if name in old.required and name not in new.required:
            yield Rule.REQUIRED_DROPPED, here, "it may now be absent"
        yield from _compare(here, old.within(part), new.within(new.properties[name]))
    for name in sorted(new.required - old.required):
        yield Rule.REQUIRED_ADDED, f"{path}.{name}".removeprefix("."), "it must now be present"
