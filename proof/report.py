"""What a verification found, for a person to read or a program to parse."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from proof.canonical import Json
from proof.leaves import EventLeaf, timestamp

# Last part of the event that says that the keys to what came before were destroyed.
_ERASED = "ContentErased"


@dataclass(frozen=True, slots=True)
class ProvenEvent:
    """An event that is in the log, with what was disclosed of it and the names of the files whose bytes it commits to."""

    index: int
    leaf: EventLeaf
    disclosed: Mapping[str, Json]
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last part of the event's URI."""
        return self.leaf.event.rpartition("/")[2]

    @property
    def undisclosed(self) -> tuple[str, ...]:
        """Fields the leaf commits to that the bundle keeps shut, or that were erased."""
        return tuple(sorted(set(self.leaf.commitments) - set(self.disclosed)))

    def as_json(self) -> Json:
        """For a program."""
        said: dict[str, Json] = {
            "index": self.index,
            "seq": self.leaf.seq,
            "event": self.leaf.event,
            "eventId": str(self.leaf.event_id),
            "claimedAt": timestamp(self.leaf.at),
            "source": self.leaf.source,
            "outcome": dict(self.leaf.outcome),
            "disclosed": dict(self.disclosed),
            "undisclosed": list(self.undisclosed),
            "files": list(self.files),
        }
        if self.leaf.channel is not None:
            said["channel"] = self.leaf.channel
        if self.leaf.answers is not None:
            said["answers"] = str(self.leaf.answers)
        return said


@dataclass(frozen=True, slots=True)
class Report:
    """What is proven, by whom, between which instants, and what is not."""

    origin: str
    tree_size: int
    notice: UUID
    witnesses: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None
    events: tuple[ProvenEvent, ...]

    @property
    def not_proven(self) -> tuple[str, ...]:
        """What a reader must not conclude."""
        return tuple(self._limits())

    def _limits(self) -> Iterator[str]:
        if self.not_after is None:
            yield "the time: it is not vouched for; every time shown is the hub's own claim, no witness or time-stamp authority confirms it"
        elif self.not_before is None:
            yield "that the events were recorded no earlier than claimed: nobody vouches for the earliest time"
        if not self.witnesses:
            yield "that the log shows everyone the same history: no witness signed this checkpoint"
        yield "that nothing happened to this notice after the last event shown"
        yield "that a person read the notice"
        for event in self.events:
            if event.undisclosed:
                yield f"{', '.join(event.undisclosed)} of event {event.leaf.seq}: committed to, but {self._why_shut(event)}"

    def erased_by(self, event: ProvenEvent) -> ProvenEvent | None:
        """The first event after this one that says that content was erased."""
        return next((later for later in self.events if later.name == _ERASED and later.leaf.seq > event.leaf.seq), None)

    def _why_shut(self, event: ProvenEvent) -> str:
        erasure = self.erased_by(event)
        return f"erased, as event {erasure.leaf.seq} says" if erasure is not None else "not disclosed here"

    def as_json(self) -> Json:
        """For a program; `status` is the word for exit code 0."""
        said: dict[str, Json] = {
            "status": "proven",
            "log": self.origin,
            "treeSize": self.tree_size,
            "notice": str(self.notice),
            "witnesses": list(self.witnesses),
            "timeVouchedFor": self.not_after is not None,
            "events": [event.as_json() for event in self.events],
            "notProven": list(self.not_proven),
        }
        if self.not_before is not None:
            said["notBefore"] = timestamp(self.not_before)
        if self.not_after is not None:
            said["notAfter"] = timestamp(self.not_after)
        return said

    def lines(self) -> Iterator[str]:
        """For a person."""
        yield f"PROVEN: {len(self.events)} events of one notice stand in this order in the log {self.origin} of {self.tree_size} entries"
        for event in self.events:
            channel = f" by {event.leaf.channel}" if event.leaf.channel is not None else ""
            outcome = "".join(f" {name}={value}" for name, value in sorted(event.leaf.outcome.items()))
            yield f"  {event.leaf.seq}. {event.name}{channel}{outcome}, claimed at {timestamp(event.leaf.at)}, entry {event.index}"
            for name, value in sorted(event.disclosed.items()):
                yield f"       {name}: {_shown(value)}"
            for name in event.undisclosed:
                yield f"       {name}: {self._why_shut(event)}"
        yield f"Vouched for by: the log's key{''.join(f', witness {name}' for name in self.witnesses)}"
        yield f"Not before: {timestamp(self.not_before) if self.not_before else 'nobody vouches for it'}"
        yield f"Not after:  {timestamp(self.not_after) if self.not_after else 'nobody vouches for it'}"
        yield "NOT proven:"
        for limit in self.not_proven:
            yield f"  - {limit}"


def _shown(value: Json) -> str:
    match value:
        case {"digest": str(digest), "size": int(size), "type": str(media_type)}:
            return _one_line(f"{size} bytes of {media_type}, SHA-256 {digest}")
    return _one_line(str(value))


def _one_line(text: str) -> str:
    """The text with line ends, terminal codes and turned writing spelt out: whoever wrote it must not write lines of this report."""
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in text)
