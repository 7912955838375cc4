"""Freezes letters: renders a versioned template into the exact bytes that count from then on."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.codes import Category
from services.notifications.domain.terms import Period
from services.notifications.usecases.book import NoticeBook
from services.notifications.usecases.skeletons import Skeletons

MEDIA_TYPE: Final = "text/html; charset=utf-8"
LANGUAGE: Final = "nl"
_FOLDER = Path(__file__).parents[1] / "templates"
_LAYOUT = "layout"
_MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905 - reads as a list
_CATEGORIES = {
    Category.JOBSEEKER: "werkzoekende",
    Category.WORKING: "werkende",
    Category.STUDENT: "student",
    Category.OBLIGED_WITHOUT_SERVICE: "inschrijvingsplichtige",
}


class Letters:
    """Every template, compiled once; a template that lacks a value fails instead of leaving a gap."""

    def __init__(self, book: NoticeBook) -> None:
        environment = Environment(
            loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, autoescape=True, auto_reload=False, trim_blocks=True
        )
        environment.filters |= {"day": dutch_day, "period": dutch_period, "category": _CATEGORIES.__getitem__}
        environment.globals |= {"sender": book.sender, "human_review": book.human_review}
        self._templates: dict[str, Skeletons] = {}
        self._policies: dict[str, bytes] = {}
        layout = b"".join(path.read_bytes() for path in sorted((_FOLDER / _LAYOUT).rglob("*.j2")))
        for path in sorted(_FOLDER.rglob("*.html.j2")):
            name = path.relative_to(_FOLDER).as_posix()
            if not name.startswith(_LAYOUT):
                template = name.removesuffix(".html.j2")
                self._templates[template] = Skeletons(environment, name)
                self._policies[template] = sha256(layout + path.read_bytes()).digest()

    def freeze(self, template: str, values: Mapping[str, object]) -> bytes:
        """The letter as a self-contained HTML page.

        Raises:
            jinja2.UndefinedError: a value that the template needs is missing.
        """
        return self._templates[template].render(values).encode()

    def policy(self, template: str) -> bytes:
        """The digest of a template with its layout, which goes into the evidence."""
        return self._policies[template]


def dutch_day(day: date) -> str:
    """A date as a letter writes it: 3 maart 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def dutch_period(text: str) -> str:
    """A period as a letter writes it: 3 maanden."""
    period = Period.parse(text)
    months = [f"{period.months} {'maand' if period.months == 1 else 'maanden'}"] if period.months else []
    days = [f"{period.days} {'dag' if period.days == 1 else 'dagen'}"] if period.days else []
    return " en ".join(months + days)
