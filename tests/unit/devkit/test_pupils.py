"""A synthetic school year: the same for the same seed, nobody real, in realistic proportions, each pupil of a kind the rules know."""

import json
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from contracts.codes import LeaverOutcome
from contracts.identifiers import NisCode, Region, SsinKind, check_ssin
from devkit.population import Pupil, PupilKind, newcomers, pupils, school_watermarks
from devkit.population.facts import Deleted, Enrolment, PersonChange, Qualification
from devkit.population.pupil_profiles import DECK, PUPIL_PROFILES

YEAR = 2025
DECIDED = date(2026, 10, 1)
PUPILS = list(pupils(7, DECK, YEAR))
LEFT = {LeaverOutcome.CONTINUES, LeaverOutcome.QUALIFIED}


def of(kind: PupilKind) -> list[Pupil]:
    return [pupil for pupil in PUPILS if pupil.kind is kind]


def enrolments(pupil: Pupil) -> list[Enrolment]:
    return [report.fact.body for report in pupil.reports if isinstance(report.fact.body, Enrolment)]


def test_the_same_arguments_give_the_same_pupils() -> None:
    assert list(pupils(7, 300, YEAR)) == PUPILS[:300]
    assert list(pupils(8, 300, YEAR)) != PUPILS[:300]
    assert [pupil.who.ssin for pupil in pupils(7, 300, 2026)] != [pupil.who.ssin for pupil in PUPILS[:300]]


def test_every_deck_holds_each_profile_by_its_share() -> None:
    assert Counter(pupil.kind for pupil in PUPILS) == {profile.kind: profile.share for profile in PUPIL_PROFILES}
    assert {profile.kind for profile in PUPIL_PROFILES} == set(PupilKind)


def test_some_98_in_100_go_on_or_are_qualified() -> None:
    share = sum(pupil.expected.feed in LEFT for pupil in PUPILS) / len(PUPILS)
    assert 0.97 < share < 0.985


def test_only_true_leavers_are_to_be_registered_and_every_end_of_the_table_is_met() -> None:
    registered = {pupil.kind for pupil in PUPILS if pupil.expected.registered}
    assert registered == {
        PupilKind.LEFT_IN_SUMMER,
        PupilKind.LEFT_IN_YEAR,
        PupilKind.PROMISED,
        PupilKind.PART_TIME,
        PupilKind.PART_TIME_COMPLETED,
        PupilKind.OV3,
        PupilKind.PARTIAL_PROOF,
        PupilKind.CANCELLED_PROOF,
        PupilKind.STUDENT_JOB,
        PupilKind.EVENING_COURSE,
        PupilKind.BOARDS_STILL,
    }
    on_the_way = {"waitingWindow", "waitingForProofs", "waitingForSource", "suppressed", "detected"}
    assert {pupil.expected.outcome for pupil in PUPILS} == set(LeaverOutcome) - on_the_way


def test_no_two_pupils_share_a_number_or_a_reference_nor_does_a_newcomer_share_theirs() -> None:
    numbers = {pupil.who.ssin for pupil in PUPILS}
    assert len(numbers) == len({pupil.reference for pupil in PUPILS}) == len(PUPILS)
    everyone = [one for month in range(1, 13) for one in newcomers(7, 400, date(2026, month, 1))]
    assert not numbers & {one.contract.ssin for one in everyone}


def test_every_number_is_a_test_number_of_the_birth_date() -> None:
    for pupil in PUPILS:
        check = check_ssin(pupil.who.ssin, "sandbox", DECIDED)
        assert check.kind is SsinKind.TST
        assert str(check.birth) == pupil.who.born.isoformat()


def test_no_number_stands_in_a_path_and_each_is_in_one_body_at_least() -> None:
    for pupil in PUPILS:
        assert not any(pupil.who.ssin in report.fact.path for report in pupil.reports)
        assert any(report.fact.json.get("ssin") == pupil.who.ssin for report in pupil.reports)


def test_reports_come_by_day_from_march_to_the_end_of_september_and_registers_speak_first() -> None:
    for pupil in PUPILS:
        for before, after in pairwise(pupil.reports):
            assert before.on <= after.on
            assert before.on < after.on or after.fact.client != "vdab" or before.fact.client == "vdab"
    days = [report.on for pupil in PUPILS for report in pupil.reports]
    assert date(2026, 3, 1) <= min(days) <= max(days) == date(2026, 9, 25)


def test_most_closures_and_enrolments_are_told_in_the_48_hours_around_the_first_of_september() -> None:
    schools = [report.on for pupil in PUPILS for report in pupil.reports if isinstance(report.fact.body, Enrolment)]
    assert sum(date(2026, 8, 31) <= day <= date(2026, 9, 2) for day in schools) / len(schools) > 0.85


def test_versions_of_one_record_rise() -> None:
    for pupil in PUPILS:
        seen: dict[str, int] = {}
        for report in pupil.reports:
            record = "/".join(report.fact.path.split("/")[:5])
            version = int(report.fact.json["sourceVersion"])
            assert version == seen.get(record, 0) + 1
            seen[record] = version


def test_closures_carry_the_letters_and_numbers_of_their_kind() -> None:
    for pupil in of(PupilKind.LEFT_IN_SUMMER) + of(PupilKind.GOES_ON):
        closure = enrolments(pupil)[0].closure or enrolments(pupil)[1].closure
        assert closure is not None
        assert (closure.ends_on, closure.reason, closure.situation_after) == (date(2026, 8, 31), "X", 10)
    for pupil in of(PupilKind.MOVES) + of(PupilKind.PROMISED):
        [first, *more] = enrolments(pupil)
        assert first.closure is not None
        assert (first.closure.ends_on.month, first.closure.situation_after) == (3, 12)
        assert bool(more) == (pupil.kind is PupilKind.MOVES)
    assert [enrolments(pupil)[0].closure.reason for pupil in of(PupilKind.UNKNOWN_REASON)] == ["Q"]  # type: ignore[union-attr]


def age(pupil: Pupil, on: date) -> int:
    born = pupil.who.born
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def test_who_is_found_is_18_to_24_and_past_compulsory_education_already_in_march() -> None:
    for pupil in PUPILS:
        if pupil.expected.feed is LeaverOutcome.DETECTED and pupil.kind is not PupilKind.TOO_OLD:
            assert 18 <= age(pupil, date(2026, 3, 1)) <= age(pupil, date(2026, 11, 19)) < 25
    assert all(age(pupil, DECIDED) >= 25 for pupil in of(PupilKind.TOO_OLD))
    assert all(age(pupil, date(2026, 11, 19)) == 17 and pupil.who.born.year == 2008 for pupil in of(PupilKind.NOT_YET_18))
    assert all(age(pupil, DECIDED) < 18 and pupil.who.born.year >= 2009 for pupil in of(PupilKind.COMPULSORY))


def test_who_is_announced_lives_somewhere_in_flanders_but_the_one_whose_residence_nobody_knows() -> None:
    for pupil in PUPILS:
        homes = [one.fact.body for one in pupil.reports if isinstance(one.fact.body, PersonChange) and one.fact.body.kind == "residence"]
        regions = [NisCode(home.nis or "").region for home in homes]
        match pupil.kind:
            case PupilKind.BRUSSELS:
                assert regions == [Region.BRUSSELS]
            case PupilKind.WALLONIA:
                assert regions == [Region.WALLONIA]
            case _:
                assert regions == [Region.FLANDERS] * (pupil.expected.announced and pupil.kind is not PupilKind.NO_RESIDENCE)


def test_diplomas_of_june_arrive_in_july() -> None:
    for pupil in of(PupilKind.GRADUATE) + of(PupilKind.TO_HIGHER):
        [(told_on, proof)] = [(one.on, one.fact.body) for one in pupil.reports if isinstance(one.fact.body, Qualification)]
        assert (proof.issued_on, told_on.month, proof.authentic, proof.led_status) == ("2026-06-30", 7, True, 1)
    [*_, last] = [one.fact.body for one in of(PupilKind.CANCELLED_PROOF)[0].reports]
    assert isinstance(last, Qualification)
    assert (last.source_version, last.led_status) == (2, 10)


@pytest.mark.parametrize(
    ("kind", "operation", "of_kind"),
    [
        (PupilKind.GOES_ON, "put", "enrolment"),
        (PupilKind.GRADUATE, "put", "enrolment"),
        (PupilKind.DELETED, "delete", "enrolment"),
        (PupilKind.RETRACTED, "retraction", "enrolment"),
        (PupilKind.HOME_EDUCATION, "put", "homeEducation"),
    ],
)
def test_the_last_fact_of_a_kind_as_a_line_of_a_bulk_body(kind: PupilKind, operation: str, of_kind: str) -> None:
    fact = of(kind)[0].reports[-1].fact
    line = json.loads(fact.encoded)
    assert (line["operation"], line["kind"]) == (operation, of_kind)
    assert line["reference"].startswith(of(kind)[0].reference)
    assert fact.encoded.endswith(b"\n")
    assert b"null" not in fact.encoded


def test_a_record_with_a_kind_of_its_own_stands_under_record() -> None:
    home = of(PupilKind.BRUSSELS)[0].reports[0].fact
    assert json.loads(home.encoded)["record"]["kind"] == "residence"
    assert json.loads(home.encoded)["kind"] == "personChange"


def test_a_deleted_enrolment_is_a_version_and_no_more() -> None:
    [*_, last] = of(PupilKind.DELETED)[0].reports
    assert last.fact.method == "DELETE"
    assert isinstance(last.fact.body, Deleted)
    assert last.fact.json == {"sourceVersion": 2}


def test_a_stream_of_pupils_is_made_one_at_a_time() -> None:
    endless = pupils(1, 10**9, YEAR)
    assert next(endless).reference != next(endless).reference


def test_watermarks_name_every_database_of_education() -> None:
    named = [fact.path.rpartition("/")[2] for fact in school_watermarks(DECIDED)]
    assert named == ["enrolmentsCompulsory", "enrolmentsHigher", "enrolmentsAdult", "led"]
    assert {fact.client for fact in school_watermarks(DECIDED)} == {"education"}
