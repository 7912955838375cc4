"""Enterprise numbers, municipalities, phones: every check digit, every province, and what they show of themselves."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.errors import InvalidEnterpriseNumber, InvalidNisCode, InvalidPhoneNumber, InvalidSsin
from contracts.identifiers import EnterpriseNumber, IncompleteDate, NisCode, PhoneNumber, Region, Ssin
from contracts.identifiers.value import Identifier

FIRST_EIGHT = st.integers(0, 19_999_999).map("{:08}".format)
MOBILES = st.integers(0, 999_999).map("+32470{:06}".format)
DAYS = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def enterprise(first_eight: str) -> str:
    """With its check digits: 97 less the remainder by 97."""
    return f"{first_eight}{97 - int(first_eight) % 97:02}"


def test_number(born: date, serial: int) -> str:
    """A TST number: the month shifted by 60."""
    nine = f"{born:%y}{born.month + 60:02}{born.day:02}{serial:03}"
    return f"{nine}{97 - int(('2' if born.year >= 2000 else '') + nine) % 97:02}"


test_number.__test__ = False  # type: ignore[attr-defined]


@example("00000000")
@example("05433072")
@given(FIRST_EIGHT)
def test_of_the_hundred_endings_of_an_enterprise_number_exactly_one_is_right(first_eight: str) -> None:
    right = enterprise(first_eight)
    assert EnterpriseNumber(right).value == right
    for ending in range(100):
        value = f"{first_eight}{ending:02}"
        if value != right:
            with pytest.raises(InvalidEnterpriseNumber) as refused:
                EnterpriseNumber(value)
            assert value not in str(refused.value)


@given(DAYS, st.integers(1, 998))
def test_of_the_hundred_endings_of_a_person_number_one_a_century_is_right(born: date, serial: int) -> None:
    nine = test_number(born, serial)[:9]
    right = []
    for ending in range(100):
        try:
            right.append(Ssin(f"{nine}{ending:02}"))
        except InvalidSsin as refused:
            assert nine not in str(refused)  # noqa: PT017 - most are refused, and each must keep quiet

    assert 1 <= len(right) <= 2
    assert len({one.century for one in right}) == len(right)
    assert test_number(born, serial) in {one.value for one in right}


@given(DAYS, st.integers(1, 998))
def test_a_person_number_is_shown_by_nothing_that_prints(born: date, serial: int) -> None:
    value = test_number(born, serial)
    ssin = Ssin(value)
    shown = f"{ssin} {ssin!r} {ssin!s} {[ssin]} { ({'a': ssin}) }"

    assert value not in shown
    assert value[:6] not in shown
    assert value[6:] not in shown


@given(MOBILES)
def test_a_phone_number_is_shown_by_its_country_only(value: str) -> None:
    phone = PhoneNumber(value)

    assert {str(phone), f"{phone}"} == {"+32***"}
    assert repr([phone]) == "[PhoneNumber(+32***)]"
    assert phone.mobile


@given(st.from_regex(r"\+[0-9]{1,18}", fullmatch=True))
def test_a_phone_number_is_taken_as_it_is_or_refused_without_being_shown(value: str) -> None:
    try:
        assert PhoneNumber(value).value == value
    except InvalidPhoneNumber as refused:
        assert value[1:] not in str(refused) or len(value) <= 4  # noqa: PT017 - either way something is asserted


def region_by_statbel(code: int) -> Region | None:
    """The regions as their ranges are published: provinces by thousands, Brabant split in arrondissements."""
    ranges = (
        (10_000, 19_999, Region.FLANDERS),
        (21_000, 21_999, Region.BRUSSELS),
        (23_000, 24_999, Region.FLANDERS),
        (25_000, 25_999, Region.WALLONIA),
        (30_000, 49_999, Region.FLANDERS),
        (50_000, 69_999, Region.WALLONIA),
        (70_000, 79_999, Region.FLANDERS),
        (80_000, 99_999, Region.WALLONIA),
    )
    return next((region for low, high, region in ranges if low <= code <= high), None)


@given(st.integers(0, 99_999))
def test_every_five_digits_lie_in_one_region_or_in_none(code: int) -> None:
    region = region_by_statbel(code)
    if region is None:
        with pytest.raises(InvalidNisCode):
            NisCode(f"{code:05}")
    else:
        assert NisCode(f"{code:05}").region is region


@given(st.sampled_from(["12030", "12034", "44011", "44049", "44001", "44036", "45017", "71047", "72025", "34022", "21004"]), DAYS)
def test_the_code_of_a_day_stands_for_itself_on_that_day_and_stays_in_its_region(code: str, day: date) -> None:
    stands = NisCode(code).on(day)

    assert stands.on(day) == stands
    assert stands.region is NisCode(code).region
    assert stands.on(day + timedelta(days=365 * 30)) == NisCode(code).on(day + timedelta(days=365 * 30))


SAMPLES: list[Identifier] = [EnterpriseNumber("0543307391"), NisCode("34022"), PhoneNumber("+32470123456"), Ssin("06641000507")]


@pytest.mark.parametrize("identifier", SAMPLES, ids=lambda identifier: type(identifier).__name__)
def test_every_identifier_is_one_text_on_the_wire_and_comes_back(identifier: Identifier) -> None:
    adapter = TypeAdapter(type(identifier))

    assert adapter.dump_json(identifier) == f'"{identifier.value}"'.encode()
    assert adapter.validate_json(adapter.dump_json(identifier)) == identifier
    assert adapter.validate_python(identifier) is identifier
    with pytest.raises(AttributeError):
        identifier.value = "other"  # type: ignore[misc]  # that is what is tried


@pytest.mark.parametrize("identifier", SAMPLES, ids=lambda identifier: type(identifier).__name__)
@given(around=st.sampled_from([" {}", "{} ", "{}\n", "\t{}", "{}\x00", "\N{ZERO WIDTH SPACE}{}", "{}\N{ZERO WIDTH SPACE}"]))
def test_nothing_may_stand_around_an_identifier(identifier: Identifier, around: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(type(identifier)).validate_python(around.format(identifier.value))


@pytest.mark.parametrize("identifier", SAMPLES, ids=lambda identifier: type(identifier).__name__)
def test_digits_of_other_scripts_are_no_digits(identifier: Identifier) -> None:
    arabic = identifier.value.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    with pytest.raises(ValidationError):
        TypeAdapter(type(identifier)).validate_python(arabic)


@given(st.integers(1850, 2199), st.integers(1, 12), st.integers(1, 31))
def test_an_incomplete_date_is_a_day_of_the_calendar_or_refused(year: int, month: int, day: int) -> None:
    try:
        expected = date(year, month, day)
    except ValueError:
        with pytest.raises(ValueError, match=r".+"):
            IncompleteDate(year, month, day)
        return
    found = IncompleteDate(year, month, day)
    assert (found.earliest, found.latest, found.complete) == (expected, expected, True)
    assert str(found) == expected.isoformat()
