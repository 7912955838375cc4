"""The policy file: whom a verifier trusts."""

import pytest

from proof.errors import UnknownTrustRoot
from proof.policy import Policy
from tests.support.sample_log import policy_for, policy_text, signer, witness_key

LOG = signer(1)
KEYS = [witness_key(signer(10 + number, f"witness{number}.example")) for number in range(4)]
WITNESSES = [f"witness w{number} {key} https://w{number}.example" for number, key in enumerate(KEYS)]


def test_a_policy_without_witnesses_asks_for_none() -> None:
    policy = policy_for(LOG)
    assert policy.logs == (LOG.verifier,)
    assert policy.satisfied_by(())


def test_comments_blank_lines_tabs_and_urls_are_allowed() -> None:
    text = f"# whom we trust\n\n \tlog\t{LOG.verifier}  https://log.example \nquorum none\n".encode()
    assert Policy.parse(text).logs == (LOG.verifier,)


def test_groups_of_groups_count_their_thresholds() -> None:
    policy = policy_for(LOG, lines=[*WITNESSES, "group pair all w0 w1", "group other any w2 w3", "group both 2 pair other", "quorum both"])
    assert policy.satisfied_by({"w0", "w1", "w3"})
    assert not policy.satisfied_by({"w0", "w1"})
    assert not policy.satisfied_by({"w0", "w2", "w3"})


def test_one_witness_can_be_the_quorum() -> None:
    policy = policy_for(LOG, lines=[*WITNESSES, "quorum w2"])
    assert policy.satisfied_by({"w2"})
    assert not policy.satisfied_by({"w1"})


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["quorum none", "quorum none"],
        ["quorum nobody"],
        ["quorum"],
        ["something else", "quorum none"],
        ["log broken", "quorum none"],
        [f"log {LOG.verifier}", "quorum none"],
        [f"log {KEYS[0]}", "quorum none"],
        [f"witness a {LOG.verifier}", "quorum none"],
        [f"witness none {KEYS[0]}", "quorum none"],
        [f"witness a {KEYS[0]}", f"witness b {KEYS[0]}", "quorum none"],
        [f"witness a {KEYS[0]}", f"witness a {KEYS[1]}", "quorum none"],
        [*WITNESSES, "group g 0 w0 w1", "quorum g"],
        [*WITNESSES, "group g 3 w0 w1", "quorum g"],
        [*WITNESSES, "group g any", "quorum none"],
        [*WITNESSES, "group g any w0 w0", "quorum g"],
        [*WITNESSES, "group g any w0", "group h any w0 w1", "quorum g"],
        [*WITNESSES, "group g any later", "group later any w0", "quorum g"],
        [*WITNESSES, "group w0 any w1", "quorum none"],
        ["quorum none\x00"],
        ["quorum none\r"],
    ],
)
def test_a_policy_that_cannot_be_used_trusts_nobody(lines: list[str]) -> None:
    with pytest.raises(UnknownTrustRoot):
        Policy.parse(policy_text(LOG, lines=lines))


def test_a_policy_without_a_log_trusts_nobody() -> None:
    with pytest.raises(UnknownTrustRoot):
        Policy.parse(b"quorum none\n")
