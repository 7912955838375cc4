"""What a test did and found, shown at the end of the run also when it passed, and whichever process ran it."""

import sys
from collections.abc import Callable

import pytest

Tell = Callable[[str], None]
_NAME = "told"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Give a function that keeps a line for the summary; it stands in the captured output, too, should the test hang."""

    def keep(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        record_property(_NAME, line)

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was told, by test."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        if report.when == "call" and (lines := [line for name, line in report.user_properties if name == _NAME]):
            terminalreporter.section(report.nodeid)
            for line in lines:
                terminalreporter.write_line(str(line))
