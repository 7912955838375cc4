"""Enterprises, municipalities, phones and incomplete dates: what is accepted, and what they tell."""

from datetime import date

import pytest
from pydantic import BaseModel, ValidationError

from contracts.errors import InvalidEnterpriseNumber, InvalidNisCode, InvalidPhoneNumber
from contracts.identifiers import W13, EnterpriseNumber, IncompleteDate, NisCode, PhoneNumber, Region, Ssin


@pytest.mark.parametrize("value", ["0543307391", "0862910119"])  # published by the agencies themselves
def test_an_enterprise_number_has_ten_digits_and_a_check(value: str) -> None:
    assert str(EnterpriseNumber(value)) == value


@pytest.mark.parametrize("value", ["543307391", "0543307390", "BE0543307391", "0543.307.391", "2543307391", "0543307391\n"])
def test_what_is_no_enterprise_number_is_refused(value: str) -> None:
    with pytest.raises(InvalidEnterpriseNumber):
        EnterpriseNumber(value)


@pytest.mark.parametrize(
    ("nis", "region"),
    [
        ("34022", Region.FLANDERS),
        ("11002", Region.FLANDERS),
        ("23088", Region.FLANDERS),
        ("24062", Region.FLANDERS),
        ("73109", Region.FLANDERS),
        ("21004", Region.BRUSSELS),
        ("25112", Region.WALLONIA),
        ("54010", Region.WALLONIA),
        ("63023", Region.WALLONIA),
    ],
)
def test_a_municipality_lies_in_the_region_its_code_tells(nis: str, region: Region) -> None:
    assert NisCode(nis).region is region
    assert NisCode(nis).flemish == (region is Region.FLANDERS)


@pytest.mark.parametrize("value", ["22001", "26001", "04022", "3402", "340222", "٣٤٠٢٢"])
def test_what_is_no_municipality_code_is_refused(value: str) -> None:
    with pytest.raises(InvalidNisCode):
        NisCode(value)


def test_wervik_belongs_to_w13_though_it_lies_in_another_arrondissement() -> None:
    assert len(W13) == 13
    assert NisCode("33029").in_w13
    assert not NisCode("34999").in_w13
    assert all(row.nis.flemish and row.covers(date(2025, 1, 1)) for row in W13)


def test_a_retired_code_leads_to_its_successor_from_the_merger_on() -> None:
    deinze = NisCode("44011")
    assert deinze.on(date(2018, 12, 31)) == deinze
    assert deinze.on(date(2019, 1, 1)) == NisCode("44083")
    assert NisCode("34022").on(date(2025, 1, 1)) == NisCode("34022")


def test_a_phone_number_is_checked_against_the_ranges_in_use_and_shown_masked() -> None:
    phone = PhoneNumber("+32470123456")
    assert phone.mobile
    assert "470123456" not in f"{phone} {phone!r}"
    assert not PhoneNumber("+3226120000").mobile


@pytest.mark.parametrize("value", ["0470123456", "+32 470 12 34 56", "+3247012345", "+32470123456\n", "+", "+999123456789"])
def test_what_is_no_phone_number_is_refused(value: str) -> None:
    with pytest.raises(InvalidPhoneNumber) as refused:
        PhoneNumber(value)
    assert value.strip("+\n") not in str(refused.value) or value == "+"


@pytest.mark.parametrize(
    "text", ["06-04-10", "2006-4-10", "2006-13-01", "2006-02-30", "2006-00-10", "0000", "1849", "2200-01-01", "2006-04-10\n", ""]
)
def test_what_is_no_incomplete_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        IncompleteDate.parse(text)


class Form(BaseModel):
    """A model with identifiers in it."""

    ssin: Ssin
    nis: NisCode
    born: IncompleteDate


def test_identifiers_are_strings_on_the_wire() -> None:
    sent = '{"ssin":"06641000507","nis":"34022","born":"2006-04"}'
    form = Form.model_validate_json(sent)
    assert (form.nis.region, form.born.latest) == (Region.FLANDERS, date(2006, 4, 30))
    assert form.model_dump_json() == sent


def test_a_model_refuses_a_bad_identifier_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"ssin": "06641000508", "nis": 34022, "born": "2006-04"})
    places = {error["loc"]: error["msg"] for error in refused.value.errors(include_input=False)}
    assert places == {("ssin",): "Value error, ssin: checkDigits", ("nis",): "Value error, an identifier is a string"}
