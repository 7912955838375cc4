"""The notice book: refused at start when a row or a text is missing."""

from pathlib import Path

import pytest
import yaml

from contracts.codes import Purpose
from services.notifications.usecases.book import DEFAULT, NoticeBook

SHIPPED = yaml.safe_load(DEFAULT.read_text("utf-8"))


def test_what_is_shipped_describes_every_purpose() -> None:
    book = NoticeBook.read()
    assert set(book.purposes) == set(Purpose)
    confirmation = book.purposes[Purpose.REGISTRATION_CONFIRMATION]
    assert (confirmation.legal_effect_intended, confirmation.impact, book.appeal(Purpose.REGISTRATION_CONFIRMATION).term) == (
        True,
        "low",
        "P3M",
    )


@pytest.mark.parametrize("missing", ["informant", "privacyBlock", "humanReview", "sender", "purposes", "appeals", "reasons"])
def test_a_book_with_a_gap_is_refused(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "notices.yaml"
    path.write_text(yaml.safe_dump({name: value for name, value in SHIPPED.items() if name != missing}))
    with pytest.raises(ValueError, match=missing):
        NoticeBook.read(path)


def test_a_purpose_without_a_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notices.yaml"
    rows = {name: row for name, row in SHIPPED["purposes"].items() if name != "informationLetter"}
    path.write_text(yaml.safe_dump(SHIPPED | {"purposes": rows}))
    with pytest.raises(ValueError, match="every purpose has a row"):
        NoticeBook.read(path)
