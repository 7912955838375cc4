"""Of two things known of a leave the row that stands first decides, whichever two they are; and each is what makes its row decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import IncompleteDate
from services.education_feed.domain.cases import CaseDecision
from services.education_feed.domain.facts import AdministrativeGroup, Retraction, Standing
from services.education_feed.domain.rules import LEAVER_RULES
from tests.unit.education_feed.pupils import DUE, decided, enrolled, home_education, left, noon, proof, pupil, said, sources

ORDER = [rule.id for rule in LEAVER_RULES]
SPECIAL: dict[str, Any] = {"education_kind": 2}
MINOR = IncompleteDate(2010, 3, 15)


@dataclass(frozen=True)
class Known:
    """One thing that is known, and the row it makes decide when nothing else is."""

    row: str
    leave: Mapping[str, Any] = field(default_factory=dict)
    standing: Mapping[str, Any] = field(default_factory=dict)
    pupil: Mapping[str, Any] = field(default_factory=dict)
    silent: tuple[str, ...] = ()
    at: datetime = DUE

    @property
    def fields(self) -> set[str]:
        """What it speaks of."""
        return {*self.leave, *self.standing, *self.pupil, *self.silent, *(("at",) if self.at != DUE else ())}


FACTS = (
    Known("S1", standing={"unknown": True}),
    Known("S4", leave={"level": 1}),
    Known("S4", leave={"flemish": False}),
    Known("S4", leave={"source": "adult"}),
    Known("S4", leave={"level": None}),
    Known("S6", leave={"retraction": Retraction("noLeaver", noon(date(2026, 2, 4)))}),
    Known("S6b", at=DUE - timedelta(microseconds=1)),
    Known("S7", pupil={"other": enrolled("other", starts_on=date(2026, 2, 9))}),
    Known("S7", silent=("enrolmentsHigher",)),
    Known("S3", standing={"ended": "deceased"}),
    Known("S17", standing={"objection": "pending"}),
    Known("S17", standing={"objection": "upheld"}),
    Known("S5", standing={"region": "brussels"}),
    Known("S11a", pupil={"qualifications": (proof(),)}),
    Known("S8", pupil={"birth": MINOR}),
    Known("S8", pupil={"birth": None}),
    Known("S8c", leave={"reason": "Q"}),
    Known("S8c", leave={"programme": 9}),
    Known("S9", leave={"individual_curriculum": True}),
    Known("S10", leave={"reception_class": True}),
    Known("S12", silent=("led",)),
    Known("S13", pupil={"qualifications": (proof(authentic=False),)}),
    Known("S13", pupil={"home_educations": (home_education(date(2026, 2, 3)),)}),
)
NAMES = [f"{one.row}:{'+'.join(sorted(one.fields))}" for one in FACTS]


def when(*known: Known) -> CaseDecision:
    """What is decided when all of this is known."""
    facts = {name: value for one in known for name, value in one.pupil.items()}
    other = facts.pop("other", None)
    leave = left(**{name: value for one in known for name, value in one.leave.items()})
    standing = Standing(**{"region": "flanders", **{name: value for one in known for name, value in one.standing.items()}})
    who = pupil(*([leave] if other is None else [leave, other]), standing=standing, **facts)
    told = sources(without=tuple(name for one in known for name in one.silent))
    return decided(who, min(one.at for one in known), told)


@pytest.mark.parametrize("one", FACTS, ids=NAMES)
def test_each_thing_that_is_known_makes_its_row_decide_and_without_it_the_leaver_is_found(one: Known) -> None:
    assert when(one).rule == one.row
    assert said(when(Known("detected")))[0] == "detected"


def test_of_any_two_things_the_row_that_stands_first_decides_and_says_what_it_says_alone() -> None:
    for one, other in combinations(FACTS, 2):
        if one.fields & other.fields:
            continue
        first = min((one, other), key=lambda known: ORDER.index(known.row))
        decision = when(one, other)
        assert decision.rule == first.row, (one, other)
        if one.row != other.row:
            assert said(decision) == said(when(first)), (one, other)


@given(st.lists(st.sampled_from(FACTS), min_size=1, max_size=6))
def test_however_much_is_known_the_first_row_decides_and_nobody_is_found(known: list[Known]) -> None:
    apart: list[Known] = []
    for one in known:
        if not any(one.fields & other.fields for other in apart):
            apart.append(one)
    decision = when(*apart)
    assert decision.rule == min((one.row for one in apart), key=ORDER.index)
    assert decision.outcome != "detected"


def found_by(one: Known) -> set[tuple[str, str]]:
    """The facts that the explanation names."""
    return {(fact.name, fact.value) for fact in when(one).facts}


@pytest.mark.parametrize(
    ("known", "fact"),
    [
        (Known("S4", leave={"level": 1}), ("level", "1")),
        (Known("S4", leave={"flemish": False}), ("flemish", "no")),
        (Known("S7", pupil={"other": enrolled("other", starts_on=date(2026, 2, 9))}), ("enrolledFrom", "2026-02-09")),
        (Known("S3", standing={"ended": "deceased"}), ("ended", "deceased")),
        (Known("S17", standing={"objection": "upheld"}), ("objection", "upheld")),
        (Known("S5", standing={"region": "brussels"}), ("region", "brussels")),
        (Known("S11a", pupil={"qualifications": (proof(),)}), ("proof", "diploma: qualifies")),
        (Known("S8", pupil={"birth": MINOR}), ("compulsoryEducationEndsOn", "2028-03-15")),
        (Known("S8c", leave={"reason": "Q"}), ("closureReason", "Q")),
        (Known("S8c", leave={"programme": 9}), ("programme", "9")),
        (Known("S9", leave={"individual_curriculum": True}), ("individualCurriculum", "yes")),
        (Known("S9", leave=SPECIAL | {"special_education_form": " ov2 "}), ("specialEducationForm", "OV2")),
        (Known("S9", leave=SPECIAL | {"administrative_group": AdministrativeGroup(15_080, "BuSO OV1")}), ("specialEducationForm", "OV1")),
        (Known("S10", leave={"reception_class": True}), ("receptionClass", "yes")),
        (Known("S10", leave={"administrative_group": AdministrativeGroup(37_749)}), ("administrativeGroup", "37749")),
        (Known("S13", pupil={"qualifications": (proof(authentic=False),)}), ("proof", "diploma: selfDeclaredProof")),
        (Known("S13", pupil={"home_educations": (home_education(date(2026, 2, 3)),)}), ("homeEducationFrom", "2026-02-03")),
    ],
)
def test_the_explanation_names_the_fact_that_decided(known: Known, fact: tuple[str, str]) -> None:
    assert when(known).rule == known.row
    assert fact in found_by(known)
    assert fact not in found_by(Known("detected"))


def test_a_leave_that_waits_says_for_which_days() -> None:
    waits = found_by(Known("S8", pupil={"birth": IncompleteDate(2008, 8, 31)}))
    assert {("windowLastDay", "2026-02-16"), ("compulsoryEducationEndsOn", "2026-06-30"), ("turns18On", "2026-08-31")} <= waits
    assert ("proofsFreshOn", "2026-02-17") in waits


def test_a_source_is_named_with_the_day_up_to_which_it_was_complete() -> None:
    facts = {(fact.name, fact.source): fact.value for fact in when(Known("S7", silent=("enrolmentsHigher",))).facts}
    assert facts["completeUntil", "enrolmentsAdult"] == "2035-01-01"
    assert ("completeUntil", "enrolmentsHigher") not in facts


def test_what_was_withdrawn_or_never_was_is_not_named_as_home_education() -> None:
    gone = replace(home_education(date(2026, 2, 3)), deleted=True)
    assert "homeEducationFrom" not in {name for name, _ in found_by(Known("detected", pupil={"home_educations": (gone,)}))}
