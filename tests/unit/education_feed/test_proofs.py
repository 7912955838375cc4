"""The qualification table, row by row, and what makes a qualifying text not count."""

from typing import Any

import pytest

from services.education_feed.domain.proofs import PROOF_RULES, doubts, qualifies, weigh
from tests.unit.education_feed.pupils import proof


@pytest.mark.parametrize(
    ("fields", "worth"),
    [
        ({}, "qualifies"),
        ({"education_form": "TSO", "finality": "Dubbele finaliteit"}, "qualifies"),
        ({"supplier": "Volwassenenonderwijs"}, "qualifies"),
        ({"stage": "OV4"}, "qualifies"),
        ({"category": "  secundair \n Onderwijs ", "proof_type": "DIPLOMA", "proof_state": "eindbewijs "}, "qualifies"),
        ({"proof_state": "Tussenbewijs"}, "not"),
        ({"category": "Hoger onderwijs"}, "qualifies"),
        ({"category": "Hoger beroepsonderwijs"}, "qualifies"),
        ({"category": "Hoger onderwijs", "proof_type": "Getuigschrift"}, "unknownProof"),
        ({"proof_type": "Studiegetuigschrift", "stage": "3de graad", "education_form": "BSO"}, "qualifies"),
        ({"proof_type": "Studiegetuigschrift", "stage": "3de graad, 7de leerjaar", "education_form": "BSO"}, "qualifies"),
        (
            {
                "proof_type": "Studiegetuigschrift",
                "stage": "3de graad",
                "education_form": "BSO",
                "title": "Studiegetuigschrift van het eerste leerjaar van de derde graad",
            },
            "unknownProof",
        ),
        ({"proof_type": "Studiegetuigschrift", "stage": "3de graad", "finality": "Arbeidsmarktfinaliteit"}, "unknownProof"),
        ({"proof_type": "Studiegetuigschrift", "stage": "2de graad", "education_form": "BSO"}, "not"),
        ({"proof_type": "Getuigschrift", "stage": "1ste graad"}, "not"),
        ({"proof_type": "Getuigschrift", "stage": "2de graad"}, "not"),
        ({"proof_type": "Getuigschrift", "category": "Basisonderwijs"}, "not"),
        ({"proof_type": "Eindgetuigschrift", "title": "Eindgetuigschrift DBSO"}, "qualifies"),
        ({"proof_type": "Certificaat", "education_form": "DBSO"}, "qualifies"),
        ({"proof_type": "Certificaat", "education_form": "BSO", "title": "Certificaat modulair stelsel"}, "qualifies"),
        ({"proof_type": "Certificaat", "education_form": "TSO"}, "unknownProof"),
        ({"proof_type": "Certificaat", "category": "Ondernemersopleidingen", "supplier": "SYNTRA Vlaanderen"}, "qualifies"),
        ({"proof_type": "Certificaat", "category": "Ondernemersopleidingen", "supplier": "VDAB"}, "unknownProof"),
        ({"proof_type": "Getuigschrift", "stage": "OV3"}, "qualifies"),
        ({"proof_type": "Certificaat", "stage": "OV3"}, "qualifies"),
        ({"proof_type": "Attest", "stage": "OV3"}, "not"),
        ({"proof_type": "Getuigschrift", "stage": "OV1"}, "not"),
        ({"proof_type": "Getuigschrift", "stage": "OV2"}, "not"),
        ({"proof_type": "Deelcertificaat", "education_form": "BSO"}, "not"),
        ({"category": "Ervaringsbewijzen", "proof_type": "Ervaringsbewijs"}, "not"),
        ({"proof_type": "Wettelijk certificaat"}, "unknownProof"),
        ({"proof_state": "Nieuwe staat"}, "unknownProof"),
        ({"category": "Microcredentials", "proof_type": "Badge"}, "unknownProof"),
    ],
)
def test_each_text_is_worth_what_the_table_says(fields: dict[str, Any], worth: str) -> None:
    assert weigh(proof(**fields)).value == worth


@pytest.mark.parametrize(
    ("fields", "worth"),
    [
        ({"led_status": 10}, "not"),
        ({"deleted": True}, "not"),
        ({"led_status": 7}, "unknownProof"),
        ({"authentic": False}, "selfDeclaredProof"),
        ({"authentic": False, "proof_type": "Attest"}, "not"),
        ({"country": "BEL"}, "qualifies"),
        ({"country": "MAR"}, "foreignProof"),
        ({"country": "MAR", "proof_type": "Baccalaureate", "category": "Secondary"}, "foreignProof"),
        ({"country": "MAR", "proof_type": "Attest"}, "not"),
        ({"country": "MAR", "vks_level": 2}, "not"),
        ({"country": "MAR", "equivalence": "pending"}, "pendingEquivalence"),
        ({"country": "MAR", "equivalence": "recognised"}, "foreignProof"),
        ({"country": "MAR", "equivalence": "recognised", "vks_level": 2}, "not"),
        ({"country": "MAR", "equivalence": "recognised", "vks_level": 3}, "foreignProof"),
        ({"country": "MAR", "equivalence": "recognised", "vks_level": 4}, "qualifies"),
        ({"country": "MAR", "equivalence": "recognised", "vks_level": 4, "authentic": False}, "selfDeclaredProof"),
        ({"country": "MAR", "equivalence": "recognised", "vks_level": 4, "led_status": 10}, "not"),
        ({"proof_type": "Gelijkwaardigheid", "supplier": "NARIC Vlaanderen", "vks_level": 4}, "qualifies"),
        ({"proof_type": "Gelijkwaardigheid", "supplier": "NARIC Vlaanderen", "vks_level": 3}, "foreignProof"),
        ({"proof_type": "Gelijkwaardigheid", "supplier": "NARIC Vlaanderen"}, "foreignProof"),
        ({"proof_type": "Gelijkwaardigheid", "equivalence": "pending", "vks_level": 4}, "pendingEquivalence"),
    ],
)
def test_a_proof_counts_only_registered_authentic_and_ours_or_recognised(fields: dict[str, Any], worth: str) -> None:
    assert weigh(proof(**fields)).value == worth


def test_of_several_proofs_the_first_received_qualifies_and_each_doubt_is_told_once() -> None:
    later = proof(reference="b", received_at=proof().received_at.replace(month=10))
    assert qualifies([later, proof(reference="a")]) == [proof(reference="a"), later]
    doubtful = [proof(authentic=False), proof(reference="c", authentic=False), proof(reference="d", country="MAR")]
    assert doubts(doubtful) == ("foreignProof", "selfDeclaredProof")
    assert not qualifies(doubtful)


def test_every_row_of_the_table_names_its_source_and_stands_once() -> None:
    assert all(rule.source for rule in PROOF_RULES)
    assert len({rule.id for rule in PROOF_RULES}) == len(PROOF_RULES)
