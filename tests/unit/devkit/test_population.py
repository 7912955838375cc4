"""The synthetic population: the same for the same seed, nobody real, each of a kind the rules know."""

import json
from collections import Counter
from datetime import date, timedelta

import pytest

from contracts.codes import NewcomerOutcome
from contracts.identifiers import IncompleteDate, NisCode, Region, SsinKind, check_ssin
from devkit.population import Kind, Newcomer, newcomers, tst, watermarks
from devkit.population.profiles import PROFILES

MARCH = date(2025, 3, 1)
PEOPLE = list(newcomers(7, 400, MARCH))


def of(kind: Kind) -> list[Newcomer]:
    return [person for person in PEOPLE if person.kind is kind]


def test_the_same_arguments_give_the_same_people() -> None:
    assert list(newcomers(7, 400, MARCH)) == PEOPLE
    assert list(newcomers(7, 10, MARCH)) == PEOPLE[:10]
    assert list(newcomers(8, 400, MARCH)) != PEOPLE


def test_every_hundred_holds_each_profile_by_its_share() -> None:
    assert sum(profile.share for profile in PROFILES) == 100
    assert Counter(person.kind for person in PEOPLE[100:200]) == {profile.kind: profile.share for profile in PROFILES}
    assert {profile.kind for profile in PROFILES} == set(Kind)


def test_no_two_people_share_a_number_or_a_reference_also_across_months() -> None:
    everyone = PEOPLE + list(newcomers(7, 400, date(2025, 4, 1)))
    assert len({person.contract.ssin for person in everyone}) == len(everyone)
    assert len({person.reference for person in everyone}) == len(everyone)


def test_every_number_is_a_test_number() -> None:
    for person in PEOPLE:
        check = check_ssin(person.contract.ssin, "sandbox", MARCH)
        assert check.kind is SsinKind.TST
        assert check.birth is not None
        assert str(check.birth).startswith(person.contract.birth_date[:4])


@pytest.mark.parametrize(("born", "serial", "number"), [(date(2006, 4, 10), 5, "06641000507")])
def test_a_test_number_has_the_check_digits_of_its_century(born: date, serial: int, number: str) -> None:
    assert tst(born, serial) == number
    assert tst(date(1999, 4, 10), serial)[:9] == "996410005"
    with pytest.raises(ValueError, match="998"):
        tst(born, 999)


def test_no_number_stands_in_a_path() -> None:
    for person in PEOPLE:
        assert all(person.contract.ssin not in fact.path for fact in person.facts)


def test_bodies_are_json_in_lower_camel_case_without_nulls() -> None:
    sent = [fact.json for person in PEOPLE for fact in person.facts]
    text = json.dumps(sent, ensure_ascii=False)
    assert "null" not in text
    assert "_" not in text
    assert any(ord(character) > 0x17F for character in text)  # names beyond Latin-1 and Latin Extended-A
    assert {key for body in sent for key in body} >= {"sourceVersion", "ssin", "signedOn", "titles", "fullTimeStudy", "registeredAt", "nis"}


def test_facts_come_in_the_order_registers_then_agency() -> None:
    paths = [fact.path.split("/")[3] for fact in of(Kind.STOPPED)[0].facts]
    assert paths == ["personChanges", "participants", "contracts", "contracts"]
    # The termination waits for its contract, so that nobody is registered in between.
    assert [fact.method for fact in of(Kind.STOPPED)[0].facts] == ["PUT", "PUT", "POST", "PUT"]
    assert {fact.client for person in PEOPLE for fact in person.facts} == {"vdab", "agii", "atlas"}


def test_people_live_where_their_kind_says_w13_and_wervik_among_others() -> None:
    regions = {Kind.BRUSSELS: Region.BRUSSELS, Kind.WALLONIA: Region.WALLONIA}
    codes = {person.reference: NisCode(person.residence.nis or "") for person in PEOPLE if person.residence is not None}
    for person in PEOPLE:
        if person.kind is not Kind.NO_RESIDENCE:
            assert codes[person.reference].region is regions.get(person.kind, Region.FLANDERS)
    assert NisCode("33029") in codes.values()
    assert sum(code.in_w13 for code in codes.values()) > 50
    assert all(person.residence is None for person in of(Kind.NO_RESIDENCE))


def age(person: Newcomer, on: date) -> float:
    return (on - IncompleteDate.parse(person.contract.birth_date).latest).days / 365.25


def test_ages_stay_on_their_side_of_the_bounds_for_half_a_year() -> None:
    end = MARCH + timedelta(days=31 + 183)
    for person in PEOPLE:
        if person.kind is Kind.MINOR:
            assert age(person, MARCH) > 14
            assert age(person, end) < 18
        elif person.kind is Kind.OVER_65:
            assert age(person, MARCH) >= 65
        elif person.kind is not Kind.INCOMPLETE_BIRTH_DATE:
            assert age(person, MARCH) >= 18
            assert age(person, end) < 65


def test_an_incomplete_birth_date_leaves_eighteen_in_doubt() -> None:
    for person in of(Kind.INCOMPLETE_BIRTH_DATE):
        born = IncompleteDate.parse(person.contract.birth_date)
        assert not born.complete
        assert born.earliest.replace(year=born.year + 18) <= person.reported_on < born.latest.replace(year=born.year + 18)


def test_contracts_are_signed_when_their_kind_says() -> None:
    assert all(person.contract.signed_on is None for person in of(Kind.UNSIGNED))
    assert all(str(person.contract.signed_on) < "2022-03-01" for person in of(Kind.OLD_CONTRACT))
    for person in of(Kind.LATE_CONTRACT):
        assert person.contract.signed_on is not None
        assert (person.reported_on - person.contract.signed_on).days >= 50
    for person in of(Kind.OBLIGED):
        assert person.contract.signed_on is not None
        assert 0 <= (person.reported_on - person.contract.signed_on).days <= 3


def test_who_has_a_work_register_or_vdab_entry_has_it_before_the_month() -> None:
    assert all(person.jobseeker is not None and person.jobseeker.starts_on < MARCH for person in of(Kind.REGISTERED_ALREADY))
    assert all(person.employment is not None and person.employment.starts_on < MARCH for person in of(Kind.WORKING))


def test_two_agencies_report_one_contract_of_one_person() -> None:
    for person in of(Kind.TWO_AGENCIES):
        assert person.second_contract is not None
        assert person.second_contract.ssin == person.contract.ssin
        assert person.second_contract.signed_on == person.contract.signed_on
        assert person.second_contract.agency != person.contract.agency


def test_only_who_is_required_gets_registered_by_the_hub() -> None:
    registered = {person.kind for person in PEOPLE if person.expected.registered}
    assert registered == {Kind.OBLIGED, Kind.ENTITLED, Kind.LATE_CONTRACT, Kind.TWO_AGENCIES}
    assert {person.expected.outcome for person in PEOPLE} >= {NewcomerOutcome.SATISFIED, NewcomerOutcome.REVIEW, NewcomerOutcome.CLOSED}


def test_watermarks_name_every_source_an_absence_rests_on() -> None:
    assert {fact.path.rpartition("/")[2] for fact in watermarks(MARCH)} == {
        "populationRegister",
        "vdabRegister",
        "workRegister",
        "contracts",
    }
    said = {"sourceVersion": MARCH.toordinal(), "state": "available", "completeUntil": "2025-03-01"}
    assert all(fact.json == said for fact in watermarks(MARCH))


def test_a_contract_is_the_same_as_a_line_of_a_bulk_body() -> None:
    contract = of(Kind.OBLIGED)[0].facts[-1]
    named = {"operation": "put", "kind": "contract", "reference": contract.path.rpartition("/")[2]}
    assert contract.line == named | contract.json
