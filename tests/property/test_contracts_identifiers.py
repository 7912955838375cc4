"""Person numbers, dates and enterprise numbers, over all values and not only the ones we thought of."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.be import bis, nn

from contracts.errors import InvalidSsin
from contracts.identifiers import IncompleteDate, Ssin, SsinKind

BIRTHS = st.dates(date(1900, 1, 1), date(2025, 12, 31))
SERIALS = st.integers(1, 998)


def number(birth: date, serial: int, added_to_month: int) -> str:
    """A number with its check digits, computed the long way round."""
    first_nine = f"{birth:%y}{birth.month + added_to_month:02}{birth.day:02}{serial:03}"
    remainder = int(("2" if birth.year >= 2000 else "") + first_nine) % 97
    return f"{first_nine}{97 - remainder:02}"


@given(BIRTHS, SERIALS, st.sampled_from([0, 20, 40, 60]))
def test_every_number_made_by_the_rule_reads_back(birth: date, serial: int, added: int) -> None:
    ssin = Ssin(number(birth, serial, added))
    kinds = {0: SsinKind.NATIONAL, 20: SsinKind.BIS, 40: SsinKind.BIS, 60: SsinKind.TST}
    assert ssin.kind is kinds[added]
    assert ssin.century == birth.year // 100 * 100
    # 1 January 1900 and 2000 with a shifted month collide with no fictitious date: those have month 0.
    assert ssin.birth == IncompleteDate.of(birth)


@given(BIRTHS, SERIALS, st.sampled_from([0, 20, 40]))
def test_what_the_rule_makes_python_stdnum_accepts_too(birth: date, serial: int, added: int) -> None:
    value = number(birth, serial, added)
    assert (nn if added == 0 else bis).is_valid(value)


@given(BIRTHS, SERIALS, st.sampled_from([0, 20, 40, 60]), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(birth: date, serial: int, added: int, place: int, by: int) -> None:
    value = number(birth, serial, added)
    wrong = value[:place] + str((int(value[place]) + by) % 10) + value[place + 1 :]
    # A wrong digit is found within a century; across centuries the other check may happen to fit, which no validator can see.
    try:
        found = Ssin(wrong)
    except InvalidSsin:
        return
    assert found.century != birth.year // 100 * 100


@given(st.text(max_size=13))
def test_any_other_text_is_refused_and_never_repeated(text: str) -> None:
    assume(not (len(text) == 11 and text.isascii() and text.isdigit()))
    with pytest.raises(InvalidSsin) as refused:
        Ssin(text)
    assert str(refused.value) == "ssin: notElevenDigits"


@given(st.integers(0, 10**11 - 1).map("{:011}".format))
def test_eleven_digits_are_a_number_or_refused_with_a_reason(value: str) -> None:
    with suppress(InvalidSsin):  # any other error would be a crash at the door
        assert Ssin(value).value == value


@given(BIRTHS, st.booleans(), st.booleans())
def test_an_incomplete_date_spans_the_days_it_can_be(birth: date, month_known: bool, day_known: bool) -> None:
    text = birth.strftime("%Y")
    text += f"-{birth:%m}" if month_known else "-00"
    text += f"-{birth:%d}" if month_known and day_known else "-00"
    read = IncompleteDate.parse(text)
    assert read.earliest <= birth <= read.latest
    assert read.complete == (month_known and day_known)
    assert IncompleteDate.parse(str(read)) == read
