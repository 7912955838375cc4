"""Old readers and new ones: a released record is read today, today's fits the release, and what would break that is named everywhere."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from contracts import export
from contracts.catalogue import catalogue
from contracts.compat import Rule, violations
from contracts.envelope import decode, encode
from contracts.samples import sample

Schema = dict[str, Any]
RELEASED = export.released()
TYPES = sorted(RELEASED)
_OPEN_CODE = "^[a-z][A-Za-z0-9]{0,63}$"


def example(event_type: str) -> Schema:
    """A whole record of today as JSON."""
    found: Schema = json.loads(encode(sample(catalogue()[event_type])))
    return found


def parts(schema: Schema, root: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Every object in a schema that has fields, with the path to it; `[]` is an item of a list. What is sealed is not looked into."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "x-sealed" in schema:
        return
    if "properties" in schema:
        yield path, schema
        for name, part in schema["properties"].items():
            yield from parts(part, root, (*path, name))
    if "items" in schema:
        yield from parts(schema["items"], root, (*path, "[]"))


def only(data: Any, schema: Schema, root: Schema, *, required: bool) -> Any:
    """Of this data what the released schema knows, or only what it requires."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if "properties" in schema and "x-sealed" not in schema:
        names = set(schema.get("required", ())) if required else set(schema["properties"])
        return {name: only(value, schema["properties"][name], root, required=required) for name, value in data.items() if name in names}
    if "items" in schema:
        return [only(item, schema["items"], root, required=required) for item in data]
    return data


@pytest.mark.parametrize("event_type", TYPES)
@pytest.mark.parametrize("required", [True, False], ids=["required", "everything"])
def test_a_record_of_the_release_is_read_today_with_everything_it_says(event_type: str, *, required: bool) -> None:
    record, schema = example(event_type), RELEASED[event_type]
    old = only(record["data"], schema, schema, required=required)
    jsonschema_rs.validate(schema, old, validate_formats=True)
    found = decode(json.dumps(record | {"data": old}).encode())
    assert only(json.loads(encode(found))["data"], schema, schema, required=required) == old


@pytest.mark.parametrize("event_type", TYPES)
def test_what_is_written_today_fits_the_released_schema(event_type: str) -> None:
    jsonschema_rs.validate(RELEASED[event_type], example(event_type)["data"], validate_formats=True)


def strewn(value: Any) -> Any:
    """The same with a field that nobody knows in every object, but for what is sealed."""
    if isinstance(value, dict):
        more = {} if set(value) == {"key", "box"} else {"heardOfLater": {"deep": [None, 1]}}
        return {name: strewn(part) for name, part in value.items()} | more
    return [strewn(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("event_type", TYPES)
def test_fields_of_a_later_version_are_read_past_at_every_depth(event_type: str) -> None:
    record = example(event_type)
    found = decode(json.dumps(record | {"data": strewn(record["data"]), "latersattribute": 1}).encode())
    assert found == decode(json.dumps(record).encode())


@pytest.mark.parametrize("event_type", TYPES)
def test_an_open_code_may_be_one_that_nobody_knows_yet(event_type: str) -> None:
    record, schema = example(event_type), RELEASED[event_type]
    for name, part in schema["properties"].items():
        inner = part.get("items", part)
        if inner.get("pattern") == _OPEN_CODE and "enum" not in inner:
            value = ["heardOfLater"] if "items" in part else "heardOfLater"
            said = decode(json.dumps(record | {"data": record["data"] | {name: value}}).encode())
            assert json.loads(encode(said))["data"][name] == value


# -- each change, at each place

PLACES = [(event_type, path) for event_type in TYPES for path, _ in parts(RELEASED[event_type], RELEASED[event_type])]
_IDS = [".".join((event_type.partition(".v1.")[2], *path)) for event_type, path in PLACES]


def changed(event_type: str, path: tuple[str, ...]) -> tuple[dict[str, Schema], Schema]:
    """A copy of this event's schema, and the object at that path in it."""
    copied = copy.deepcopy(RELEASED[event_type])
    return {event_type: copied}, next(part for where, part in parts(copied, copied) if where == path)


def named(event_type: str, current: Mapping[str, Schema]) -> set[tuple[Rule, str]]:
    found = violations({event_type: RELEASED[event_type]}, current)
    assert all(str(one) for one in found)
    return {(one.rule, one.path) for one in found}


def where(path: tuple[str, ...], name: str) -> str:
    return ".".join((*path, name)).replace(".[]", "[]")


@pytest.mark.parametrize(("event_type", "path"), PLACES, ids=_IDS)
def test_a_field_that_goes_becomes_optional_or_changes_its_kind_is_named_at_its_place(event_type: str, path: tuple[str, ...]) -> None:
    names = list(changed(event_type, path)[1]["properties"])
    for name in names:
        current, part = changed(event_type, path)
        del part["properties"][name]
        assert (Rule.FIELD_REMOVED, where(path, name)) in named(event_type, current)

        current, part = changed(event_type, path)
        part["properties"][name] = {"type": "null"}
        assert {rule for rule, at in named(event_type, current) if at == where(path, name)} & {Rule.TYPE_CHANGED, Rule.SEAL_CHANGED}

        current, part = changed(event_type, path)
        if name in part.get("required", ()):
            part["required"].remove(name)
            assert (Rule.REQUIRED_DROPPED, where(path, name)) in named(event_type, current)
        else:
            part.setdefault("required", []).append(name)
            assert (Rule.REQUIRED_ADDED, where(path, name)) in named(event_type, current)


@pytest.mark.parametrize(("event_type", "path"), PLACES, ids=_IDS)
def test_a_bound_that_changes_either_way_and_a_list_of_anything_are_named(event_type: str, path: tuple[str, ...]) -> None:
    for name, said in changed(event_type, path)[1]["properties"].items():
        bounds = [bound for bound in ("pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems") if bound in said]
        for bound in bounds:
            current, part = changed(event_type, path)
            del part["properties"][name][bound]
            assert (Rule.CONSTRAINT_CHANGED, where(path, name)) in named(event_type, current)
        if "items" in said:
            current, part = changed(event_type, path)
            del part["properties"][name]["items"]
            assert (Rule.TYPE_CHANGED, where(path, name)) in named(event_type, current)


@pytest.mark.parametrize(("event_type", "path"), PLACES, ids=_IDS)
def test_a_new_optional_field_breaks_nobody_at_any_depth(event_type: str, path: tuple[str, ...]) -> None:
    current, part = changed(event_type, path)
    part["properties"]["heardOfLater"] = {"type": "string"}
    assert named(event_type, current) == set()
    part.setdefault("required", []).append("heardOfLater")
    assert named(event_type, current) == {(Rule.REQUIRED_ADDED, where(path, "heardOfLater"))}
