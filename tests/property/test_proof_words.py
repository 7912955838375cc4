"""What a proof is worth: each row of the table by the words it needs, however they are written, and never more than its standing allows."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Reason
from services.education_feed.domain.facts import Qualification
from services.education_feed.domain.proofs import PROOF_RULES, Worth, doubts, qualifies, text_of, weigh, worth_of
from tests.unit.education_feed.pupils import LONG_AGO, proof

# By row a proof that it decides, and the words without each of which it does not.
SPECIMENS: tuple[tuple[str, Mapping[str, str], tuple[str, ...]], ...] = (
    ("diploma.so", {}, ("category", "proof_type", "proof_state")),
    ("diploma.ho", {"category": "Hoger onderwijs"}, ("category", "proof_type", "proof_state")),
    ("diploma.ho", {"category": "Hoger beroepsonderwijs"}, ("category", "proof_type", "proof_state")),
    (
        "studiegetuigschrift.bso",
        {"proof_type": "Studiegetuigschrift", "stage": "3de graad", "education_form": "BSO"},
        ("category", "proof_type", "proof_state", "stage", "education_form"),
    ),
    ("dbso", {"proof_type": "Getuigschrift", "education_form": "DBSO"}, ("category", "proof_type", "proof_state", "education_form")),
    ("dbso", {"proof_type": "Certificaat", "stage": "Opleiding DBSO"}, ("category", "proof_type", "proof_state", "stage")),
    (
        "leertijd",
        {"proof_type": "Getuigschrift", "category": "Leertijd", "supplier": "SYNTRA Vlaanderen"},
        ("category", "proof_type", "proof_state", "supplier"),
    ),
    ("ov3", {"proof_type": "Getuigschrift", "stage": "OV3"}, ("proof_type", "proof_state", "stage")),
    ("modulair", {"proof_type": "Certificaat", "education_form": "BSO"}, ("category", "proof_type", "proof_state", "education_form")),
    ("tussenbewijs", {"proof_state": "Tussenbewijs"}, ("proof_state",)),
    ("attest", {"proof_type": "Attest"}, ("proof_type",)),
    ("attest", {"proof_type": "Deelcertificaat"}, ("proof_type",)),
    ("attest", {"category": "Ervaringsbewijzen"}, ("category",)),
    ("ov1.ov2", {"stage": "OV1"}, ("stage",)),
    ("graad.1.2", {"stage": "2de graad", "proof_type": "Getuigschrift"}, ("stage", "proof_type")),
    ("lager", {"category": "Basisonderwijs"}, ("category",)),
)
NEEDED = [(row, words, word) for row, words, needed in SPECIMENS for word in needed]


def row_of(one: Qualification) -> str | None:
    """The row that decides about a proof's text."""
    return next((rule.id for rule in PROOF_RULES if rule.applies(text_of(one))), None)


@pytest.mark.parametrize(("row", "words", "word"), NEEDED)
def test_a_row_decides_with_all_of_its_words_and_without_one_of_them_it_does_not(row: str, words: Mapping[str, str], word: str) -> None:
    whole = proof(**words)
    assert row_of(whole) == row
    for other in ("", "iets anders", f"{getattr(whole, word)}en"):
        assert row_of(replace(whole, **{word: other})) != row  # type: ignore[arg-type]


def test_every_row_of_the_table_has_a_proof_here() -> None:
    assert {row for row, _, _ in SPECIMENS} == {rule.id for rule in PROOF_RULES}


WORDS: Mapping[str, Sequence[object]] = {
    "category": ["Secundair onderwijs", "Hoger onderwijs", "Basisonderwijs", "Leertijd", "Ervaringsbewijzen", "Iets anders"],
    "proof_type": ["Diploma", "Attest", "Certificaat", "Getuigschrift", "Studiegetuigschrift", "Gelijkwaardigheid", "Badge"],
    "proof_state": ["Eindbewijs", "Tussenbewijs", "Iets anders"],
    "stage": [None, "OV1", "OV3", "2de graad", "3de graad", "3de graad, 7de leerjaar"],
    "education_form": [None, "BSO", "DBSO", "TSO"],
    "title": [None, "Eindgetuigschrift DBSO", "Eerste leerjaar van de derde graad"],
    "supplier": [None, "SYNTRA Vlaanderen", "NARIC Vlaanderen"],
    "country": [None, "BEL", "MAR"],
    "equivalence": ["none", "pending", "recognised"],
    "vks_level": [None, 2, 3, 4, 5],
    "authentic": [True, False],
    "led_status": [1, 7, 10],
    "deleted": [False, True],
}
SPECIMEN: st.SearchStrategy[Mapping[str, str]] = st.sampled_from([words for _, words, _ in SPECIMENS])
PROOFS = st.builds(
    lambda specimen, changed, number: proof(**{**specimen, **changed}, reference=str(number)),
    SPECIMEN,
    st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in WORDS.items()}),
    st.integers(1, 9),
)


def rewritten(text: str | None, chance: random.Random) -> str | None:
    """The same words with other capitals, spaces and line ends."""
    if text is None:
        return None
    words = ["".join(chance.choice((letter.upper(), letter.lower())) for letter in word) for word in text.split()]
    return chance.choice(("", " ", "\n")) + chance.choice((" ", "  ", "\n", "\t")).join(words) + chance.choice(("", " "))


@given(PROOFS, st.randoms(use_true_random=False))
def test_capitals_spaces_and_line_ends_change_nothing(one: Qualification, chance: random.Random) -> None:
    texts = ("category", "proof_type", "proof_state", "stage", "education_form", "title", "supplier")
    again = replace(one, **{name: rewritten(getattr(one, name), chance) for name in texts})  # type: ignore[arg-type]
    assert (weigh(again), text_of(again)) == (weigh(one), text_of(one))


@given(PROOFS)
def test_only_what_is_authentic_registered_and_ours_or_recognised_at_level_4_qualifies(one: Qualification) -> None:
    if weigh(one) is Worth.QUALIFIES:
        assert (one.authentic, one.led_status, one.deleted) == (True, 1, False)
        if one.country == "MAR" or one.proof_type == "Gelijkwaardigheid":
            assert one.equivalence == "recognised" or (one.proof_type == "Gelijkwaardigheid" and one.equivalence == "none")
            assert one.vks_level in (4, 5)
        else:
            assert worth_of(text_of(one)) is Worth.QUALIFIES


@given(PROOFS)
def test_what_counts_against_a_proof_never_makes_it_worth_more(one: Qualification) -> None:
    rank = {Worth.NOT: 0, Worth.QUALIFIES: 2}
    now = rank.get(weigh(one), 1)  # type: ignore[arg-type]
    state = 10 if one.led_status == 10 else 7
    for worse in ({"authentic": False}, {"led_status": 10}, {"led_status": state}, {"deleted": True}):
        assert rank.get(weigh(replace(one, **worse)), 1) <= now  # type: ignore[arg-type]
    assert weigh(replace(one, deleted=True)) is Worth.NOT


@given(PROOFS)
def test_a_text_that_concludes_nothing_is_worth_nothing_wherever_it_comes_from(one: Qualification) -> None:
    if worth_of(text_of(one)) is Worth.NOT:
        assert weigh(one) is Worth.NOT


@given(st.lists(PROOFS, max_size=5), st.randoms(use_true_random=False))
def test_several_proofs_qualify_or_are_doubted_whatever_their_order_each_doubt_once(
    some: list[Qualification], chance: random.Random
) -> None:
    shuffled = chance.sample(some, len(some))
    assert doubts(shuffled) == doubts(some)
    assert sorted(set(doubts(some))) == list(doubts(some))
    assert {one for one in some if one in qualifies(shuffled)} == {one for one in some if weigh(one) is Worth.QUALIFIES}
    assert set(doubts(some)) == {weigh(one) for one in some if isinstance(weigh(one), Reason)}


@pytest.mark.parametrize("level", range(1, 9))
@pytest.mark.parametrize(("equivalence", "enough"), [("recognised", True), ("none", False)])
def test_a_foreign_diploma_is_worth_nothing_below_level_3_unclear_at_3_and_enough_from_4_once_recognised(
    level: int, equivalence: str, enough: bool
) -> None:
    expected = Worth.NOT if level < 3 else Worth.QUALIFIES if enough and level > 3 else Reason.FOREIGN_PROOF
    assert weigh(proof(country="MAR", equivalence=equivalence, vks_level=level)) is expected


def test_the_first_received_proof_stands_first_and_of_one_moment_always_the_same() -> None:
    later = proof(reference="a", received_at=LONG_AGO.replace(year=LONG_AGO.year + 1))
    one, other = proof(reference="b"), proof(reference="c")
    assert qualifies([later, other, one]) == qualifies([one, later, other]) == [one, other, later]
