"""A sealed field carries bytes and a key's name, and shows the name only."""

import pickle
from uuid import uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.people import PersonFacts
from contracts.sealed import Sealed

KEY = f"{uuid4()}:dossier"
RAW = bytes(range(64))
SEALED = Sealed[PersonFacts].of(KEY, RAW)
ADAPTER = TypeAdapter(Sealed[PersonFacts])


def test_bytes_go_in_and_come_out() -> None:
    assert SEALED.raw == RAW
    assert all(Sealed.of(KEY, bytes(size)).raw == bytes(size) for size in range(28, 40))


def test_the_wire_form_is_a_key_and_a_box() -> None:
    assert ADAPTER.dump_python(SEALED, mode="json") == SEALED.wire == {"key": KEY, "box": SEALED.box}
    assert ADAPTER.validate_json(ADAPTER.dump_json(SEALED)) == SEALED
    assert "=" not in SEALED.box
    assert "/" not in SEALED.box
    assert "+" not in SEALED.box


def test_only_the_key_reference_is_shown() -> None:
    assert repr(SEALED) == f"Sealed({KEY})" == str(SEALED)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {},
        {"key": KEY},
        {"key": KEY, "box": "short"},
        {"key": KEY, "box": "+" * 60},
        {"key": KEY, "box": 7},
        {"key": "dossier", "box": "a" * 60},
        {"key": "06641000507:dossier", "box": "a" * 60},
        {"key": f"{KEY}\n", "box": "a" * 60},
    ],
)
def test_what_is_no_sealed_field_is_refused_without_being_shown(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        ADAPTER.validate_python(value)
    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] in {
        "Value error, a sealed field is an object of key and box",
        "Value error, key or box of a sealed field is malformed",
    }


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        SEALED.box = "other"  # type: ignore[misc]  # that is what is tried
    with pytest.raises(AttributeError):
        del SEALED.key_ref


def test_equal_boxes_are_equal_and_copies_survive_pickling() -> None:
    assert len({SEALED, Sealed(KEY, SEALED.box)}) == 1
    assert Sealed.of(KEY, b"other" * 8) != SEALED
    assert pickle.loads(pickle.dumps(SEALED)) == SEALED  # noqa: S301 - our own bytes


def test_the_schema_says_what_lies_inside() -> None:
    schema = ADAPTER.json_schema()
    assert schema["x-sealed"] == "PersonFacts"
    assert schema["required"] == ["key", "box"]
