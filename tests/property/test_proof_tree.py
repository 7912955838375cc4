"""The tree against the recursive definitions of RFC 6962 section 2.1, written down naively."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.errors import Tampered
from proof.tree import (
    EMPTY_ROOT,
    CompactRange,
    Node,
    Span,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    perfect_root,
)

MOST = 70
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]


def split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def read(node: Node) -> bytes:
    return perfect_root(LEAVES[node.place << node.level : (node.place + 1) << node.level])


def test_every_root_is_the_recursive_one() -> None:
    for size in range(MOST + 1):
        assert CompactRange().append(LEAVES[:size]).root() == mth(LEAVES[:size])


def test_every_inclusion_proof_is_the_recursive_one_and_checks() -> None:
    for size in range(1, MOST + 1):
        root = mth(LEAVES[:size])
        for index in range(size):
            proof = inclusion_proof(index, size, read)
            assert proof == path(index, LEAVES[:size])
            check_inclusion(LEAVES[index], index, size, proof, root)


def test_every_consistency_proof_is_the_recursive_one_and_checks() -> None:
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, read)
            assert proof == subproof(old, LEAVES[:new], whole=True)
            check_consistency(old, new, proof, mth(LEAVES[:old]), mth(LEAVES[:new]))


def test_the_empty_tree_begins_every_tree() -> None:
    check_consistency(0, MOST, [], EMPTY_ROOT, mth(LEAVES))
    with pytest.raises(Tampered):
        check_consistency(0, MOST, [], mth(LEAVES[:1]), mth(LEAVES))


@given(st.lists(st.integers(0, 9), max_size=12))
def test_batches_of_any_size_give_the_same_tree(batches: list[int]) -> None:
    tree, taken = CompactRange(), 0
    for batch in batches:
        tree = tree.append(LEAVES[taken : taken + batch])
        taken = min(taken + batch, MOST)
    assert tree == CompactRange().append(LEAVES[:taken])


@given(st.data())
def test_a_proof_with_any_other_leaf_place_size_hash_or_length_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof = path(index, LEAVES[:size])
    root = mth(LEAVES[:size])
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else size
    wrong = [
        (LEAVES[other % MOST] if size > 1 else EMPTY_ROOT, index, size, proof, root),
        (LEAVES[index], other, size, proof, root),
        (LEAVES[index], index, size, [*proof, EMPTY_ROOT], root),
        (LEAVES[index], index, size, proof, EMPTY_ROOT),
        (LEAVES[index], -1, size, proof, root),
    ]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        wrong += [
            (LEAVES[index], index, size, proof[:-1], root),
            (LEAVES[index], index, size, [*proof[:at], EMPTY_ROOT, *proof[at + 1 :]], root),
        ]
    for case in wrong:
        with pytest.raises(Tampered):
            check_inclusion(*case)


@given(st.data())
def test_a_changed_consistency_proof_is_refused(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    proof = subproof(old, LEAVES[:new], whole=True)
    old_root, new_root = mth(LEAVES[:old]), mth(LEAVES[:new])
    at = data.draw(st.integers(0, len(proof) - 1))
    for wrong in ([*proof[:at], EMPTY_ROOT, *proof[at + 1 :]], proof[:-1], [*proof, EMPTY_ROOT]):
        with pytest.raises(Tampered):
            check_consistency(old, new, wrong, old_root, new_root)
    with pytest.raises(Tampered):
        check_consistency(old, new, proof, EMPTY_ROOT, new_root)
    with pytest.raises(Tampered):
        check_consistency(old, new, proof, old_root, EMPTY_ROOT)
    with pytest.raises(Tampered):
        check_consistency(new, old, proof, new_root, old_root)


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_a_span_is_covered_by_nodes_that_follow_each_other(start: int, length: int) -> None:
    at = start
    for node in Span(start, start + length).nodes():
        assert node.place << node.level == at
        at = (node.place + 1) << node.level
    assert at == start + length
