"""The short import lists and the rules about tests catch what they are for."""

import pytest

from tests.architecture.house.honest_tests import no_mocks, no_sleeps
from tests.architecture.house.imports import chassis_knows_person_id_only, short_import_lists
from tests.architecture.house.source import python

_DOMAIN = "services/registration/domain/leavers.py"


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("import sqlalchemy", _DOMAIN),
        ("from contracts import registry", _DOMAIN),
        ("from contracts.registry import Event", _DOMAIN),
        ("from services.registration.store import tables", _DOMAIN),
        ("from services.education_feed.domain.windows import Window", _DOMAIN),
        ("import pydantic", "proof/notes.py"),
        ("import sqlalchemy", "contracts/registry.py"),
    ],
)
def test_an_import_outside_the_list_is_found(line: str, path: str) -> None:
    assert list(short_import_lists(python(line + "\n", path)))


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("from dataclasses import dataclass", _DOMAIN),
        ("from contracts.identifiers import PersonId", _DOMAIN),
        ("from contracts import identifiers", _DOMAIN),
        ("from services.registration.domain.rules import Rule", _DOMAIN),
        ("from cryptography.hazmat.primitives import hashes", "proof/notes.py"),
        ("from pydantic import BaseModel", "contracts/registry.py"),
        ("import sqlalchemy", "services/registration/store/tables.py"),
    ],
)
def test_an_import_on_the_list_is_not(line: str, path: str) -> None:
    assert not list(short_import_lists(python(line + "\n", path)))


def test_the_chassis_takes_person_id_and_nothing_else_of_the_identifiers() -> None:
    assert list(chassis_knows_person_id_only(python("from contracts.identifiers import PersonId, Ssin\n", "chassis/uow.py")))
    assert not list(chassis_knows_person_id_only(python("from contracts.identifiers import PersonId\n", "chassis/uow.py")))


@pytest.mark.parametrize("call", ["time.sleep(1)", "await asyncio.sleep(0.1)", "await sleep(delay)"])
def test_a_sleep_in_a_test_is_found(call: str) -> None:
    assert list(no_sleeps(python(f"async def test():\n    {call}\n", "tests/unit/test_example.py")))


def test_a_sleep_between_two_looks_at_a_condition_is_not() -> None:
    text = "async def eventually(condition):\n    while not condition():\n        await asyncio.sleep(0.01)\n"
    assert not list(no_sleeps(python(text, "tests/unit/test_example.py")))


def test_a_sleep_in_an_endless_loop_is_found() -> None:
    text = "async def test():\n    while True:\n        await asyncio.sleep(0.01)\n"
    assert list(no_sleeps(python(text, "tests/unit/test_example.py")))


def test_yielding_to_the_loop_is_not() -> None:
    assert not list(no_sleeps(python("async def test():\n    await asyncio.sleep(0)\n", "tests/unit/test_example.py")))


@pytest.mark.parametrize("line", ["from unittest.mock import Mock", "from unittest import mock", "import unittest.mock"])
def test_a_mock_is_found(line: str) -> None:
    assert list(no_mocks(python(line + "\n", "tests/unit/test_example.py")))
