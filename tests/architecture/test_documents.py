"""What the documents tell a stranger to run or open exists."""

import re

import pytest

from tests.architecture.house.source import ROOT, SHIPPED, Source, tracked

DOCUMENTS = [source for source in tracked() if source.path.suffix == ".md"]
_FOLDERS = "|".join([*SHIPPED, "tests", "docs", "deploy"])
_PATH = re.compile(rf"`((?:{_FOLDERS})/[\w./-]*\w/?)`")
_LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
_TARGET = re.compile(r"`make ([a-z-]+)|^make ([a-z-]+)", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda source: str(source.path))
def test_the_make_targets_it_names_exist(document: Source) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {first or second for first, second in _TARGET.findall(document.text)}

    assert named <= targets, f"{document.path} names make targets that do not exist: {named - targets}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda source: str(source.path))
def test_the_files_it_points_to_exist(document: Source) -> None:
    here = ROOT / document.path.parent
    gone = [name for name in _PATH.findall(document.text) if not (ROOT / name).exists()]
    gone += [name for name in _LINK.findall(document.text) if not (here / name).exists()]

    assert not gone, f"{document.path} points to {gone}"
