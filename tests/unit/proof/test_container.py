"""The zip file has one byte form, and ordinary tools can open it."""

import io
import zipfile

import pytest

from proof.container import pack, unpack
from proof.errors import Malformed

KNOWN = (
    "504b0304140000000000000021008316dc8c0100000001000000010000006178504b01021400140000000000000021008316"
    "dc8c010000000100000001000000000000000000000000000000000061504b050600000000010001002f000000200000000000"
)
MEMBERS = [("mimetype", b"text/x"), ("event/000/leaf.json", b"{}"), ("empty", b"")]


def test_what_is_packed_is_unpacked_and_opens_in_any_zip_tool() -> None:
    data = pack(MEMBERS)
    assert unpack(data) == MEMBERS
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert [(entry.filename, archive.read(entry)) for entry in archive.infolist()] == MEMBERS


def test_the_form_never_changes() -> None:
    """Written down once: whoever changes a byte here refuses the bundles of all years before."""
    assert pack([("a", b"x")]).hex() == KNOWN


@pytest.mark.parametrize("name", ["../up", "/root", "a//b", "a\\b", "a/", "", "A", "a b", "é", ".hidden", "a/../b", "c:x"])
def test_names_that_lead_elsewhere_are_not_written(name: str) -> None:
    with pytest.raises(ValueError, match="names"):
        pack([(name, b"")])


def test_a_name_cannot_be_written_twice() -> None:
    with pytest.raises(ValueError, match="names"):
        pack([("a", b"1"), ("a", b"2")])


def variants() -> dict[str, bytes]:
    """The same members as other writers would store them."""

    def written(compression: int, *, name: str = "a", comment: bytes = b"", twice: bool = False) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", compression) as archive:
            archive.writestr(zipfile.ZipInfo(name), b"x" * 100, compress_type=compression)
            if twice:
                archive.writestr(zipfile.ZipInfo("b"), b"y")
            archive.comment = comment
        return file.getvalue()

    plain = pack([("a", b"x"), ("b", b"y")])
    return {
        "compressed": written(zipfile.ZIP_DEFLATED),
        "another writer's fields": written(zipfile.ZIP_STORED),
        "path": written(zipfile.ZIP_STORED, name="../a"),
        "comment": written(zipfile.ZIP_STORED, comment=b"hello"),
        "trailing data": plain + b"\x00",
        "leading data": b"#!/bin/sh\n" + plain,
        "cut off": plain[:-1],
        "cut in a header": plain[:20],
        "same name twice": plain.replace(b"b", b"a"),
        "no member": b"",
        "not a zip file": b"hello",
    }


@pytest.mark.parametrize("data", variants().values(), ids=variants().keys())
def test_any_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        unpack(data)


def test_every_changed_byte_is_noticed() -> None:
    data = pack(MEMBERS)
    for at in range(len(data)):
        for flip in (0x01, 0x20, 0x80, 0xFF):
            changed = bytearray(data)
            changed[at] ^= flip
            try:
                members = unpack(bytes(changed))
            except Malformed:
                continue
            assert members != MEMBERS
            pytest.fail(f"byte {at} may be changed")
