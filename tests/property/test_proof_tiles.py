"""Tiles against the tree they are cut from, around the sizes where a tile fills up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof import tiles
from proof.errors import Tampered
from proof.tiles import Tile
from proof.tree import (
    CompactRange,
    check_consistency,
    check_inclusion,
    consistency_proof,
    consistency_spans,
    inclusion_proof,
    inclusion_spans,
    leaf_hash,
)

# 65,536 leaves fill a tile of the second level.
LEAVES = [leaf_hash(number.to_bytes(4)) for number in range(65_536 + 300)]
SIZES = [1, 2, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_536 + 256, len(LEAVES)]


def grown(sizes: list[int]) -> dict[Tile, bytes]:
    """The tiles after growing through these sizes."""
    stored: dict[Tile, bytes] = {}
    at = 0
    for size in sizes:
        known = {tile: stored[tile] for tile in tiles.edge(at)}
        stored |= tiles.extend(at, known, LEAVES[at:size])
        at = size
    return stored


def test_roots_from_edge_tiles_are_those_of_the_tree() -> None:
    stored: dict[Tile, bytes] = {}
    tree = CompactRange()
    for size in SIZES:
        stored |= tiles.extend(tree.size, {tile: stored[tile] for tile in tiles.edge(tree.size)}, LEAVES[tree.size : size])
        tree = tree.append(LEAVES[tree.size : size])
        assert tiles.root(size, {tile: stored[tile] for tile in tiles.edge(size)}) == tree.root()


def test_every_tile_is_as_wide_as_its_tree_makes_it() -> None:
    for size in SIZES:
        stored = grown([size])
        for tile, data in stored.items():
            assert len(data) == tile.width(size) * tiles.HASH
        assert {tile for tile in stored if tile.width(size) < tiles.WIDTH} == set(tiles.edge(size))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, len(LEAVES)), min_size=1, max_size=4, unique=True).map(sorted))
def test_growing_in_any_steps_gives_the_same_tiles(sizes: list[int]) -> None:
    assert grown(sizes) == grown([sizes[-1]])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_proofs_read_from_tiles_check(data: st.DataObject) -> None:
    new = data.draw(st.sampled_from(SIZES))
    index = data.draw(st.integers(0, new - 1))
    old = data.draw(st.integers(1, new))
    stored = grown([len(LEAVES)])  # a larger tree holds the proofs of every smaller one
    roots = {size: CompactRange().append(LEAVES[:size]).root() for size in (old, new)}

    needed = {tile: stored[tile] for tile in tiles.tiles_of(inclusion_spans(index, new))}
    check_inclusion(LEAVES[index], index, new, inclusion_proof(index, new, tiles.reader(needed)), roots[new])

    needed = {tile: stored[tile] for tile in tiles.tiles_of(consistency_spans(old, new))}
    check_consistency(old, new, consistency_proof(old, new, tiles.reader(needed)), roots[old], roots[new])


def test_a_missing_or_short_tile_is_noticed() -> None:
    stored = grown([300])
    edge = {tile: stored[tile] for tile in tiles.edge(300)}
    with pytest.raises(Tampered):
        tiles.root(300, {})
    with pytest.raises(Tampered):
        tiles.extend(300, edge | {Tile(0, 1): edge[Tile(0, 1)][:-32]}, LEAVES[300:301])


@pytest.mark.parametrize(
    ("tile", "width", "path"),
    [
        (Tile(0, 0), 256, "tile/0/000"),
        (Tile(1, 7), 256, "tile/1/007"),
        (Tile(0, 1_234_067), 256, "tile/0/x001/x234/067"),
        (Tile(2, 1_000), 3, "tile/2/x001/000.p/3"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, width: int, path: str) -> None:
    assert tile.path(width) == path
