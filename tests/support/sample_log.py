"""A small log and the bundle of one notice in it, made with the code under test and keys of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proof.bundle import Bundle, BundledEvent
from proof.checkpoints import Checkpoint
from proof.disclosures import Attachment, Disclosure
from proof.inclusion import TlogProof
from proof.leaves import EventLeaf
from proof.notes import COSIGNATURE, Note, NoteSigner, Signature, VerifierKey
from proof.policy import Policy
from proof.tree import CompactRange, Node, inclusion_proof, leaf_hash, perfect_root

ORIGIN = "log.hub.example/notices/2026"
NOTICE = UUID("0c9d4a56-6a1e-4ff0-8d2f-7f1a52f0a001")
LETTER = Attachment(b"Beste mevrouw, u bent ingeschreven.\n", "text/plain; charset=utf-8")
EVENTS = ("SubmissionAcceptance", "DispatchIntended", "RelayToNonERDS")


def signer(seed: int, name: str = ORIGIN) -> NoteSigner:
    """A key that is the same in every run."""
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def cosign(note: bytes, witness: NoteSigner, at: datetime) -> bytes:
    """Add the cosignature of a witness."""
    parsed = Note.parse(note)
    when = int(at.timestamp())
    value = when.to_bytes(8, "big") + witness.private.sign(f"cosignature/v1\ntime {when}\n{parsed.text}".encode())
    line = Signature(witness.name, witness_key(witness).key_id, value)
    return bytes(Note(parsed.text, (*parsed.signatures, line)))


def witness_key(witness: NoteSigner) -> VerifierKey:
    """The verifier key of a witness."""
    return VerifierKey(witness.name, COSIGNATURE, witness.verifier.public)


def policy_for(*logs: NoteSigner, lines: Sequence[str] = ("quorum none",)) -> Policy:
    """A policy that trusts these logs."""
    return Policy.parse(policy_text(*logs, lines=lines))


def policy_text(*logs: NoteSigner, lines: Sequence[str] = ("quorum none",)) -> bytes:
    """The same, as a file."""
    return "\n".join([*(f"log {log.verifier}" for log in logs), *lines, ""]).encode()


@dataclass(slots=True)
class SampleLog:
    """All leaves in memory; slow and plain."""

    log: NoteSigner = field(default_factory=lambda: signer(1))
    leaves: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> int:
        """Append a leaf; its index."""
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def checkpoint(self) -> bytes:
        """The signed tree head."""
        tree = CompactRange().append(map(leaf_hash, self.leaves))
        return Checkpoint(self.log.name, tree.size, tree.root()).signed(self.log)

    def proof(self, index: int, checkpoint: bytes) -> bytes:
        """The proof of inclusion of one leaf."""
        return bytes(TlogProof(index, tuple(inclusion_proof(index, len(self.leaves), self._node)), checkpoint))

    def _node(self, node: Node) -> bytes:
        return perfect_root([leaf_hash(leaf) for leaf in self.leaves[node.place << node.level : (node.place + 1) << node.level]])


def notice_leaves(texts: Sequence[Sequence[Disclosure]], notice: UUID = NOTICE) -> list[EventLeaf]:
    """The chain of events of one notice, each committing to these disclosures."""
    leaves: list[EventLeaf] = []
    for number, disclosures in enumerate(texts, start=1):
        leaves.append(
            EventLeaf(
                event_id=uuid5(notice, str(number)),
                notice=notice,
                seq=number,
                previous=leaf_hash(bytes(leaves[-1])) if leaves else None,
                event=f"http://uri.etsi.org/19522/Event/{EVENTS[(number - 1) % len(EVENTS)]}",
                at=datetime(2026, 3, 2, 8, 0, number, tzinfo=UTC),
                source="be.vdab.notifications",
                channel="paper",
                answers=leaves[-1].event_id if number == 3 else None,
                commitments={disclosure.name: disclosure.commitment for disclosure in disclosures},
                outcome={"code": "250", "enh": "2.0.0"} if number == 3 else {},
            )
        )
    return leaves


def sample_disclosures() -> list[tuple[Disclosure, ...]]:
    """What the events of the sample notice commit to; the second one also to the letter."""
    return [
        (Disclosure.make("recipient", "een inwoner"), Disclosure.make("subject", "Uw inschrijving")),
        (LETTER.disclosure("content"), Disclosure.make("recipient", "een inwoner")),
        (),
    ]


def sample_bundle(log: SampleLog, *, others: int = 40) -> Bundle:
    """A notice of three events between the leaves of others."""
    disclosures = sample_disclosures()
    leaves = notice_leaves(disclosures)
    places = []
    for number, leaf in enumerate(leaves):
        for other in range(others):
            log.add(f"another leaf {number} {other}".encode())
        places.append(log.add(bytes(leaf)))
    note = log.checkpoint()
    return Bundle(
        note,
        tuple(
            BundledEvent(bytes(leaf), log.proof(place, note), opened, {"content": LETTER} if number == 1 else {})
            for number, (leaf, place, opened) in enumerate(zip(leaves, places, disclosures, strict=True))
        ),
    )
