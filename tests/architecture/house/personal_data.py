"""Rules about personal data: it never stands in a path, query, log field, span, metric label, record key or problem."""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

from tests.architecture.house.source import Finding, Source, dotted

# Words that say a value is somebody's; matched as whole words of an identifier (`guardian_email`, `ssin`, `streetName`).
_PERSONAL = frozenset(
    {"ssin", "insz", "niss", "email", "emails", "phone", "phones", "mobile", "msisdn", "street", "address", "addresses", "addressee"}
    | {"surname", "firstname", "lastname", "birthdate", "iban", "recipient", "recipients", "letter"}
)
_PERSONAL_PAIRS = frozenset(
    {("first", "name"), ("last", "name"), ("given", "name"), ("family", "name"), ("full", "name"), ("birth", "date")}
)
# An identifier that ends in one of these tells about a value, it does not hold it.
_ABOUT = frozenset(
    {"id", "ids", "ref", "refs", "reference", "hash", "count", "kind", "type", "status", "reason", "valid", "limit", "path", "check"}
)

_LOGGERS = re.compile(r"(^|\.)_?(log|logger|_log|_logger|LOG)$")
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "bind", "bind_contextvars", "msg"}
_TELEMETRY = {"set_attribute", "set_attributes", "add_event", "start_as_current_span", "start_span", "labels"}
_VERBS = {"get", "post", "put", "patch", "delete", "head", "api_route", "websocket", "stream", "request"}
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)")
# `PUT /sourceStates/{name}`: the name of a source of facts, not of a person.
_NAME_OF_A_THING = re.compile(r"/(sourceStates|sources|protocols|topics|services|kinds)/\{name")


def is_personal(identifier: str) -> bool:
    """Whether a variable, field or parameter of this name would hold something of a person."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", identifier)]
    if not words or words[-1] in _ABOUT:
        return False
    return not _PERSONAL.isdisjoint(words) or not _PERSONAL_PAIRS.isdisjoint(itertools.pairwise(words))


def no_person_in_urls(source: Source) -> Iterator[Finding]:
    """A number, name or address goes in a body: URLs end up in logs, histories and referrers."""
    if not source.is_shipped:
        return
    for verb, call in source.calls():
        if verb in _VERBS and call.args:
            for name in _placeholders(call.args[0]):
                yield Finding(source.path, call.lineno, f"'{name}' in a path: put it in the body, behind an opaque reference")
            for name in _all_mentions(keyword.value for keyword in call.keywords if keyword.arg == "params"):
                yield Finding(source.path, call.lineno, f"'{name}' in a query: put it in the body")
    for function in source.functions():
        if any(_is_door(decorator) for decorator in function.decorator_list):
            for argument in [*function.args.args, *function.args.kwonlyargs]:
                if is_personal(argument.arg):
                    yield Finding(source.path, argument.lineno, f"parameter '{argument.arg}' of a door: make it a field of the body")


def no_person_in_logs(source: Source) -> Iterator[Finding]:
    """Logs carry `person_id` shortened, never the person; an event name is a constant, so nothing slips in through it."""
    if not source.is_shipped:
        return
    for method, call in source.calls():
        if not (method in _LOG_METHODS and isinstance(call.func, ast.Attribute) and _LOGGERS.search(dotted(call.func.value))):
            continue
        if not method.startswith("bind") and not (call.args and isinstance(call.args[0], ast.Constant)):
            yield Finding(source.path, call.lineno, "a log event is a constant; what varies goes in fields")
        for field in _keyword_names(call):
            if is_personal(field) or field == "name":
                yield Finding(source.path, call.lineno, f"log field '{field}'")
        for name in _handed_over(call):
            yield Finding(source.path, call.lineno, f"'{name}' in a log line")


def no_person_in_telemetry(source: Source) -> Iterator[Finding]:
    """Spans and metric labels leave the house; they carry kinds and counts."""
    if not source.is_shipped:
        return
    for method, call in source.calls():
        if method in _TELEMETRY:
            for name in [*filter(is_personal, _keyword_names(call)), *_handed_over(call)]:
                yield Finding(source.path, call.lineno, f"'{name}' in a span or metric label")


def no_person_in_keys_and_problems(source: Source) -> Iterator[Finding]:
    """The record key is `person_id`; a problem says what was wrong with a field, not what stood in it."""
    if not source.is_shipped:
        return
    for called, call in source.calls():
        told = [keyword.value for keyword in call.keywords if keyword.arg in {"detail", "title", "instance"}]
        if called.endswith("Problem"):
            told += call.args
        for name in _all_mentions(told):
            yield Finding(source.path, call.lineno, f"'{name}' in a problem")
        if called == "Outgoing":
            for name in _all_mentions([*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "key")]):
                yield Finding(source.path, call.lineno, f"'{name}' in a record key: the key is person_id")


def _is_door(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in _VERBS
        and bool(decorator.args)
        and isinstance(decorator.args[0], ast.Constant)
    )


def _placeholders(path: ast.expr) -> Iterator[str]:
    match path:
        case ast.Constant(value=str() as text):
            for found in _PLACEHOLDER.finditer(text):
                name = found.group(1)
                if is_personal(name) or (name == "name" and not _NAME_OF_A_THING.search(text)):
                    yield name
        case ast.JoinedStr(values=values):
            yield from _all_mentions(value for value in values if isinstance(value, ast.FormattedValue))


def _keyword_names(call: ast.Call) -> Iterator[str]:
    return (keyword.arg for keyword in call.keywords if keyword.arg is not None)


def _handed_over(call: ast.Call) -> Iterator[str]:
    return _all_mentions([*call.args, *(keyword.value for keyword in call.keywords)])


def _all_mentions(expressions: Iterable[ast.expr]) -> Iterator[str]:
    for expression in expressions:
        yield from _mentions(expression)


def _mentions(expression: ast.AST) -> Iterator[str]:
    """Personal values an expression hands on; `len(emails)` and `mask(phone)` hand on something else."""
    match expression:
        case ast.Call(func=function) if dotted(function).rpartition(".")[2] in {"len", "bool", "mask", "masked", "shorten", "type", "sum"}:
            return
        case ast.Name(id=name) | ast.Attribute(attr=name) if is_personal(name):
            yield name
        case ast.Dict(keys=keys) if any(isinstance(key, ast.Constant) and is_personal(str(key.value)) for key in keys):
            yield next(str(key.value) for key in keys if isinstance(key, ast.Constant) and is_personal(str(key.value)))
        case _:
            for child in ast.iter_child_nodes(expression):
                yield from _mentions(child)
