"""What a long command is doing now: a line that changes on a terminal, elsewhere a line a week of the story."""

from datetime import date
from types import TracebackType
from typing import Self

from rich.console import Console


class Progress:
    """Shows that it goes on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("starting")
        self._week = (0, 0)

    def say(self, line: str) -> None:
        """Say what is done next."""
        self._status.update(line)
        if not self._console.is_terminal:
            self._console.print(line, soft_wrap=True)

    def day(self, day: date) -> None:
        """Say which day of the story it is."""
        week = day.isocalendar()[:2]
        if self._console.is_terminal or week != self._week:
            self._week = week
            self.say(f"it is {day:%A %-d %B %Y}")

    def __enter__(self) -> Self:
        """Begin to show."""
        self._status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the line to what comes next."""
        self._status.stop()
