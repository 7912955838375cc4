"""The evidence of one notice in one file: every event with its proof, all under one checkpoint.

    mimetype
    checkpoint
    event/000/leaf.json
    event/000/disclosures.json
    event/000/content.*            the exact bytes handed to the channel, where disclosed
    event/000/artefact.*           what a third party answered, where disclosed
    event/000/proof.tlog-proof
    event/001/...

What a bundle says about whom to trust is nothing: a policy stands beside it (`mechanics.md` 28).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from proof import canonical, container
from proof.disclosures import Attachment, Disclosure
from proof.errors import Malformed

# Not yet the media type of ASiC-E: that format asks for a signed manifest, which comes with the first time-stamp authority.
MIMETYPE: Final = b"application/vnd.openserviceshub.evidence+zip"
ATTACHED: Final = ("content", "artefact")


@dataclass(frozen=True, slots=True)
class BundledEvent:
    """A leaf, the proof that it is in the log, and as much of what it commits to as the reader may see."""

    leaf: bytes
    proof: bytes
    disclosures: tuple[Disclosure, ...] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)

    def members(self, number: int) -> list[tuple[str, bytes]]:
        """The files of this event, in order."""
        folder = f"event/{number:03d}"
        opened = sorted(self.disclosures, key=lambda disclosure: disclosure.name)
        return [
            (f"{folder}/leaf.json", self.leaf),
            (f"{folder}/disclosures.json", canonical.dump([disclosure.text for disclosure in opened])),
            *((f"{folder}/{name}.{self.files[name].ending}", self.files[name].data) for name in ATTACHED if name in self.files),
            (f"{folder}/proof.tlog-proof", self.proof),
        ]

    @classmethod
    def of(cls, members: Mapping[str, bytes]) -> Self:
        """Read the files of one event, without their folder."""
        disclosures = _disclosures(members.get("disclosures.json", b""))
        files = {}
        for member, data in members.items():
            name = member.partition(".")[0]
            if name in ATTACHED:
                files[name] = Attachment(data, _media_type(disclosures, name))
        return cls(members.get("leaf.json", b""), members.get("proof.tlog-proof", b""), disclosures, files)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checkpoint and the events it covers, first to last."""

    checkpoint: bytes
    events: tuple[BundledEvent, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a bundle; it must be, byte for byte, what would be written again."""
        folders: dict[str, dict[str, bytes]] = {}
        for path, content in container.unpack(data):
            folder, _, name = path.rpartition("/")
            folders.setdefault(folder, {})[name] = content
        top = folders.pop("", {})
        bundle = cls(top.get("checkpoint", b""), tuple(BundledEvent.of(members) for members in folders.values()))
        if not bundle.events or bytes(bundle) != data:  # another order, an extra file, a missing one, a lying file ending
            raise Malformed("not a bundle of the evidence of one notice")
        return bundle

    def __bytes__(self) -> bytes:
        """Give the file."""
        members = [("mimetype", MIMETYPE), ("checkpoint", self.checkpoint)]
        for number, event in enumerate(self.events):
            members += event.members(number)
        return container.pack(members)


def _disclosures(data: bytes) -> tuple[Disclosure, ...]:
    texts = canonical.load(data)
    if not isinstance(texts, Sequence) or isinstance(texts, str):
        raise Malformed("disclosures.json is not a list")
    found = tuple(Disclosure.parse(text) for text in texts if isinstance(text, str))
    if len({disclosure.name for disclosure in found}) != len(texts):
        raise Malformed("a field is disclosed twice")
    return found


def _media_type(disclosures: Sequence[Disclosure], name: str) -> str:
    for disclosure in disclosures:
        match disclosure.name, disclosure.value:
            case str(found), {"type": str(media_type)} if found == name:
                return media_type
    raise Malformed(f"{name} is there, but nothing that commits to it is disclosed")
