"""How a tree is cut into tiles of 256 hashes (c2sp.org/tlog-tiles): arithmetic and bytes, no storage."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from proof.errors import Tampered
from proof.tree import Node, ReadNode, Span, perfect_root, span_hash

HASH: Final = 32  # bytes of SHA-256
HEIGHT: Final = 8  # levels of the tree in one tile
WIDTH: Final = 1 << HEIGHT
FULL: Final = WIDTH * HASH  # bytes of a full tile


class Tile(NamedTuple):
    """Tile `n` of a level; its hashes are the nodes of tree level 8 x `level`, `n` x 256 and on."""

    level: int
    n: int

    def path(self, width: int = WIDTH) -> str:
        """The address of this tile below a log's prefix, such as `tile/0/x001/234.p/7`."""
        groups = [f"{self.n % 1000:03d}"]
        rest = self.n // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if width == WIDTH else f".p/{width}"
        return f"tile/{self.level}/{'/'.join(groups)}{partial}"

    def width(self, size: int) -> int:
        """How many hashes this tile has in a tree of `size`."""
        return max(0, min(WIDTH, (size >> HEIGHT * self.level) - self.n * WIDTH))


def tile_of(node: Node) -> Tile:
    """The tile that holds the hashes below `node`."""
    level, height = divmod(node.level, HEIGHT)
    return Tile(level, (node.place << height) >> HEIGHT)


def tiles_of(spans: Sequence[Span]) -> set[Tile]:
    """The tiles one needs to hash these spans."""
    return {tile_of(node) for span in spans for node in span.nodes()}


def reader(tiles: Mapping[Tile, bytes]) -> ReadNode:
    """Read nodes from these tiles, each hashed once.

    Raises (when reading):
        Tampered: a tile is missing or too narrow.
    """

    @cache
    def read(node: Node) -> bytes:
        height = node.level % HEIGHT
        first = ((node.place << height) % WIDTH) * HASH
        length = HASH << height
        data = tiles.get(tile_of(node), b"")[first : first + length]
        if len(data) != length:
            raise Tampered(f"{tile_of(node).path()} does not reach node {node.place} of level {node.level}")
        return perfect_root([data[i : i + HASH] for i in range(0, length, HASH)])

    return read


def edge(size: int) -> list[Tile]:
    """The tiles at the right edge that are not full: with them a tree of `size` can be extended, and its root made."""
    tiles = []
    level = 0
    while count := size >> HEIGHT * level:
        if count % WIDTH:
            tiles.append(Tile(level, count // WIDTH))
        level += 1
    return tiles


def root(size: int, tiles: Mapping[Tile, bytes]) -> bytes:
    """The root of a tree of `size` from its edge tiles."""
    return span_hash(Span(0, size), reader(tiles))


def extend(size: int, tiles: Mapping[Tile, bytes], leaf_hashes: Sequence[bytes]) -> dict[Tile, bytes]:
    """The tiles that change or appear when these leaves follow a tree of `size`, whose edge is among `tiles`."""
    changed: dict[Tile, bytes] = {}
    hashes = leaf_hashes
    level = 0
    while hashes:
        n, held = divmod(size >> HEIGHT * level, WIDTH)
        stored = tiles.get(Tile(level, n), b"")[: held * HASH]
        if len(stored) != held * HASH:
            raise Tampered(f"{Tile(level, n).path()} lacks hashes of the tree of {size}")
        grown = stored + b"".join(hashes)
        hashes = []
        for start in range(0, len(grown), FULL):
            changed[Tile(level, n)] = data = grown[start : start + FULL]
            n += 1
            if len(data) == FULL:
                hashes.append(perfect_root([data[i : i + HASH] for i in range(0, FULL, HASH)]))
        level += 1
    return changed
