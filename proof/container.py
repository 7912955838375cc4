"""A zip file in exactly one byte form per content: stored, undated, in order; any other form is refused.

It is written by hand because a library may change its defaults, and then a bundle of today would be refused in ten years.
"""

import re
import struct
import zlib
from collections.abc import Sequence
from typing import Final

from proof.errors import Malformed

MAX_BYTES: Final = 64 * 1024 * 1024

# PKWARE APPNOTE 6.3.10: 4.3.7 local header, 4.3.12 central directory, 4.3.16 its end. Version 2.0, no flags, stored, 1 January 1980.
_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END: Final = struct.Struct("<4sHHHHLLH")
_LOCAL_MARK: Final = b"PK\x03\x04"
_VERSION: Final = 20
_MIDNIGHT: Final = 0
_EPOCH: Final = (1 << 5) | 1
_MAX_MEMBERS: Final = 10_000
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)?(/[a-z0-9-]+(\.[a-z0-9-]+)?)*", re.ASCII)  # no "..", no root, no backslash, no case tricks

Members = Sequence[tuple[str, bytes]]


def pack(members: Members) -> bytes:
    """The zip file with these members, in this order."""
    if len({name for name, _ in members}) != len(members) or not all(_NAME.fullmatch(name) for name, _ in members):
        raise ValueError("member names must be plain and distinct")
    body, directory = bytearray(), bytearray()
    for name, data in members:
        path, crc, size = name.encode(), zlib.crc32(data), len(data)
        shared = (_VERSION, 0, 0, _MIDNIGHT, _EPOCH, crc, size, size, len(path), 0)
        directory += _CENTRAL.pack(b"PK\x01\x02", _VERSION, *shared, 0, 0, 0, 0, len(body)) + path
        body += _LOCAL.pack(_LOCAL_MARK, *shared) + path + data
    end = _END.pack(b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return bytes(body + directory + end)


def unpack(data: bytes) -> list[tuple[str, bytes]]:
    """The members of a file that `pack` wrote.

    Raises:
        Malformed: it differs from what `pack` would write in any byte.
    """
    if len(data) > MAX_BYTES:
        raise Malformed("larger than any bundle")
    members: list[tuple[str, bytes]] = []
    at = 0
    while data.startswith(_LOCAL_MARK, at) and len(members) < _MAX_MEMBERS:
        if len(data) < at + _LOCAL.size:
            raise Malformed("a zip file that breaks off")
        fields = _LOCAL.unpack_from(data, at)
        start = at + _LOCAL.size + fields[9]
        members.append((data[at + _LOCAL.size : start].decode("latin-1"), data[start : start + fields[7]]))
        at = start + fields[7]
    try:
        rewritten = pack(members)
    except ValueError as error:
        raise Malformed("a zip file with names a bundle cannot have") from error
    if rewritten != data:
        raise Malformed("not a zip file in the one form a bundle has")
    return members
