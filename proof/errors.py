"""The one tree of errors of `proof`, each leaf of which is an answer to "why is this not proven?".

ProofError
├── Tampered            exit 1: bytes that no honest writer could have produced
│   ├── Malformed       not in the one form the format allows
│   └── BadSignature    a trusted key's signature line does not verify
├── Incomplete          exit 2: well-formed, but the policy asks for more than the bundle brings yet
└── UnknownTrustRoot    exit 3: nobody this verifier was told to trust stands behind it
"""


class ProofError(Exception):
    """What was looked at is not proven."""

    exit_code = 1


class Tampered(ProofError):
    """The bytes contradict each other or a signature."""


class Malformed(Tampered):
    """The bytes are not in the one form their format allows."""


class BadSignature(Tampered):
    """A line of a trusted key does not verify over this text."""


class Incomplete(ProofError):
    """Nothing is wrong, but something the policy asks for is not there yet."""

    exit_code = 2


class UnknownTrustRoot(ProofError):
    """No policy was given, or none of its logs signed this."""

    exit_code = 3
