"""The rules about what may never be committed catch it; the offending lines are put together here so that this file passes them itself."""

from pathlib import PurePosixPath

import pytest

from tests.architecture.house.portability import no_machine_paths, no_package_hosts, no_real_person_numbers
from tests.architecture.house.source import Source


def _line(*parts: str) -> Source:
    return Source(PurePosixPath("docs/example.md"), "".join(parts) + "\n")


@pytest.mark.parametrize("folder", ["work", "root", "home/jan", "Users/jan"])
def test_a_path_of_one_machine_is_found(folder: str) -> None:
    assert list(no_machine_paths(_line("see /", folder, "/main/README.md")))


@pytest.mark.parametrize("text", ["/usr/bin/chromium", "docs/work/plan.md", "./work/x", "${HOME}/root/x", "a/home/b/c"])
def test_a_path_of_any_machine_is_not(text: str) -> None:
    assert not list(no_machine_paths(_line(text)))


@pytest.mark.parametrize("host", ["pypi", "registry.npmjs", "repo.maven.apache", "deb.debian"])
def test_a_package_host_is_found(host: str) -> None:
    assert list(no_package_hosts(_line("https://", host, ".org/simple")))


def test_the_name_of_a_registry_in_prose_is_not() -> None:
    assert not list(no_package_hosts(_line("a wheel from PyPI, a jar from Maven")))


@pytest.mark.parametrize("number", ["640310005" + "90", "64.03.10-005" + ".90"])
def test_a_person_number_that_could_be_real_is_found(number: str) -> None:
    assert list(no_real_person_numbers(_line("number ", number)))


@pytest.mark.parametrize("text", ["06641000507", "20261122043", "sha256:" + "640310005" + "90ab", "640310005" + "51"])
def test_a_test_number_or_another_number_is_not(text: str) -> None:
    assert not list(no_real_person_numbers(_line("number ", text)))
