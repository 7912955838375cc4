"""A bulk body cut into lines, however its bytes arrive."""

from hypothesis import given
from hypothesis import strategies as st

from chassis.intake.lines import LineReader


def read(pieces: list[bytes], limit: int = 8) -> list[tuple[int, bytes | None]]:
    reader = LineReader(limit)
    return [line for piece in pieces for line in reader.feed(piece)] + list(reader.end())


@given(st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=8), st.data())
def test_lines_are_the_same_however_the_body_is_cut(lines: list[bytes], data: st.DataObject) -> None:
    body = b"\n".join(lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    pieces = [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)]

    expected = [(number, line if len(line) <= 8 else None) for number, line in enumerate(lines, start=1) if line.strip() or len(line) > 8]
    assert read(pieces) == expected


def test_an_endless_line_is_not_kept() -> None:
    reader = LineReader(8)
    for _ in range(100):
        assert list(reader.feed(b"x" * 100)) == []
        assert len(reader._rest) <= 8
    assert list(reader.feed(b"\nshort\n")) == [(1, None), (2, b"short")]


def test_empty_lines_count_and_are_left_out() -> None:
    assert read([b"a\n\n \r\nb\n"]) == [(1, b"a"), (4, b"b")]
