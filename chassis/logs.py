"""Structured logs: one JSON object a line, codes and shortened ids only, never a person."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import TextIO

import structlog

# A log field none of whose words is one of these cannot have been meant to carry a person or a record; the house rules check the calls,
# this catches what is built at run time.
_FORBIDDEN = frozenset({
    "ssin", "niss", "insz", "rrn", "bis", "name", "firstname", "lastname", "surname", "birth", "born", "address", "street", "mail", "email",
    "phone", "mobile", "iban", "value", "body", "payload", "content", "password", "secret", "authorization",
})  # fmt: skip
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")

# What looks like a person number (eleven digits, in groups or not), an e-mail address or a telephone number is struck out of any text.
_PERSONAL = re.compile(
    r"(?<![\w-])\d{2}[. -]?\d{2}[. -]?\d{2}[ -]?\d{3}[. -]?\d{2}(?![\w-])|[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w-])\+\d[\d ./-]{7,}\d"
)
_STRUCK = "[personal]"


def configure(stream: TextIO | None = None, *, level: int = logging.INFO, human: bool = False) -> None:
    """Set up the process' logs once; `human` prints for a terminal instead of JSON."""
    renderer: structlog.typing.Processor = structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_messages,
            without_personal_data,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    if not any(isinstance(handler, _Libraries) for handler in logging.getLogger().handlers):
        logging.getLogger().addHandler(_Libraries(logging.WARNING))
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.access").disabled = True


def without_messages(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Show of an exception its kind and place, never its message: a driver's repeats the row, a parser's the input."""
    error = entry.pop("exc_info", None)
    if error is True or isinstance(error, tuple):
        error = sys.exc_info()[1] if error is True else error[1]
    if isinstance(error, BaseException):
        entry["error"] = type(error).__name__
        entry["where"] = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)[-5:]
        ]
    return entry


def without_personal_data(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop the fields that could carry a person, at any depth, and strike out of the others what looks like one."""
    return {key: _clean(value) for key, value in entry.items() if not _is_forbidden(key)}


def _clean(value: object) -> object:
    match value:
        case str():
            return _PERSONAL.sub(_STRUCK, value)
        case None | bool() | float():
            return value
        case int():
            return _STRUCK if _PERSONAL.fullmatch(str(value)) else value
        case Mapping():
            return {_clean(str(key)): _clean(inner) for key, inner in value.items() if not _is_forbidden(str(key))}
        case list() | tuple() | set() | frozenset():
            return [_clean(inner) for inner in value]
        case _:
            return _PERSONAL.sub(_STRUCK, str(value))


def _is_forbidden(key: str) -> bool:
    return any(word.lower() in _FORBIDDEN for word in _WORDS.findall(key))


class _Libraries(logging.Handler):
    """What libraries log, without the values they fill in."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the template of the message and the kind of the exception."""
        error = record.exc_info[1] if record.exc_info else None
        template = record.msg.partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__
        kind = type(error).__name__ if error else None
        logger("library").log(record.levelno, template, library=record.name, error=kind)


def logger(part: str) -> structlog.typing.FilteringBoundLogger:
    """A logger that names its part of the process."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(part=part)
    return bound


def short(identifier: object) -> str:
    """An id as logs and metrics show it: the first eight characters."""
    return str(identifier)[:8]
