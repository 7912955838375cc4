"""The evidence of notices as the devkit uses it: the trust policy of this hub's log, bundles verified, and one byte changed."""

from pathlib import Path

from proof.errors import ProofError, Tampered
from proof.policy import Policy
from proof.report import Report
from proof.verify import verify
from services.notifications.evidence.signer import load_log_signer


def trust_policy(keys: Path) -> bytes:
    """Whom a verifier should trust who got this from us in person: the keys of our log, no witnesses."""
    return load_log_signer(keys, sandbox=True).policy()


def proven(bundle: bytes, policy: bytes) -> Report:
    """What a bundle proves; raises ProofError when it proves nothing."""
    return verify(bundle, Policy.parse(policy))


def changed_one_byte(bundle: bytes) -> bytes:
    """The same file with one bit of one byte in its middle turned."""
    middle = len(bundle) // 2
    return bundle[:middle] + bytes([bundle[middle] ^ 1]) + bundle[middle + 1 :]


def refused(bundle: bytes, policy: bytes) -> bool:
    """Whether a verifier refuses it as tampered."""
    try:
        proven(bundle, policy)
    except Tampered:
        return True
    except ProofError:
        return False
    return False
