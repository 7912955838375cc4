"""The newcomer rules N1-N9 and N12 in their order, as data; the first that applies decides (`decisions.md` 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from contracts.codes import NewcomerOutcome, Reason
from contracts.identifiers import birthday
from services.integration_feed.domain.newcomers import NewcomerCase, Participation, Place, covered

RULE_SET = "newcomers-2022.1"

# Integration decree of 7 June 2013 as changed on 1 March 2022: before it the programme had no VDAB component (agii.be).
REFORM = date(2022, 3, 1)
# "Op beroepsactieve leeftijd" (vvsg.be); 65 as for the exemption from the programme (assenede.be); both are configuration of the row.
MIN_AGE, MAX_AGE = 18, 65

# Lists of codes that may grow: a code we do not know is for a person, never a crash (`domain.md` 0).
KNOWN_AGENCIES = frozenset({"agii", "atlas", "amal", "hvnb"})
KNOWN_GROUNDS = frozenset({"asylumSeeker", "temporaryProtection", "other"})
# Two contracts run with different dates: the registration goes on, the clocks wait for a person.
DATES_DIFFER = Reason.CONTRACT_DATES_DIFFER


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says: an outcome, why, and when to look again by itself."""

    outcome: NewcomerOutcome
    reasons: tuple[str, ...]
    look_again_on: date | None = None
    waits_for: str | None = None


Predicate = Callable[[NewcomerCase, date], Verdict | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table, with its legal source and validity."""

    id: str
    applies: Predicate
    source: str
    valid_from: date = REFORM
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one case on one day, by the first rule that applied."""

    outcome: NewcomerOutcome
    rule: str
    reasons: tuple[str, ...]
    anchor_on: date | None
    look_again_on: date | None = None
    waits_for: str | None = None
    moved_on: date | None = None  # into Flanders, after the anchor: no term of the person's is overdue then
    rule_set: str = RULE_SET


def _unknown_person(case: NewcomerCase, _: date) -> Verdict | None:
    return Verdict(NewcomerOutcome.PARKED, (Reason.UNKNOWN_PERSON,)) if case.unknown_person else None


def _ended(case: NewcomerCase, _: date) -> Verdict | None:
    return Verdict(NewcomerOutcome.CLOSED, (case.ended.value,)) if case.ended else None


def _temporarily_protected(case: NewcomerCase, on: date) -> Verdict | None:
    only = case.participation is not None and case.participation.grounds(on) == {"temporaryProtection"}
    return Verdict(NewcomerOutcome.TEMPORARILY_PROTECTED, ("temporaryProtection",)) if only else None


def _not_signed(case: NewcomerCase, _: date) -> Verdict | None:
    return Verdict(NewcomerOutcome.FOLLOWED, ("notSigned",)) if case.signed_on is None else None


def _old_regime(case: NewcomerCase, _: date) -> Verdict | None:
    if case.signed_on is None:
        return None
    if case.signed_on < REFORM:
        return Verdict(NewcomerOutcome.VOLUNTARY, ("contractBeforeReform",))
    since = case.participation.status_since if case.participation else None
    return Verdict(NewcomerOutcome.REVIEW, (Reason.OLD_REGIME_DUTY,)) if since is not None and since < REFORM else None


def _other_region(case: NewcomerCase, _: date) -> Verdict | None:
    if case.place is None:
        if case.residence_certain:
            return Verdict(NewcomerOutcome.REVIEW, (Reason.NO_RESIDENCE,))
        return Verdict(NewcomerOutcome.WAITING_FOR_SOURCE, ("populationRegister",), waits_for="populationRegister")
    return Verdict(NewcomerOutcome.OTHER_REGION, (case.place.value,)) if case.place is not Place.FLANDERS else None


def _exempt(case: NewcomerCase, _: date) -> Verdict | None:
    if case.participation is None or case.participation.status != "exempt":
        return None
    if case.participation.vdab_component:
        return Verdict(NewcomerOutcome.VOLUNTARY, ("exemptWithVdabComponent",))
    return Verdict(NewcomerOutcome.EXEMPT, ("exempt",))


def _asylum_seeker(case: NewcomerCase, on: date) -> Verdict | None:
    only = case.participation is not None and case.participation.grounds(on) == {"asylumSeeker"}
    return Verdict(NewcomerOutcome.NOT_TARGET_GROUP, ("asylumSeeker",)) if only else None


def _age(case: NewcomerCase, on: date) -> Verdict | None:
    if case.birth is None or case.signed_on is None:
        return Verdict(NewcomerOutcome.REVIEW, ("birthDateUnknown",))
    old = case.birth.at_least(MAX_AGE, case.signed_on)
    adult = case.birth.at_least(MIN_AGE, on)
    if old is None or adult is None:
        return Verdict(NewcomerOutcome.REVIEW, (Reason.INCOMPLETE_BIRTH_DATE,))
    if old:
        return Verdict(NewcomerOutcome.NO_LABOUR_MARKET_PERSPECTIVE, ("upperAge",))
    if not adult:
        again = birthday(case.birth.latest, MIN_AGE)
        return Verdict(NewcomerOutcome.NO_LABOUR_MARKET_PERSPECTIVE, ("minor",), look_again_on=again)
    return None


def _right_to_work(case: NewcomerCase, on: date) -> Verdict | None:
    if case.participation is None:
        return Verdict(NewcomerOutcome.REVIEW, ("participantUnknown",))
    rights = [title.right_to_work for title in case.participation.holding(on)]
    if True in rights:
        return _since_the_anchor(case.participation, anchor(case) or on, on)
    if not rights or None in rights:
        return Verdict(NewcomerOutcome.REVIEW, (Reason.UNKNOWN_RIGHT_TO_WORK,))
    return Verdict(NewcomerOutcome.NO_LABOUR_MARKET_PERSPECTIVE, ("noRightToWork",))


def _since_the_anchor(participation: Participation, anchored_on: date, on: date) -> Verdict | None:
    """From which day the term runs when the ground or the right came later is for a person (`decisions.md` 4, `domain.md` 0)."""
    if not participation.grounds(on) <= KNOWN_GROUNDS:
        return Verdict(NewcomerOutcome.REVIEW, (Reason.UNKNOWN_CODE,))
    if participation.grounds(anchored_on) in ({"temporaryProtection"}, {"asylumSeeker"}):
        return Verdict(NewcomerOutcome.REVIEW, (Reason.GROUND_CHANGED,))
    if not covered(participation.titles, min(anchored_on, on), on):
        return Verdict(NewcomerOutcome.REVIEW, (Reason.RIGHT_TO_WORK_GAINED,))
    return None


def _required(case: NewcomerCase, _: date) -> Verdict:
    if case.agency not in KNOWN_AGENCIES:
        return Verdict(NewcomerOutcome.REVIEW, (Reason.UNKNOWN_CODE,))
    return Verdict(NewcomerOutcome.REQUIRED, (DATES_DIFFER,) if case.dates_differ else ("contractSigned",))


# N10, N11 and N13 are registration's: they need fresh facts about work and existing registrations (`decisions.md` 2).
NEWCOMER_RULES: tuple[Rule, ...] = (
    Rule("N1", _unknown_person, "register answer 30003: the number does not exist"),
    Rule("N2", _ended, "decree of 7 June 2013: the programme ends with residence or contract"),
    Rule("N12", _temporarily_protected, "decree of 21 April 2023: registration without term or sanction"),
    Rule("N3", _not_signed, "the term runs from the signature; without one there is no clock"),
    Rule("N4", _old_regime, "agii.be: no VDAB component before 1 March 2022; a duty before and a contract after is for a person"),
    Rule("N5", _other_region, "Actiris, Forem and ADG are competent outside the Flemish Region"),
    Rule("N6", _exempt, "agency's status; the ground of exemption is never stored (GDPR article 9)"),
    Rule("N7", _asylum_seeker, "vvsg.be: applicants for international protection are outside the target group since 1 March 2022"),
    Rule("N8", _age, "vvsg.be: of working age"),
    Rule("N9", _right_to_work, "vvsg.be: allowed to work"),
    Rule("N13", _required, "coalition agreement 3.2.1.2; agii.be"),
)


def decide(case: NewcomerCase, on: date, rules: tuple[Rule, ...] = NEWCOMER_RULES) -> Decision:
    """What the feed makes of one contract as of `on`, by the first rule that applies; the last row applies to everyone."""
    for rule in rules:
        verdict = rule.applies(case, on)
        if verdict is not None:
            anchored_on = anchor(case)
            late = case.place is Place.FLANDERS and case.moved is not None and anchored_on is not None and case.moved.on > anchored_on
            return Decision(
                verdict.outcome,
                rule.id,
                verdict.reasons,
                anchored_on,
                verdict.look_again_on,
                verdict.waits_for,
                case.moved.on if late and case.moved else None,
            )
    raise AssertionError("the last row of a rule set applies to everyone")


def anchor(case: NewcomerCase) -> date | None:
    """The day the terms run from: the signature, or the 18th birthday when that came later (N8)."""
    if case.signed_on is None or case.birth is None:
        return case.signed_on
    return max(case.signed_on, birthday(case.birth.latest, MIN_AGE)) if case.birth.complete else case.signed_on
