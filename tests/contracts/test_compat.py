"""Each way to break a reader is caught under its own name and explains itself."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contracts.compat import Rule, violations
from contracts.export import schemas

OPENED = "be.vdab.integrationFeed.v1.obligations.notify.opened"
Change = Callable[[dict[str, Any]], object]


def after(change: Change) -> list[tuple[Rule, str]]:
    """What is violated when this change is made to a released event."""
    released = schemas()
    current = copy.deepcopy(released)
    change(current[OPENED])
    return [(found.rule, found.path) for found in violations(released, current)]


def set_in(*path: str, value: Any) -> Change:
    """A change that sets one place of the schema."""

    def change(schema: dict[str, Any]) -> None:
        for name in path[:-1]:
            schema = schema[name]
        schema[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "rule", "path"),
    [
        (lambda schema: schema["properties"].pop("anchorOn"), Rule.FIELD_REMOVED, "anchorOn"),
        (lambda schema: schema["required"].append("duty"), Rule.REQUIRED_ADDED, "duty"),
        (lambda schema: schema["required"].remove("anchorOn"), Rule.REQUIRED_DROPPED, "anchorOn"),
        (set_in("properties", "version", "type", value="string"), Rule.TYPE_CHANGED, "version"),
        (set_in("properties", "agency", value={"type": "array"}), Rule.TYPE_CHANGED, "agency"),
        (lambda schema: schema["properties"]["ruleSet"].update(enum=["newcomers.1"]), Rule.TYPE_CHANGED, "ruleSet"),
        (lambda schema: schema["$defs"]["Duty"]["enum"].remove("exempt"), Rule.ENUM_NARROWED, "duty"),
        (lambda schema: schema["$defs"]["Duty"]["enum"].append("asked"), Rule.ENUM_WIDENED, "duty"),
        (lambda schema: schema["$defs"]["TermState"]["enum"].remove("met"), Rule.ENUM_NARROWED, "terms[].state"),
        (lambda schema: schema["$defs"]["Term"]["properties"].pop("dueAt"), Rule.FIELD_REMOVED, "terms[].dueAt"),
        (set_in("properties", "version", "minimum", value=0), Rule.CONSTRAINT_CHANGED, "version"),
        (set_in("properties", "anchorOn", "format", value="date-time"), Rule.CONSTRAINT_CHANGED, "anchorOn"),
        (set_in("properties", "person", value={"type": "object"}), Rule.SEAL_CHANGED, "person"),
        (set_in("properties", "person", "x-sealed", value="Everything"), Rule.SEAL_CHANGED, "person"),
        (set_in("x-topic", value="vdab.other.v1"), Rule.TOPIC_CHANGED, ""),
        (set_in("x-sensitivity", value="pseudonymous"), Rule.SENSITIVITY_CHANGED, ""),
    ],
)
def test_a_breaking_change_is_named_with_its_place(change: Change, rule: Rule, path: str) -> None:
    assert after(change) == [(rule, path)]


def test_an_event_that_disappears_is_named() -> None:
    released = schemas()
    current = {name: schema for name, schema in released.items() if name != OPENED}
    (found,) = violations(released, current)
    assert found.rule is Rule.EVENT_REMOVED
    assert OPENED in str(found)


@pytest.mark.parametrize(
    "change",
    [
        set_in("properties", "remark", value={"type": "string"}),
        set_in("properties", "anchorOn", "description", value="clearer"),
        set_in("x-flows", value=["integrationToRegistration", "integrationToNotification"]),
        lambda _: None,
    ],
)
def test_an_addition_or_a_better_word_breaks_nobody(change: Change) -> None:
    assert after(change) == []


def test_a_new_event_breaks_nobody() -> None:
    current = schemas()
    assert violations({OPENED: current[OPENED]}, current) == []


def test_a_violation_says_why_and_what_to_do() -> None:
    released = schemas()
    current = copy.deepcopy(released)
    current[OPENED]["required"].append("duty")
    (found,) = violations(released, current)
    assert str(found) == (
        f"requiredAdded: {OPENED} duty: it must now be present; records already on the topic lack it; give the field a default"
    )
