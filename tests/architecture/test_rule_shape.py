"""The rules about size, names and first sentences catch what they are for."""

import pytest

from tests.architecture.house.shape import one_sentence_first, short_functions, small_modules, telling_names
from tests.architecture.house.source import python


def test_a_module_of_351_lines_is_found_and_one_of_350_is_not() -> None:
    assert list(small_modules(python("x = 1\n" * 351)))
    assert not list(small_modules(python("x = 1\n" * 350)))


def test_a_function_of_51_lines_is_found_and_one_of_50_is_not() -> None:
    assert list(short_functions(python("async def long():\n" + "    x = 1\n" * 50)))
    assert not list(short_functions(python("@decorated\ndef fits():\n" + "    x = 1\n" * 49)))


@pytest.mark.parametrize(
    "path", ["chassis/utils.py", "services/registration/common/rules.py", "tests/support/test_helpers.py", "vault/manager.py"]
)
def test_a_name_that_says_nothing_is_found(path: str) -> None:
    assert list(telling_names(python("", path)))


def test_a_name_that_says_something_is_not() -> None:
    assert not list(telling_names(python("", "chassis/outbox.py")))


@pytest.mark.parametrize("text", ["import os\n", '""""""\nimport os\n', '"""Things that\n\nwork."""\n'])
def test_a_module_without_a_first_sentence_is_found(text: str) -> None:
    assert list(one_sentence_first(python(text)))


def test_a_module_with_one_is_not() -> None:
    assert not list(one_sentence_first(python('"""The outbox."""\n')))
    assert not list(one_sentence_first(python("")))
