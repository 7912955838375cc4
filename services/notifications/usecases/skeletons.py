"""Renders letters that differ only in words put in as they are once for all of them: a batch says the same to everybody."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Final

from jinja2 import Environment, nodes

from services.notifications.domain.legal_fields import Appeal

_AT_MOST: Final = 256
# What chooses between texts, or is written in words. Nothing else is kept: a partner's own paragraphs are rendered each time and forgotten.
_CHOOSING: Final = (bool, date, Enum, Appeal, type(None))
# What does more with what is written inside it than write it; a template that has one of these is rendered each time.
_BEYOND: Final = (
    nodes.AssignBlock,
    nodes.CallBlock,
    nodes.EvalContextModifier,
    nodes.FilterBlock,
    nodes.FromImport,
    nodes.Import,
    nodes.Include,
    nodes.Macro,
)
# Nobody can put this in a text to have something put in its place.
_MARK: Final = f"\0{secrets.token_hex(16)}\0"

_Chosen = tuple[tuple[str, type, object], ...]


class Skeletons:
    """One template: `words` are the values it writes as they are and does nothing else with, so that they may be put in afterwards."""

    def __init__(self, environment: Environment, name: str) -> None:
        used, other = _names(environment, name)
        self._template = environment.get_template(name)
        self._escape = environment.filters["e"]
        self._used = frozenset(used)
        self._words = frozenset(used - other)
        self._skeleton = lru_cache(maxsize=_AT_MOST)(self._rendered)

    def render(self, values: Mapping[str, object]) -> str:
        """What the template makes of these values.

        Raises:
            jinja2.UndefinedError: a value that the template needs is missing.
        """
        words, chosen = {}, []
        for name, value in values.items():
            if name in self._words and type(value) is str:
                words[name] = str(self._escape(value))
            elif name in self._used:
                if not isinstance(value, _CHOOSING):
                    return self._template.render(values)
                chosen.append((name, type(value), value))
        texts, places = self._skeleton(tuple(chosen), tuple(words))
        return "".join([text for place, text in zip(places, texts, strict=False) for text in (text, words[place])] + [texts[-1]])

    def _rendered(self, chosen: _Chosen, words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """The texts between the words, and which word follows each of them but the last."""
        values: dict[str, object] = {name: value for name, _, value in chosen}
        pieces = self._template.render(values | {name: f"{_MARK}{name}{_MARK}" for name in words}).split(_MARK)
        return pieces[::2], pieces[1::2]


def _names(environment: Environment, template: str) -> tuple[set[str], set[str]]:
    """Every name that a template and those it extends use, and those they do more with than write them out."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, template)
    tree = environment.parse(source)
    names = {name.name for name in tree.find_all(nodes.Name)}
    if any(tree.find(beyond) is not None for beyond in _BEYOND):
        return names, names
    plain = [child for output in tree.find_all(nodes.Output) for child in output.nodes if isinstance(child, nodes.Name)]
    other = {name.name for name in tree.find_all(nodes.Name) if all(name is not one for one in plain)}
    for extended in tree.find_all(nodes.Extends):
        assert isinstance(extended.template, nodes.Const)
        above, other_above = _names(environment, str(extended.template.value))
        names, other = names | above, other | other_above
    return names, other
