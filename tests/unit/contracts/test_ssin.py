"""A person number is accepted only when every part of it can be right."""

from datetime import date

import pytest

from contracts.errors import InvalidSsin
from contracts.identifiers import Ssin, SsinKind, SsinReason, check_ssin, shows_ssin, without_separators

TODAY = date(2025, 6, 1)
TEST_NUMBER = "06641000507"


# Vectors of `domain.md` 2.1: public documentation and computed ones; none is taken from a person.
@pytest.mark.parametrize(
    ("value", "kind", "century", "birth"),
    [
        ("85073003328", SsinKind.NATIONAL, 1900, "1985-07-30"),
        ("17073003384", SsinKind.NATIONAL, 2000, "2017-07-30"),
        ("07031500137", SsinKind.NATIONAL, 2000, "2007-03-15"),
        ("99123199841", SsinKind.NATIONAL, 1900, "1999-12-31"),
        ("85073006197", SsinKind.NATIONAL, 1900, "1985-07-30"),
        ("75000000320", SsinKind.NATIONAL, 1900, "1975"),
        ("98472899765", SsinKind.BIS, 1900, "1998-07-28"),
        ("01490700185", SsinKind.BIS, 2000, "2001-09-07"),
        ("04452000220", SsinKind.BIS, 2000, "2004-05-20"),
        ("04252000175", SsinKind.BIS, 2000, "2004-05-20"),
        ("80400000119", SsinKind.BIS, 1900, "1980"),
        (TEST_NUMBER, SsinKind.TST, 2000, "2006-04-10"),
    ],
)
def test_kind_century_and_birth_date_are_read_from_the_number(value: str, kind: SsinKind, century: int, birth: str) -> None:
    ssin = Ssin(value)
    assert (ssin.kind, ssin.century, str(ssin.birth)) == (kind, century, birth)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", SsinReason.FORM),
        ("0664100050", SsinReason.FORM),
        ("066410005071", SsinReason.FORM),
        (TEST_NUMBER + "\n", SsinReason.FORM),
        (" " + TEST_NUMBER, SsinReason.FORM),
        ("06.64.10-005.07", SsinReason.FORM),
        ("０６６４１０００５０７", SsinReason.FORM),  # noqa: RUF001 - full-width digits on purpose
        ("٠٦٦٤١٠٠٠٥٠٧", SsinReason.FORM),
        ("06131000507", SsinReason.MONTH),
        ("06601000507", SsinReason.MONTH),
        ("06731000507", SsinReason.MONTH),
        ("06621000007", SsinReason.SERIAL),
        ("06641099999", SsinReason.SERIAL),
        ("06641000508", SsinReason.CHECK_DIGITS),
        ("06641000500", SsinReason.CHECK_DIGITS),
        ("06641000598", SsinReason.CHECK_DIGITS),
    ],
)
def test_a_malformed_number_is_refused_with_its_reason(value: str, reason: SsinReason) -> None:
    with pytest.raises(InvalidSsin) as refused:
        Ssin(value)
    assert refused.value.reason is reason


def with_check_digits(first_nine: str, century: int) -> str:
    """The number with the check digits that its century asks for."""
    base = int(first_nine) + (2_000_000_000 if century == 2000 else 0)
    return f"{first_nine}{97 - base % 97:02}"


@pytest.mark.parametrize("first_nine", ["066230005", "066431005", "056229005"])
def test_a_day_that_no_calendar_has_is_refused_though_the_check_digits_fit(first_nine: str) -> None:
    with pytest.raises(InvalidSsin) as refused:
        Ssin(with_check_digits(first_nine, 2000))
    assert refused.value.reason is SsinReason.DAY


def test_the_29th_of_february_exists_in_the_century_that_the_check_digits_tell() -> None:
    assert str(Ssin(with_check_digits("006229005", 2000)).birth) == "2000-02-29"
    with pytest.raises(InvalidSsin):
        Ssin(with_check_digits("006229005", 1900))  # 1900 was no leap year


@pytest.mark.parametrize("first_nine", ["000001005", "002001005", "004001005"])
def test_a_fictitious_birth_date_says_nothing(first_nine: str) -> None:
    assert Ssin(with_check_digits(first_nine, 1900)).birth is None


def test_a_month_or_a_day_may_be_unknown() -> None:
    assert str(Ssin(with_check_digits("850700005", 1900)).birth) == "1985-07"
    assert str(Ssin(with_check_digits("850001005", 1900)).birth) == "1985"


def test_test_numbers_are_for_the_sandbox_only() -> None:
    assert check_ssin(TEST_NUMBER, "sandbox", TODAY).kind is SsinKind.TST
    with pytest.raises(InvalidSsin) as refused:
        check_ssin(TEST_NUMBER, "production", TODAY)
    assert refused.value.reason is SsinReason.TEST_NUMBER


@pytest.mark.parametrize("value", ["85073003328", "98472899765"])
def test_real_looking_numbers_never_enter_the_sandbox(value: str) -> None:
    assert check_ssin(value, "production", TODAY).ssin == Ssin(value)
    with pytest.raises(InvalidSsin) as refused:
        check_ssin(value, "sandbox", TODAY)
    assert refused.value.reason is SsinReason.REAL_NUMBER


def test_the_hubs_clock_decides_what_lies_in_the_future() -> None:
    born_2031 = with_check_digits("316305005", 2000)  # stdnum would try this century only once the machine's date has reached it
    assert check_ssin(born_2031, "sandbox", date(2031, 3, 5)).century == 2000
    with pytest.raises(InvalidSsin) as refused:
        check_ssin(born_2031, "sandbox", date(2031, 3, 4))
    assert refused.value.reason is SsinReason.FUTURE


def test_a_number_is_never_shown_by_accident() -> None:
    ssin = Ssin(TEST_NUMBER)
    shown = f"{ssin} {ssin!r} {[ssin]} {check_ssin(TEST_NUMBER, 'sandbox', TODAY)}"
    assert TEST_NUMBER not in shown
    with pytest.raises(InvalidSsin) as refused:
        Ssin("06641000508")
    assert "06641000508" not in str(refused.value)


@pytest.mark.parametrize("typed", ["06.64.10-005.07", " 06.64.10-005.07 ", "06641000507"])
def test_a_console_accepts_separators(typed: str) -> None:
    assert without_separators(typed) == TEST_NUMBER


def test_other_text_comes_back_as_it_was_typed() -> None:
    assert without_separators("06/64/10 00507") == "06/64/10 00507"


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        (TEST_NUMBER, True),
        (f"pupil-{TEST_NUMBER}-2025", True),
        ("06.64.10-005.07", True),
        ("dossier 06 64 10 005 07", True),
        ("85073003328", True),
        ("06641000508", False),  # wrong check digits: some other number
        ("0664100050712", False),
        ("11fe82c0-d30a-55e0-8b5c-2a6d56a93374", False),
        ("", False),
    ],
)
def test_a_reference_that_shows_a_person_number_is_told_apart(reference: str, shown: bool) -> None:
    assert shows_ssin(reference) is shown
