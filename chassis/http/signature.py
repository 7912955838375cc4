"""Reads an endpoint's parameters: what the door itself hands over, and what comes from the request under which wire name."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from fastapi import params
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from starlette.requests import Request

from chassis.http.auth import Caller
from chassis.uow import UnitOfWork


class Provided:
    """Marks a parameter that the service was composed with: `collector: Annotated[Collector, PROVIDED]`."""


PROVIDED: Final = Provided()


@dataclass(frozen=True, slots=True)
class Shape:
    """An endpoint's parameters by who fills them."""

    uow: str | None
    caller: str | None
    request: str | None
    provided: Mapping[str, type]
    visible: tuple[inspect.Parameter, ...]
    query_names: frozenset[str]
    takes_body: bool
    returns: Any


def read(endpoint: Callable[..., Any], path_names: frozenset[str]) -> Shape:
    """The shape of an endpoint under a path with these wire names."""
    hints = get_type_hints(endpoint, include_extras=True)
    handed: dict[type, str] = {}
    provided: dict[str, type] = {}
    visible: list[inspect.Parameter] = []
    for parameter in inspect.signature(endpoint).parameters.values():
        hint = hints[parameter.name]
        if hint in (UnitOfWork, Caller, Request):
            handed[hint] = parameter.name
        elif PROVIDED in _metadata(hint):
            provided[parameter.name] = get_args(hint)[0]
        else:
            visible.append(
                parameter.replace(annotation=_on_the_wire(parameter.name, hint, path_names), kind=inspect.Parameter.KEYWORD_ONLY)
            )
    fields = [_field(parameter.annotation) for parameter in visible]
    return Shape(
        uow=handed.get(UnitOfWork),
        caller=handed.get(Caller),
        request=handed.get(Request),
        provided=provided,
        visible=tuple(visible),
        query_names=frozenset(str(field.alias) for field in fields if isinstance(field, params.Query)),
        takes_body=any(field is None or isinstance(field, params.Body) for field in fields),
        returns=hints.get("return"),
    )


def _on_the_wire(name: str, hint: Any, path_names: frozenset[str]) -> Any:
    """The annotation with its wire name: path and query parameters are lowerCamelCase, a model without a mark is the body."""
    wire_name = to_camel(name)
    field = _field(hint)
    if field is None and wire_name in path_names:
        return Annotated[hint, params.Path(alias=wire_name)]
    if field is None:
        return hint if _is_model(hint) else Annotated[hint, params.Query(alias=wire_name)]
    if isinstance(field, params.Query | params.Path) and field.alias is None:
        # FastAPI takes the last mark and merges the earlier ones into it; the given one may be shared by other parameters.
        return Annotated[hint, type(field)(alias=wire_name)]
    return hint


def _field(hint: Any) -> params.Param | params.Body | None:
    """FastAPI's mark that says where in the request the value is; of several the last counts."""
    return next((mark for mark in reversed(_metadata(hint)) if isinstance(mark, params.Param | params.Body)), None)


def _metadata(hint: Any) -> tuple[Any, ...]:
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _is_model(hint: Any) -> bool:
    """Whether the annotation holds a model: itself, in a union or in a list."""
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if isinstance(bare, type) and get_origin(bare) is None:
        return issubclass(bare, BaseModel)
    return any(_is_model(part) for part in get_args(bare))
