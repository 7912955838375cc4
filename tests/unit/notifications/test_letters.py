"""Letters: frozen with all the law asks for, whole in every script, printed to the same bytes each time."""

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from contracts.codes import Purpose
from services.notifications.channels.errors import Unprintable
from services.notifications.channels.letter_pdf import LetterPrinter
from services.notifications.channels.letter_text import blocks
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.letters import Letters, dutch_day, dutch_period

BOOK = NoticeBook.read()
LETTERS = Letters(BOOK)
PRINTER = LetterPrinter()
CONFIRMATION = BOOK.purposes[Purpose.REGISTRATION_CONFIRMATION].template
ADDRESS = ("Grote Markt 1 bus 2", "8500 Kortrijk")
NAMES = [
    "Żofia Đorđević",
    "Şükrü Öztürk",
    "Nguyễn Thị Ánh",
    "Ňăđēžđă Ķļūģis",
    "Ørsted Ærø-Åland",
    "Ελένη Παπαδοπούλου",
    "Наталія Щербаківська",
    "Անահիտ Սարգսյան",
    "O'Brien & <Zoon>",
]


def values_of_a_letter(**changed: Any) -> Mapping[str, object]:
    """Every value that a template of the hub asks for."""
    values: dict[str, object] = {
        "addressee": "Een Inwoner",
        "notice_date": date(2026, 6, 22),
        "dossier_number": "AB12-CD34-EF56",
        "reason": BOOK.reasons["newcomer"],
        "informant": BOOK.informant,
        "privacy_block": BOOK.privacy_block,
        "appeal": BOOK.appeal(Purpose.REGISTRATION_CONFIRMATION),
        "last_day": date(2026, 9, 28),
        "cause": "newcomer",
        "category": "jobseeker",
        "registered_on": date(2026, 6, 22),
        "rule_id": "N13",
        "rule_set": "newcomers.1",
        "period": "0190cafe-0000-7000-8000-000000000001",
        "insertion_starts_on": None,
    }
    return values | changed


def _text(letter: bytes) -> str:
    return "\n".join(line for block in blocks(letter) for line in block.lines)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_in_the_letter_as_it_is_written(name: str) -> None:
    letter = LETTERS.freeze(CONFIRMATION, values_of_a_letter(addressee=name))
    assert name in _text(letter)
    assert b"<Zoon>" not in letter
    assert PRINTER.print(letter, ADDRESS).startswith(b"%PDF")


def test_the_confirmation_says_what_the_law_asks_for() -> None:
    text = _text(LETTERS.freeze(CONFIRMATION, values_of_a_letter()))
    appeal = BOOK.appeal(Purpose.REGISTRATION_CONFIRMATION)
    for said in (
        BOOK.sender.name, "22 juni 2026", "AB12-CD34-EF56", BOOK.reasons["newcomer"], "N13", "werkzoekende", BOOK.informant, appeal.body,
        "3 maanden", "28 september 2026", appeal.manner, BOOK.privacy_block, BOOK.human_review,
    ):  # fmt: skip
        assert said is not None
        assert " ".join(said.split()) in text


def test_leavers_read_another_reason_than_newcomers() -> None:
    leaver = {"cause": "leaver", "reason": BOOK.reasons["leaver"], "period": "2025-2026", "insertion_starts_on": date(2026, 8, 1)}
    text = _text(LETTERS.freeze(CONFIRMATION, values_of_a_letter(**leaver)))
    for said in (BOOK.reasons["leaver"], "schooljaar 2025-2026", "beroepsinschakelingstijd", "1 augustus 2026", "bezwaar", "Rijksregister"):
        assert said in text
    assert "inburgeringscontract" not in text
    assert "beroepsinschakelingstijd" not in _text(
        LETTERS.freeze(CONFIRMATION, values_of_a_letter(**leaver | {"insertion_starts_on": None}))
    )
    assert "bezwaar maken. Dat is gratis" not in _text(LETTERS.freeze(CONFIRMATION, values_of_a_letter()))


def test_a_letter_without_appeal_prints_no_term() -> None:
    letter = LETTERS.freeze("obligationReminder/nl/v1", values_of_a_letter(appeal=None, due_on=date(2026, 8, 1)))
    assert "1 augustus 2026" in _text(letter)
    assert "beroep" not in _text(letter)


def test_a_missing_value_fails_instead_of_leaving_a_gap() -> None:
    values = dict(values_of_a_letter())
    del values["rule_id"]
    with pytest.raises(UndefinedError):
        LETTERS.freeze(CONFIRMATION, values)


@pytest.mark.parametrize("purpose", Purpose)
def test_every_purpose_has_a_template(purpose: Purpose) -> None:
    assert LETTERS.policy(BOOK.purposes[purpose].template)


def test_a_letter_is_a_page_of_its_own() -> None:
    letter = LETTERS.freeze(CONFIRMATION, values_of_a_letter()).decode()
    assert letter.startswith("<!DOCTYPE html>")
    assert not any(reference in letter for reference in ("http:", "https:", "src=", "<script", "@import"))


def test_the_same_text_prints_to_the_same_bytes_in_every_process() -> None:
    letter = LETTERS.freeze(CONFIRMATION, values_of_a_letter(addressee=NAMES[2]))
    here = PRINTER.print(letter, ADDRESS)
    PRINTER.print(LETTERS.freeze(CONFIRMATION, values_of_a_letter(addressee=NAMES[5])), ADDRESS)
    assert PRINTER.print(letter, ADDRESS) == here
    program = (
        "import sys, hashlib; from services.notifications.channels.letter_pdf import LetterPrinter; "
        f"print(hashlib.sha256(LetterPrinter().print(sys.stdin.buffer.read(), {ADDRESS!r})).hexdigest())"
    )
    root = Path(__file__).parents[3]
    elsewhere = subprocess.run([sys.executable, "-c", program], input=letter, capture_output=True, check=True, cwd=root)
    assert elsewhere.stdout.decode().strip() == hashlib.sha256(here).hexdigest()


@pytest.mark.parametrize("name", ["\u4f1f", "A\u0000B", "\U0001f980"])
def test_what_the_font_lacks_is_not_printed(name: str) -> None:
    with pytest.raises(Unprintable):
        PRINTER.print(LETTERS.freeze(CONFIRMATION, values_of_a_letter(addressee=name)), ADDRESS)


def test_a_long_word_and_a_long_letter_stay_on_the_paper() -> None:
    letter = LETTERS.freeze("letter/nl/v1", values_of_a_letter(appeal=None, subject="S", paragraphs=["x" * 3000, *["woord " * 600] * 8]))
    assert PRINTER.print(letter, ADDRESS).count(b"/Type /Page\n") > 1


def test_dates_and_periods_are_written_in_dutch() -> None:
    assert dutch_day(date(2026, 3, 1)) == "1 maart 2026"
    assert [dutch_period(text) for text in ("P1M", "P3M", "P14D", "P1M1D")] == ["1 maand", "3 maanden", "14 dagen", "1 maand en 1 dag"]
