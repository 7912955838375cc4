"""The sealed field: bytes only the vault can open, beside the name of the key they were sealed under."""

import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any, Final, Generic, NoReturn, Self, TypeVar, cast, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

# `<person_id>:<class>`; keys are per person and class (`mechanics.md` 5).
_KEY_REF = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:[A-Za-z0-9.]{1,40}"
# AES-GCM: 12 bytes nonce and 16 bytes tag are 38 characters, even around nothing (NIST SP 800-38D).
_SHORTEST = 38
_BOX = rf"[A-Za-z0-9_-]{{{_SHORTEST},}}"
_is_key_ref = re.compile(_KEY_REF).fullmatch
_TO_PLAIN: Final = bytes.maketrans(b"-_", b"+/")
_set: Final = object.__setattr__
_BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def _is_box(text: str) -> bool:
    """Whether it has the form of `_BOX`; every record is looked through, and this takes a tenth of what a pattern does."""
    return len(text) >= _SHORTEST and text.isascii() and not text.encode("ascii").translate(None, _BASE64URL)


class Sealed(Generic[T]):
    """A value of type T as nobody but the vault sees it; travels as `{"key": ..., "box": ...}`.

    The box stays in the form it came in, text of the wire or bytes of the vault and of tables, until somebody asks for the other: most
    readers pass it on unopened. (Written out instead of declared a dataclass: pydantic would walk a generic dataclass by its fields.)
    """

    __slots__ = ("_box", "_raw", "key_ref")
    key_ref: str
    _box: str | None
    _raw: bytes | None

    def __init__(self, key_ref: str, box: str | None, raw: bytes | None = None) -> None:
        _set(self, "key_ref", key_ref)
        _set(self, "_box", box)
        _set(self, "_raw", raw)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(name)

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self.key_ref, self.box) == (other.key_ref, other.box)

    def __hash__(self) -> int:
        return hash((self.key_ref, self.box))

    def __repr__(self) -> str:
        return f"Sealed({self.key_ref})"

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (self.key_ref, self.box)

    @classmethod
    def of(cls, key_ref: str, raw: bytes) -> Self:
        """Wrap nonce and ciphertext."""
        return cls(key_ref, None, raw)

    @property
    def box(self) -> str:
        """Nonce and ciphertext in their wire form."""
        if self._box is None:
            assert self._raw is not None, "a box has one form or the other"
            _set(self, "_box", urlsafe_b64encode(self._raw).rstrip(b"=").decode("ascii"))
        return cast("str", self._box)

    @property
    def raw(self) -> bytes:
        """Nonce and ciphertext."""
        if self._raw is None:
            # Half of what urlsafe_b64decode takes; more padding than needed is no error.
            _set(self, "_raw", a2b_base64(self.box.encode("ascii").translate(_TO_PLAIN) + b"=="))
        return cast("bytes", self._raw)

    @property
    def wire(self) -> dict[str, str]:
        """The form it has in JSON, on the bus and in a jsonb column."""
        return {"key": self.key_ref, "box": self.box}

    @classmethod
    def from_wire(cls, value: object) -> Self:
        """Read the wire form; a Sealed passes through.

        Raises:
            ValueError: the key reference or the box does not have its form; the message shows neither.
        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            raise ValueError("a sealed field is an object of key and box")  # noqa: TRY004 - pydantic turns ValueError, not TypeError, into a validation error
        key, box = value.get("key"), value.get("box")
        if not isinstance(key, str) or not isinstance(box, str) or not _is_key_ref(key) or not _is_box(box):
            raise ValueError("key or box of a sealed field is malformed")
        return cls(key, box)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Plain functions both ways: the box needs no walk through its insides."""
        inside = get_args(source)
        return core_schema.no_info_plain_validator_function(
            cls.from_wire,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda sealed: sealed.wire),
            metadata={"sealed": getattr(inside[0], "__name__", "value") if inside else "value"},
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The wire form; `x-sealed` tells what lies inside for those who may open it."""
        return {
            "type": "object",
            "properties": {"key": {"type": "string", "pattern": f"^{_KEY_REF}$"}, "box": {"type": "string", "pattern": f"^{_BOX}$"}},
            "required": ["key", "box"],
            "x-sealed": schema.get("metadata", {}).get("sealed", "value"),
        }
