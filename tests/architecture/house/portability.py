"""Rules about what may never be committed: this machine's paths, package hosts, numbers of real people."""

import re
from collections.abc import Iterator

from tests.architecture.house.source import Finding, Source

_MACHINE_PATH = re.compile(r"(?<![\w./$}*-])/(?:work|root|home/\w+|Users/\w+|opt/wheels|tmp/b)/")
_PACKAGE_HOST = re.compile(
    r"\b(?:pypi\.org|(?:files\.)?pythonhosted\.org|registry\.npmjs\.org|repo1?\.maven(?:\.apache)?\.org|proxy\.golang\.org"
    r"|(?:static\.|index\.)?crates\.io|deb\.debian\.org|security\.debian\.org|archive\.ubuntu\.com)\b|--(?:extra-)?index-url"
)
_PERSON_NUMBER = re.compile(r"(?<![\w.+-])(\d{2})\.?(\d{2})\.?(\d{2})[-.]?(\d{3})[-.]?(\d{2})(?![\w-]|\.\d)")
# Published check-digit vectors: somewhere a national number and a BIS number must be told from a test number.
_PUBLISHED_VECTORS = {"tests/unit/contracts/test_ssin.py"}
_THE_EXAMPLE = "85073003328"  # of the public documentation (domain.md 2.1): what the sandbox must refuse
_TEST_MONTHS = range(61, 73)  # BCSS test numbers: month + 60 (facts.md)


def no_machine_paths(source: Source) -> Iterator[Finding]:
    """A clone works anywhere, so nothing in it knows where it was written."""
    for number, line in _lines(source):
        if found := _MACHINE_PATH.search(line):
            yield Finding(source.path, number, f"{found.group()}: a path of one machine")


def no_package_hosts(source: Source) -> Iterator[Finding]:
    """Where packages come from is the reader's own setting (a mirror, a company proxy), never the tree's."""
    for number, line in _lines(source):
        if found := _PACKAGE_HOST.search(line):
            yield Finding(source.path, number, f"{found.group()}: names a package host")


def no_real_person_numbers(source: Source) -> Iterator[Finding]:
    """A number with right check digits and a real month could be somebody's; only test numbers (month 61 to 72) are committed."""
    if source.path.suffix == ".lock" or str(source.path) in _PUBLISHED_VECTORS:
        return
    for number, line in _lines(source):
        for found in _PERSON_NUMBER.finditer(line):
            if "".join(found.groups()) != _THE_EXAMPLE and _could_be_somebodys(*found.groups()):
                yield Finding(source.path, number, "a person number that could be real: use a test number (month 61 to 72)")


def _could_be_somebodys(_year: str, month: str, day: str, serial: str, check: str) -> bool:
    if int(month) in _TEST_MONTHS or int(month) % 20 > 12 or int(day) > 31 or serial in {"000", "999"}:
        return False
    digits = int(_year + month + day + serial)
    return int(check) in {97 - digits % 97, 97 - (2_000_000_000 + digits) % 97}


def _lines(source: Source) -> Iterator[tuple[int, str]]:
    return enumerate(source.text.splitlines(), 1)
