"""What a proof is worth: the qualification table over normalised text, then whether it is authentic, registered, ours or foreign.

A young person without any of these left unqualified (statistiekvlaanderen.be, early school leavers: qualification criterion).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from contracts.codes import Reason
from services.education_feed.domain.facts import Qualification

TABLE = "qualifications-2025.1"

_REGISTERED, _CANCELLED = 1, 10  # states of a proof in the database (LED, GeefBewijs)
_ENOUGH, _UNCLEAR = 4, 3  # VKS levels of a recognised foreign proof (`decisions.md` 4)
_BELGIUM = "BEL"
_CERTIFICATES = frozenset({"certificaat", "getuigschrift", "eindgetuigschrift", "studiegetuigschrift"})
_THIRD_GRADE = frozenset({"3de graad", "3de graad, 7de leerjaar"})
_VOCATIONAL = frozenset({"bso", "dbso"})


class Worth(StrEnum):
    """What the table says of a proof's text."""

    QUALIFIES = "qualifies"
    NOT = "not"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Text:
    """A proof's words as the table reads them: single spaces, lower case, nothing for nothing."""

    category: str
    proof_type: str
    proof_state: str
    stage: str
    education_form: str
    title: str
    supplier: str

    @property
    def final(self) -> bool:
        """Whether it concludes a programme."""
        return self.proof_state == "eindbewijs"

    @property
    def secondary(self) -> bool:
        """Whether it is of secondary education."""
        return self.category == "secundair onderwijs"

    def speaks_of(self, word: str) -> bool:
        """Whether form, stage or title hold the word."""
        return any(word in part.split() for part in (self.education_form, self.stage, self.title))


@dataclass(frozen=True, slots=True)
class ProofRule:
    """A row of the qualification table; the first that applies says what the text is worth."""

    id: str
    applies: Callable[[Text], bool]
    worth: Worth
    source: str


PROOF_RULES: tuple[ProofRule, ...] = (
    ProofRule("tussenbewijs", lambda t: t.proof_state == "tussenbewijs", Worth.NOT, "a step on the way concludes nothing"),
    ProofRule(
        "attest",
        lambda t: t.proof_type in ("attest", "deelcertificaat", "ervaringsbewijs") or t.category == "ervaringsbewijzen",
        Worth.NOT,
        "metadata early school leavers: attests, partial certificates and proofs of experience do not count",
    ),
    ProofRule("ov1.ov2", lambda t: t.stage in ("ov1", "ov2"), Worth.NOT, "metadata early school leavers: OV1 and OV2 qualify otherwise"),
    ProofRule(
        "graad.1.2",
        lambda t: t.stage in ("1ste graad", "2de graad") and t.proof_type in _CERTIFICATES,
        Worth.NOT,
        "ISCED 2: at most lower secondary education",
    ),
    ProofRule("lager", lambda t: t.category in ("basisonderwijs", "lager onderwijs"), Worth.NOT, "ISCED 1: primary education"),
    ProofRule(
        "diploma.so",
        lambda t: t.secondary and t.proof_type == "diploma" and t.final,
        Worth.QUALIFIES,
        "metadata early school leavers: diploma of secondary education, any form",
    ),
    ProofRule(
        "diploma.ho",
        lambda t: t.category in ("hoger onderwijs", "hoger beroepsonderwijs") and t.proof_type == "diploma" and t.final,
        Worth.QUALIFIES,
        "any diploma of higher education is beyond secondary",
    ),
    ProofRule(
        "studiegetuigschrift.bso",
        lambda t: (
            t.secondary
            and t.final
            and t.proof_type == "studiegetuigschrift"
            and t.stage in _THIRD_GRADE
            and t.education_form == "bso"
            and "eerste leerjaar" not in t.title
        ),
        Worth.QUALIFIES,
        "metadata early school leavers: second year of the third grade BSO",
    ),
    ProofRule(
        "dbso",
        lambda t: t.secondary and t.final and t.proof_type in _CERTIFICATES and t.speaks_of("dbso"),
        Worth.QUALIFIES,
        "metadata early school leavers: final certificate of part-time vocational education",
    ),
    ProofRule(
        "leertijd",
        lambda t: (
            t.final
            and t.category in ("ondernemersopleidingen", "leertijd")
            and t.supplier == "syntra vlaanderen"
            and t.proof_type in _CERTIFICATES
        ),
        Worth.QUALIFIES,
        "metadata early school leavers: apprenticeship certificate (Syntra)",
    ),
    ProofRule(
        "ov3",
        lambda t: t.final and t.stage == "ov3" and t.proof_type in _CERTIFICATES,
        Worth.QUALIFIES,
        "metadata early school leavers: certificate of special secondary education OV3",
    ),
    ProofRule(
        "modulair",
        lambda t: t.secondary and t.final and t.proof_type == "certificaat" and t.education_form in _VOCATIONAL,
        Worth.QUALIFIES,
        "metadata early school leavers: certificate of the modular system",
    ),
)


def text_of(proof: Qualification) -> Text:
    """The proof's words, normalised: names come with stray spaces and line ends."""
    return Text(
        category=_plain(proof.category),
        proof_type=_plain(proof.proof_type),
        proof_state=_plain(proof.proof_state),
        stage=_plain(proof.stage),
        education_form=_plain(proof.education_form),
        title=_plain(proof.title),
        supplier=_plain(proof.supplier),
    )


def worth_of(text: Text, rules: tuple[ProofRule, ...] = PROOF_RULES) -> Worth:
    """What the table says; a text it does not know is for a person (modernised finalities are unverified), never "unqualified"."""
    return next((rule.worth for rule in rules if rule.applies(text)), Worth.UNKNOWN)


def weigh(proof: Qualification) -> Worth | Reason:
    """What one proof is worth for the decision: it qualifies, it does not, or why a person must look."""
    text = text_of(proof)
    if proof.deleted or proof.led_status == _CANCELLED:
        return Worth.NOT
    if text.proof_type == "gelijkwaardigheid" or proof.country not in (None, _BELGIUM):
        return _foreign(proof, text)
    worth = worth_of(text)
    if worth is Worth.NOT:
        return Worth.NOT
    if worth is Worth.UNKNOWN:
        return Reason.UNKNOWN_PROOF
    return _as_registered(proof)


def qualifies(proofs: Iterable[Qualification]) -> list[Qualification]:
    """The authentic proofs that make someone qualified, the earliest received first."""
    found = [proof for proof in proofs if weigh(proof) is Worth.QUALIFIES]
    return sorted(found, key=lambda proof: (proof.received_at, proof.organisation, proof.reference))


def doubts(proofs: Iterable[Qualification]) -> tuple[Reason, ...]:
    """Why a person must look at the proofs, each reason once."""
    return tuple(sorted({worth for worth in map(weigh, proofs) if isinstance(worth, Reason)}))


def _foreign(proof: Qualification, text: Text) -> Worth | Reason:
    if worth_of(text) is Worth.NOT:
        return Worth.NOT
    if proof.equivalence == "pending":
        return Reason.PENDING_EQUIVALENCE
    if proof.vks_level is not None and proof.vks_level < _UNCLEAR:
        return Worth.NOT
    recognised = proof.equivalence == "recognised" or text.proof_type == "gelijkwaardigheid"
    if recognised and proof.vks_level is not None and proof.vks_level >= _ENOUGH:
        return _as_registered(proof)
    return Reason.FOREIGN_PROOF


def _as_registered(proof: Qualification) -> Worth | Reason:
    if not proof.authentic:
        return Reason.SELF_DECLARED_PROOF
    return Worth.QUALIFIES if proof.led_status == _REGISTERED else Reason.UNKNOWN_PROOF


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
