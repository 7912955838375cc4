"""Whatever else is known of a newcomer, the first row of the table decides, and what speaks against a registration never brings one."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import NewcomerOutcome
from contracts.identifiers import IncompleteDate, birthday
from services.integration_feed.domain.newcomers import Ended, NewcomerCase, Participation, Place, Title, covered
from services.integration_feed.domain.rules import NEWCOMER_RULES, decide

TODAY = date(2026, 10, 20)
WORKER = Title("other", date(2024, 1, 1), None, right_to_work=True)
OBLIGED = Participation("obliged", date(2026, 9, 1), vdab_component=True, titles=(WORKER,))
USUAL = NewcomerCase(
    case_id=UUID(int=1),
    signed_on=date(2026, 10, 1),
    ended=None,
    unknown_person=False,
    participation=OBLIGED,
    birth=IncompleteDate(1990, 5, 17),
    place=Place.FLANDERS,
    residence_certain=True,
)
Change = Callable[[NewcomerCase], NewcomerCase]


def said(case: NewcomerCase, on: date = TODAY) -> tuple[str, str, tuple[str, ...]]:
    """What was decided, by which row, and why."""
    decision = decide(case, on)
    return (str(decision.outcome), decision.rule, decision.reasons)


def agency_says(**fields: object) -> Change:
    """A change of what the agency says of the person."""

    def change(case: NewcomerCase) -> NewcomerCase:
        assert case.participation is not None
        return replace(case, participation=replace(case.participation, **fields))  # type: ignore[arg-type]

    return change


def known(**fields: object) -> Change:
    """A change of what is known of the case."""
    return lambda case: replace(case, **fields)  # type: ignore[arg-type]


SOMEBODY_BORN = {day: known(birth=IncompleteDate.of(day)) for day in (date(1950, 1, 1), date(2012, 1, 1))}
# For each thing that can be known of a case: the row it makes decide, and the change; the first of each is as usual.
FACTS: tuple[tuple[tuple[str, Change], ...], ...] = (
    (("N13", known()), ("N1", known(unknown_person=True))),
    (("N13", known()), *(("N2", known(ended=why)) for why in (Ended.DECEASED, Ended.CONTRACT_STOPPED))),
    (
        ("N13", known()),
        ("N12", agency_says(titles=(replace(WORKER, ground="temporaryProtection"),))),
        ("N7", agency_says(titles=(replace(WORKER, ground="asylumSeeker"),))),
        ("N9", agency_says(titles=(replace(WORKER, right_to_work=False),))),
        ("N9", agency_says(titles=())),
    ),
    (("N13", known()), ("N3", known(signed_on=None)), ("N4", known(signed_on=date(2022, 2, 28)))),
    (("N13", known()), ("N4", agency_says(status_since=date(2022, 2, 28)))),
    (("N13", known()), ("N5", known(place=Place.BRUSSELS)), ("N5", known(place=None)), ("N5", known(place=None, residence_certain=False))),
    (("N13", known()), ("N6", agency_says(status="exempt"))),
    (("N13", known()), ("N8", known(birth=None)), *(("N8", change) for change in SOMEBODY_BORN.values())),
)
ORDER = [rule.id for rule in NEWCOMER_RULES]


def test_whatever_else_is_known_the_first_row_of_the_table_decides() -> None:
    for facts in product(*FACTS):
        case = USUAL
        for _, change in facts:
            case = change(case)
        first = min((row for row, _ in facts), key=ORDER.index)
        assert said(case)[1] == first, facts


@pytest.mark.parametrize(("row", "change"), [fact for facts in FACTS for fact in facts[1:]])
def test_a_row_that_decides_says_the_same_with_and_without_what_only_later_rows_look_at(row: str, change: Change) -> None:
    alone = said(change(USUAL))
    for facts in FACTS:
        for later, more in facts[1:]:
            if ORDER.index(later) > ORDER.index(row):
                assert said(change(more(USUAL))) == alone or said(more(change(USUAL))) == alone


AGAINST: tuple[Change, ...] = (
    *(change for facts in FACTS for _, change in facts[1:]),
    *(known(ended=why) for why in Ended),
    known(participation=None),
    known(agency="elsewhere"),
    known(birth=IncompleteDate(2008, 10)),
    agency_says(titles=(replace(WORKER, right_to_work=None),)),
    agency_says(titles=(replace(WORKER, valid_to=date(2025, 12, 31)),)),
    agency_says(titles=(replace(WORKER, ground="heroism"),)),
)
DAYS = st.dates(date(2025, 10, 1), date(2026, 12, 31))
TITLES = st.builds(
    Title,
    ground=st.sampled_from(["other", "other", "asylumSeeker", "temporaryProtection"]),
    valid_from=DAYS,
    valid_to=st.none() | DAYS,
    right_to_work=st.sampled_from([True, True, False, None]),
)
AGENCIES = st.builds(
    Participation,
    status=st.sampled_from(["obliged", "entitled"]),
    status_since=st.none() | st.dates(date(2022, 3, 1), date(2026, 12, 31)),
    vdab_component=st.booleans(),
    titles=st.lists(TITLES, max_size=4).map(tuple) | st.just((WORKER,)),
)


@given(AGENCIES, st.sampled_from(AGAINST), st.sampled_from(AGAINST))
def test_nothing_that_speaks_against_it_ever_brings_a_registration(agency: Participation, one: Change, other: Change) -> None:
    case = replace(USUAL, participation=agency)
    assert decide(one(case), TODAY).outcome is not NewcomerOutcome.REQUIRED
    if one(case).participation is not None:
        # What the second says of one field may take the place of what the first said of it: both speak against it.
        assert decide(other(one(case)), TODAY).outcome is not NewcomerOutcome.REQUIRED


@given(AGENCIES, DAYS, st.randoms(use_true_random=False))
def test_the_order_in_which_an_agency_names_titles_means_nothing(agency: Participation, on: date, chance: random.Random) -> None:
    shuffled = replace(agency, titles=tuple(chance.sample(agency.titles, len(agency.titles))))
    assert decide(replace(USUAL, participation=shuffled), on) == decide(replace(USUAL, participation=agency), on)


@given(AGENCIES, st.integers(0, 3), DAYS, DAYS)
def test_a_title_that_is_renewed_without_a_day_between_is_as_one_title(agency: Participation, which: int, cut: date, on: date) -> None:
    if which >= len(agency.titles):
        return
    title = agency.titles[which]
    if not title.valid_from <= cut or (title.valid_to is not None and cut >= title.valid_to):
        return
    halves = (replace(title, valid_to=cut), replace(title, valid_from=cut + timedelta(days=1)))
    renewed = replace(agency, titles=(*agency.titles[:which], *halves, *agency.titles[which + 1 :]))
    assert decide(replace(USUAL, participation=renewed), on) == decide(replace(USUAL, participation=agency), on)


@given(st.lists(TITLES, max_size=4), DAYS, st.integers(0, 60))
def test_titles_cover_a_period_when_one_with_the_right_to_work_holds_on_each_of_its_days(
    titles: list[Title], first: date, days: int
) -> None:
    every_day = [first + timedelta(days=n) for n in range(days + 1)]
    each = all(any(title.right_to_work and title.holds(day) for title in titles) for day in every_day)
    assert covered(titles, first, every_day[-1]) is each


@pytest.mark.parametrize("gap", [date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 19), TODAY])
def test_one_day_without_the_right_to_work_since_the_signature_is_for_a_person(gap: date) -> None:
    around = (replace(WORKER, valid_to=gap - timedelta(days=1)), replace(WORKER, valid_from=gap + timedelta(days=1)))
    reasons = ("unknownRightToWork",) if gap == TODAY else ("rightToWorkGained",)
    assert said(agency_says(titles=around)(USUAL)) == ("review", "N9", reasons)


def test_a_day_without_it_before_the_signature_costs_nothing() -> None:
    around = (replace(WORKER, valid_to=date(2026, 9, 29)), replace(WORKER, valid_from=date(2026, 10, 1)))
    assert said(agency_says(titles=around)(USUAL))[0] == "required"


@given(st.dates(date(2008, 10, 2), date(2012, 12, 31)))
def test_a_minor_is_looked_at_again_on_the_day_the_answer_turns_and_not_before(born: date) -> None:
    case = replace(USUAL, birth=IncompleteDate.of(born))
    again = decide(case, date(2026, 10, 1)).look_again_on
    assert again == birthday(born, 18)
    assert again is not None
    assert said(case, again - timedelta(days=1)) == ("noLabourMarketPerspective", "N8", ("minor",))
    grown = decide(case, again)
    assert (grown.outcome, grown.anchor_on, grown.look_again_on) == (NewcomerOutcome.REQUIRED, again, None)


@pytest.mark.parametrize(
    ("born", "signed_on", "outcome"),
    [
        (date(1961, 10, 2), date(2026, 10, 1), "required"),  # 65 the day after the signature
        (date(1961, 10, 1), date(2026, 10, 1), "noLabourMarketPerspective"),
        (date(1960, 2, 29), date(2025, 2, 28), "required"),  # born on 29 February: 65 on 1 March
        (date(1960, 2, 29), date(2025, 3, 1), "noLabourMarketPerspective"),
        (date(1961, 1, 1), date(2025, 12, 31), "required"),
        (date(1960, 12, 31), date(2025, 12, 31), "noLabourMarketPerspective"),
    ],
)
def test_n8_65_counts_on_the_day_of_the_signature_whatever_the_day_of_the_decision(born: date, signed_on: date, outcome: str) -> None:
    case = replace(USUAL, birth=IncompleteDate.of(born), signed_on=signed_on)
    assert {said(case, on)[0] for on in (signed_on, TODAY, date(2027, 10, 20))} == {outcome}


@pytest.mark.parametrize(
    ("signed_on", "since", "rule", "reason"),
    [
        (date(2022, 2, 28), date(2021, 1, 1), "N4", "contractBeforeReform"),
        (date(2022, 3, 1), date(2022, 2, 28), "N4", "oldRegimeDuty"),
        (date(2022, 3, 1), date(2022, 3, 1), "N13", "contractSigned"),
        (date(2022, 3, 1), None, "N13", "contractSigned"),
    ],
)
def test_n4_contract_and_duty_each_turn_on_1_march_2022(signed_on: date, since: date | None, rule: str, reason: str) -> None:
    always = (replace(WORKER, valid_from=date(2020, 1, 1)),)
    case = agency_says(status_since=since, titles=always)(replace(USUAL, signed_on=signed_on))
    assert said(case)[1:] == (rule, (reason,))
