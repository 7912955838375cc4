"""The log's own key, and the keys that signed for it before."""

from dataclasses import dataclass
from pathlib import Path

from proof.notes import NoteSigner, VerifierKey
from vault.keyfolder import load_log_key


@dataclass(frozen=True, slots=True)
class LogSigner:
    """Signs checkpoints; `known` holds the present key and those it replaced."""

    note: NoteSigner
    known: tuple[VerifierKey, ...]

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.note.name

    def policy(self) -> bytes:
        """A trust policy for those who got it from us in person: this log, no witnesses (c2sp.org/tlog-policy)."""
        return "".join([*(f"log {key}\n" for key in self.known), "quorum none\n"]).encode()


def load_log_signer(folder: Path, *, sandbox: bool) -> LogSigner:
    """The signer of a key folder.

    Raises:
        KeysMissing, KeyMalformed, DemoKeysRefused, SecretExposed: as `vault.keyfolder` says.
    """
    key = load_log_key(folder, sandbox=sandbox)
    signer = NoteSigner(key.origin, key.private)
    stored = [VerifierKey.parse(path.read_text().strip()) for path in sorted(folder.glob("log*.vkey"))]
    earlier = [old for old in stored if old.name == key.origin and old != signer.verifier]
    return LogSigner(signer, (signer.verifier, *earlier))
