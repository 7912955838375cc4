"""The newcomer rules of the feed, row by row, with the days on which they turn."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import IncompleteDate
from services.integration_feed.domain.newcomers import Ended, Move, NewcomerCase, Participation, Place, Title
from services.integration_feed.domain.rules import NEWCOMER_RULES, REFORM, anchor, decide

TODAY = date(2026, 10, 20)
WORKER = Title("other", date(2024, 1, 1), None, right_to_work=True)
OBLIGED = Participation("obliged", date(2026, 9, 1), vdab_component=True, titles=(WORKER,))
GROWN_UP = IncompleteDate(1990, 5, 17)

USUAL = NewcomerCase(
    case_id=UUID(int=1),
    signed_on=date(2026, 10, 1),
    ended=None,
    unknown_person=False,
    participation=OBLIGED,
    birth=GROWN_UP,
    place=Place.FLANDERS,
    residence_certain=True,
)


def titled(*titles: Title, status: str = "obliged", component: bool = True) -> Participation:
    """What an agency says of someone with these titles."""
    return Participation(status, date(2026, 9, 1), vdab_component=component, titles=titles)


def born(day: date) -> IncompleteDate:
    """A birth date that is fully known."""
    return IncompleteDate.of(day)


@pytest.mark.parametrize(
    ("case", "outcome", "rule", "reason"),
    [
        (replace(USUAL, unknown_person=True), "parked", "N1", "unknownPerson"),
        (replace(USUAL, ended=Ended.DECEASED), "closed", "N2", "deceased"),
        (replace(USUAL, ended=Ended.CONTRACT_STOPPED), "closed", "N2", "contractStopped"),
        (
            replace(USUAL, participation=titled(Title("temporaryProtection", date(2026, 1, 1), None, right_to_work=True))),
            "temporarilyProtected",
            "N12",
            "temporaryProtection",
        ),
        (replace(USUAL, signed_on=None), "followed", "N3", "notSigned"),
        (replace(USUAL, signed_on=date(2022, 2, 28)), "voluntary", "N4", "contractBeforeReform"),
        (
            replace(USUAL, participation=replace(OBLIGED, status_since=date(2022, 2, 28))),
            "review",
            "N4",
            "oldRegimeDuty",
        ),
        (replace(USUAL, place=Place.BRUSSELS), "otherRegion", "N5", "brussels"),
        (replace(USUAL, place=Place.WALLONIA), "otherRegion", "N5", "wallonia"),
        (replace(USUAL, place=None), "review", "N5", "noResidence"),
        (replace(USUAL, place=None, residence_certain=False), "waitingForSource", "N5", "populationRegister"),
        (replace(USUAL, participation=titled(WORKER, status="exempt", component=False)), "exempt", "N6", "exempt"),
        (replace(USUAL, participation=titled(WORKER, status="exempt")), "voluntary", "N6", "exemptWithVdabComponent"),
        (
            replace(USUAL, participation=titled(Title("asylumSeeker", date(2026, 1, 1), None, right_to_work=True))),
            "notTargetGroup",
            "N7",
            "asylumSeeker",
        ),
        (replace(USUAL, birth=None), "review", "N8", "birthDateUnknown"),
        (replace(USUAL, birth=born(date(1961, 10, 1))), "noLabourMarketPerspective", "N8", "upperAge"),
        (replace(USUAL, birth=born(date(1961, 10, 2))), "required", "N13", "contractSigned"),
        (replace(USUAL, birth=born(date(2008, 10, 21))), "noLabourMarketPerspective", "N8", "minor"),
        (replace(USUAL, birth=born(date(2008, 10, 20))), "required", "N13", "contractSigned"),
        (replace(USUAL, birth=IncompleteDate(2008, 10)), "review", "N8", "incompleteBirthDate"),
        (replace(USUAL, birth=IncompleteDate(1990)), "required", "N13", "contractSigned"),
        (replace(USUAL, participation=None), "review", "N9", "participantUnknown"),
        (replace(USUAL, participation=titled()), "review", "N9", "unknownRightToWork"),
        (
            replace(USUAL, participation=titled(replace(WORKER, right_to_work=None))),
            "review",
            "N9",
            "unknownRightToWork",
        ),
        (
            replace(USUAL, participation=titled(replace(WORKER, right_to_work=False))),
            "noLabourMarketPerspective",
            "N9",
            "noRightToWork",
        ),
        (USUAL, "required", "N13", "contractSigned"),
    ],
)
def test_each_row_decides_what_the_table_says(case: NewcomerCase, outcome: str, rule: str, reason: str) -> None:
    decision = decide(case, TODAY)
    assert (decision.outcome, decision.rule, decision.reasons) == (outcome, rule, (reason,))


def test_the_rows_stand_in_the_order_of_the_table() -> None:
    assert [rule.id for rule in NEWCOMER_RULES] == ["N1", "N2", "N12", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N13"]


def test_every_row_names_its_source() -> None:
    assert all(rule.source for rule in NEWCOMER_RULES)


def test_a_contract_signed_on_the_day_of_the_reform_falls_under_the_new_regime() -> None:
    since = titled(Title("other", date(2020, 1, 1), None, right_to_work=True))
    assert decide(replace(USUAL, signed_on=REFORM, participation=since), TODAY).outcome == "required"


def test_another_ground_of_residence_overrides_asylum_and_temporary_protection() -> None:
    both = titled(Title("asylumSeeker", date(2026, 1, 1), None, right_to_work=False), WORKER)
    assert decide(replace(USUAL, participation=both), TODAY).outcome == "required"


def test_a_title_that_has_expired_gives_no_right_to_work() -> None:
    expired = titled(replace(WORKER, valid_to=date(2026, 10, 19)))
    assert decide(replace(USUAL, participation=expired), TODAY).reasons == ("unknownRightToWork",)
    last_day = titled(replace(WORKER, valid_to=TODAY))
    assert decide(replace(USUAL, participation=last_day), TODAY).outcome == "required"


def test_a_minor_is_looked_at_again_on_the_18th_birthday_and_the_term_runs_from_it() -> None:
    minor = replace(USUAL, birth=born(date(2009, 2, 3)))
    assert decide(minor, TODAY).look_again_on == date(2027, 2, 3)
    grown = decide(minor, date(2027, 2, 3))
    assert (grown.outcome, grown.anchor_on) == ("required", date(2027, 2, 3))


def test_the_term_of_an_adult_runs_from_the_signature() -> None:
    assert anchor(USUAL) == date(2026, 10, 1)


CASES = st.builds(
    NewcomerCase,
    case_id=st.just(UUID(int=1)),
    signed_on=st.none() | st.dates(date(2021, 1, 1), date(2026, 12, 31)),
    ended=st.none() | st.sampled_from(Ended),
    unknown_person=st.booleans(),
    participation=st.none()
    | st.builds(
        Participation,
        status=st.sampled_from(["obliged", "entitled", "exempt"]),
        status_since=st.none() | st.dates(date(2021, 1, 1), date(2026, 12, 31)),
        vdab_component=st.booleans(),
        titles=st.lists(
            st.builds(
                Title,
                ground=st.sampled_from(["asylumSeeker", "temporaryProtection", "other", "newGround"]),
                valid_from=st.dates(date(2021, 1, 1), date(2027, 1, 1)),
                valid_to=st.none() | st.dates(date(2021, 1, 1), date(2028, 1, 1)),
                right_to_work=st.none() | st.booleans(),
            ),
            max_size=3,
        ).map(tuple),
    ),
    birth=st.none() | st.dates(date(1940, 1, 1), date(2012, 12, 31)).map(born),
    place=st.none() | st.sampled_from(Place),
    residence_certain=st.booleans(),
)


@given(CASES, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_every_case_is_decided_and_nobody_is_required_without_every_condition(case: NewcomerCase, on: date) -> None:
    decision = decide(case, on)
    if decision.outcome != "required":
        return
    assert case.signed_on is not None
    assert case.signed_on >= REFORM
    assert case.place is Place.FLANDERS
    assert case.ended is None
    assert case.birth is not None
    assert case.birth.at_least(18, on)
    assert not case.birth.at_least(65, case.signed_on)
    assert case.participation is not None
    assert any(title.right_to_work for title in case.participation.holding(on))


@given(CASES, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_deciding_twice_gives_the_same(case: NewcomerCase, on: date) -> None:
    assert decide(case, on) == decide(case, on)


FORMER_ASYLUM_SEEKER = titled(
    Title("asylumSeeker", date(2026, 1, 1), date(2026, 10, 9), right_to_work=True), replace(WORKER, valid_from=date(2026, 10, 10))
)
GAP = titled(replace(WORKER, valid_to=date(2026, 10, 5)), replace(WORKER, valid_from=date(2026, 10, 7)))
NO_GAP = titled(replace(WORKER, valid_to=date(2026, 10, 5)), replace(WORKER, valid_from=date(2026, 10, 6)))


@pytest.mark.parametrize(
    ("case", "outcome", "reason"),
    [
        (replace(USUAL, participation=titled(replace(WORKER, valid_from=date(2026, 10, 2)))), "review", "rightToWorkGained"),
        (replace(USUAL, participation=titled(replace(WORKER, valid_from=date(2026, 10, 1)))), "required", "contractSigned"),
        (replace(USUAL, participation=GAP), "review", "rightToWorkGained"),
        (replace(USUAL, participation=NO_GAP), "required", "contractSigned"),
        (replace(USUAL, participation=FORMER_ASYLUM_SEEKER), "review", "groundChanged"),
        (replace(USUAL, participation=titled(replace(WORKER, ground="heroism"))), "review", "unknownCode"),
        (replace(USUAL, agency="elsewhere"), "review", "unknownCode"),
        (replace(USUAL, dates_differ=True), "required", "contractDatesDiffer"),
    ],
)
def test_what_came_after_the_anchor_or_is_not_known_to_us_is_for_a_person(case: NewcomerCase, outcome: str, reason: str) -> None:
    decision = decide(case, TODAY)
    assert (decision.outcome, decision.reasons, decision.anchor_on) == (outcome, (reason,), USUAL.signed_on)


def test_a_right_to_work_that_a_minor_gains_before_turning_18_costs_nothing() -> None:
    young = replace(USUAL, birth=born(date(2008, 10, 15)), participation=titled(replace(WORKER, valid_from=date(2026, 10, 10))))
    assert decide(young, TODAY).outcome == "required"


@pytest.mark.parametrize(("on", "late"), [(date(2026, 10, 1), False), (date(2026, 10, 2), True)])
def test_a_move_into_flanders_after_the_signature_is_marked(on: date, late: bool) -> None:
    moved = decide(replace(USUAL, moved=Move(Place.BRUSSELS, on)), TODAY)
    assert (moved.outcome, moved.moved_on) == ("required", on if late else None)
