"""What opens the commitments of a leaf: salts, fields and files, as the bytes that are sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from proof import canonical, container
from proof.bundle import ATTACHED
from proof.canonical import Json
from proof.disclosures import Attachment, Disclosure
from proof.errors import Malformed

_DISCLOSURES: Final = "disclosures.json"


@dataclass(frozen=True, slots=True)
class Opening:
    """The disclosures of one leaf, and the files whose digests they hold."""

    disclosures: tuple[Disclosure, ...] = ()
    files: Mapping[str, Attachment] = field(default_factory=dict)

    @classmethod
    def make(cls, fields: Mapping[str, Json], files: Mapping[str, Attachment]) -> Self:
        """Commit to all of these, each under a salt of its own."""
        if not set(files) <= set(ATTACHED):
            raise ValueError(f"files are called {' or '.join(ATTACHED)}")
        plain = [Disclosure.make(name, value) for name, value in fields.items()]
        return cls((*plain, *(file.disclosure(name) for name, file in files.items())), files)

    @property
    def commitments(self) -> dict[str, bytes]:
        """What the leaf says instead."""
        return {disclosure.name: disclosure.commitment for disclosure in self.disclosures}

    def __bytes__(self) -> bytes:
        """Give the form that is sealed."""
        disclosed = canonical.dump([disclosure.text for disclosure in self.disclosures])
        return container.pack([(_DISCLOSURES, disclosed), *((name, file.data) for name, file in self.files.items())])

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the form that was sealed."""
        members = dict(container.unpack(data))
        texts = canonical.load(members.pop(_DISCLOSURES))
        if not isinstance(texts, Sequence):
            raise Malformed("not an opening")
        disclosures = tuple(Disclosure.parse(str(text)) for text in texts)
        types = {disclosure.name: _media_type(disclosure.value) for disclosure in disclosures if disclosure.name in members}
        return cls(disclosures, {name: Attachment(content, types[name]) for name, content in members.items()})


def _media_type(described: Json) -> str:
    match described:
        case {"type": str(media_type)}:
            return media_type
    raise Malformed("not the description of a file")
