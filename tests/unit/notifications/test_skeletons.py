"""Letters that share a skeleton are, byte for byte, what the template itself makes of their values."""

from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from contracts.codes import Category, Cause
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.letters import Letters, dutch_day, dutch_period
from services.notifications.usecases.skeletons import Skeletons
from tests.unit.notifications.test_letters import CONFIRMATION, values_of_a_letter

BOOK = NoticeBook.read()
LETTERS = Letters(BOOK)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["<b>", "{{ 1 }}", "&amp;", "\0", "a\0b\0c", "'\""])


class Kind(StrEnum):
    ONE = "one"
    OTHER = "other"


TEMPLATES = {
    "layout": "<title>{% block subject %}{% endblock %}</title>{{ self.subject() }}<p>{{ name }}</p>{% block body %}{% endblock %}",
    "letter": """{% extends "layout" %}{% block subject %}{{ subject }}{% endblock %}{% block body %}{{ on|day }}
        {% if kind == "one" %}{{ word }} {{ name }}{% else %}{{ missing }}{% endif %}{% if flag %}{{ flag }}{% endif %}{{ loud|upper }}
        {% for each in several %}{{ each }}{% endfor %}{% endblock %}""",
    "filtered": "{% filter upper %}{{ name }}{% endfilter %}",
}


def _environment() -> Environment:
    environment = Environment(loader=DictLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    environment.filters["day"] = dutch_day
    return environment


ENVIRONMENT = _environment()
LETTER, FILTERED = Skeletons(ENVIRONMENT, "letter"), Skeletons(ENVIRONMENT, "filtered")
VALUES = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "subject": TEXTS,
        "word": TEXTS,
        "missing": TEXTS,
        "loud": TEXTS | st.sampled_from(Kind),
        "on": st.sampled_from([date(2026, 1, 1), date(2026, 2, 2)]),
        "kind": st.sampled_from(Kind),
        "flag": st.sampled_from([True, False, None, "yes", 1]),
        "several": st.sampled_from([None]) | st.lists(TEXTS, max_size=2),
        "unused": TEXTS,
    }
)


@settings(deadline=None)
@given(VALUES)
def test_a_letter_is_what_its_template_makes_of_it(values: dict[str, Any]) -> None:
    try:
        plain = ENVIRONMENT.get_template("letter").render(values)
    except TypeError:  # nothing to walk through
        with pytest.raises(TypeError):
            LETTER.render(values)
    else:
        assert LETTER.render(values) == plain


@settings(deadline=None)
@given(TEXTS)
def test_what_a_template_does_more_with_is_never_put_in_afterwards(name: str) -> None:
    assert FILTERED.render({"name": name}) == ENVIRONMENT.get_template("filtered").render({"name": name})


def test_a_value_that_is_missing_is_missed_as_ever() -> None:
    values = {"name": "a", "subject": "b", "word": "c", "loud": "d", "on": date(2026, 1, 1), "flag": None, "several": ()}
    assert "c a" in LETTER.render(values | {"kind": Kind.ONE})
    with pytest.raises(UndefinedError, match="missing"):
        LETTER.render(values | {"kind": Kind.OTHER})


@settings(deadline=None)
@given(name=TEXTS, reason=TEXTS, on=st.sampled_from([date(2026, 6, 22), date(2026, 6, 23)]), cause=st.sampled_from(Cause))
def test_a_confirmation_shares_its_skeleton_with_others(name: str, reason: str, on: date, cause: Cause) -> None:
    values = values_of_a_letter(addressee=name, notice_date=on, reason=reason, cause=cause, category=Category.JOBSEEKER, registered_on=on)
    # A value that is neither a word nor a choice makes the template run itself.
    assert LETTERS.freeze(CONFIRMATION, values) == LETTERS.freeze(CONFIRMATION, {**values, "cause": str(cause)})
    assert dutch_period("P3M") in LETTERS.freeze(CONFIRMATION, values).decode()
