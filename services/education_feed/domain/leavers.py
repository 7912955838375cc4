"""Decides about every school year that a pupil left, by the first row of the leaver rules that applies (`decisions.md` 3)."""

from collections.abc import Sequence
from datetime import datetime

from services.education_feed.domain.cases import CaseDecision
from services.education_feed.domain.facts import Pupil, Sources, Switches

RULE_SET = "leavers-2025.1"


def decide(pupil: Pupil, sources: Sources, switches: Switches, at: datetime) -> Sequence[CaseDecision]:
    """One decision for each school year with a deregistration or a kept case, in order of year, as of `at`.

    `at` is the trigger's instant: a timer's due date however late it fires, the moment of receipt for a fact (`mechanics.md` 24).
    """
    raise AssertionError(RULE_SET, pupil, sources, switches, at)
