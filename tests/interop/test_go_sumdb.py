"""Our notes, tree, proofs and tiles, checked by an implementation that shares nothing with ours."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from devkit.doctor import GET_GO
from devkit.errors import NotInstalled
from proof import tiles
from proof.checkpoints import Checkpoint
from proof.tree import CompactRange, consistency_proof, inclusion_proof, leaf_hash
from tests.support.available import leave_out
from tests.support.sample_log import ORIGIN, signer

SOURCE = Path(__file__).parent / "sumdb"
OLD, NEW = 700, 1579


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the Go program; without Go, or without a way to its module, say how to get it."""
    program = tmp_path_factory.mktemp("sumdb") / "sumdb"
    if (go := shutil.which("go")) is None:
        leave_out(NotInstalled("Go 1.17 or later", GET_GO))
    built = subprocess.run([go, "build", "-o", str(program), "."], cwd=SOURCE, capture_output=True, text=True, check=False)
    if built.returncode != 0:
        leave_out(NotInstalled(f"golang.org/x/mod ({built.stderr.strip()[-300:]})", "go mod download, with a way to a Go module proxy"))
    return program


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_the_go_checksum_database_code_accepts_our_log(checker: Path) -> None:
    leaves = [f"leaf {number}".encode() for number in range(NEW)]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    stored = tiles.extend(0, {}, hashes[:OLD])
    stored |= tiles.extend(OLD, stored, hashes[OLD:])
    read = tiles.reader(stored)
    root = tiles.root(NEW, stored)
    log = signer(1)
    sample = {
        "Vkey": str(log.verifier),
        "Note": Checkpoint(ORIGIN, NEW, root).signed(log).decode(),
        "Old": OLD,
        "New": NEW,
        "OldRoot": b64(CompactRange().append(hashes[:OLD]).root()),
        "Root": b64(root),
        "Leaves": [b64(leaf) for leaf in leaves],
        "Inclusion": [[b64(step) for step in inclusion_proof(index, NEW, read)] for index in range(NEW)],
        "Consistency": [b64(step) for step in consistency_proof(OLD, NEW, read)],
        "Tiles": [{"L": tile.level, "N": tile.n, "W": len(data) // tiles.HASH, "Bytes": b64(data)} for tile, data in stored.items()],
    }
    said = subprocess.run([str(checker)], input=json.dumps(sample), capture_output=True, text=True, check=False)
    assert said.stdout == f"ok: {NEW} leaves, {len(stored)} tiles\n"
