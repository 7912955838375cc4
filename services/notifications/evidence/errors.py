"""What can go wrong with evidence.

EvidenceError
├── LogHalted               the sequencer refuses to sign until a person has looked; nothing is lost, nothing is sent
│   ├── BehindSecondStore   the database was restored to a state before a published checkpoint
│   ├── BesideSecondStore   the database holds another history than the published one
│   ├── SecondStoreLost     checkpoints were published, but the second store is empty or cannot be trusted
│   └── LogDamaged          entries, tiles and checkpoint of the database contradict each other
├── SecondStoreMoved        another sequencer published in between; this one stops leading and looks again
├── SecondStoreUnavailable  it cannot be read or written now; nothing more is covered until it can
├── NoSuchNotice            there is no evidence about this notice
├── NotYetCovered           an event is not under a published checkpoint yet; it will be within a moment
└── OutsideLog              the tile or leaf asked for does not exist in the published log
"""


class EvidenceError(Exception):
    """Root of the errors about evidence."""


class LogHalted(EvidenceError):
    """The sequencer refuses to sign: a fork is never repaired by itself (`mechanics.md` 27)."""


class BehindSecondStore(LogHalted):
    """The database was restored to a state before a published checkpoint."""

    def __init__(self, ours: int, published: int) -> None:
        super().__init__(
            f"the database has {ours} entries, but {published} were published: complete it from a backup or a mirror, then start"
        )


class BesideSecondStore(LogHalted):
    """The database holds another history than the published one."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"the first {size} entries of the database are not those that were published: freeze this log and begin a new origin"
        )


class SecondStoreLost(LogHalted):
    """Checkpoints were published, but the second store is empty or cannot be trusted."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the second store {why}: bring back its last checkpoint, then start")


class LogDamaged(LogHalted):
    """Entries, tiles and checkpoint of the database contradict each other."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the log in the database is damaged: {what}")


class SecondStoreMoved(EvidenceError):
    """Another sequencer published in between."""


class SecondStoreUnavailable(EvidenceError):
    """The second store cannot be read or written now."""

    def __init__(self, why: str | None) -> None:
        super().__init__(f"the second store cannot be used: {why}")


class NoSuchNotice(EvidenceError):
    """There is no evidence about this notice."""


class NotYetCovered(EvidenceError):
    """An event is not under a published checkpoint yet."""


class OutsideLog(EvidenceError):
    """The tile or leaf asked for does not exist in the published log."""
