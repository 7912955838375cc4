"""The sandbox's term calculations: by the rows the services decide with, on days that are easy to get wrong."""

from datetime import date, datetime
from typing import Any

import pytest

from chassis.clock import local_midnight
from devkit.errors import NoSuchRule
from devkit.sandbox.calculations import Calculated, calculate


def ends(rule_id: str, anchor: str, **parameters: Any) -> str | None:
    """The last day."""
    last_day = calculate(rule_id, local_midnight(date.fromisoformat(anchor)), parameters).last_day
    return last_day.isoformat() if last_day is not None else None


@pytest.mark.parametrize(
    ("rule_id", "anchor", "last_day"),
    [
        ("nieuwkomer.inschrijving.wettelijk", "2026-01-01", "2026-03-02"),
        ("nieuwkomer.inschrijving.beleid", "2026-01-01", "2026-03-01"),
        ("nieuwkomer.inschrijving.beleid", "2025-12-31", "2026-02-28"),
        ("obligationReminder30", "2026-01-01", "2026-01-31"),
        ("obligationReminder45", "2026-01-01", "2026-02-15"),
        ("schoolverlater.venster.schooljaar", "2026-07-01", "2026-09-30"),
        ("schoolverlater.venster.schooljaar", "2026-08-31", "2026-09-30"),
        ("schoolverlater.venster.tussentijds", "2026-02-02", "2026-02-16"),
        ("objection.answer", "2026-01-31", "2026-02-28"),
        ("bericht.beroep.controledienst", "2026-08-01", "2026-11-02"),  # 1 November is a holiday and a Sunday
        ("noticeUnopened.reminder", "2026-12-24", "2027-01-04"),  # Christmas, New Year and weekends do not count
        # What is so from an instant on: the day before is the last on which it is not.
        ("leerplicht.einde", "2008-06-30", "2026-06-29"),
        ("leerplicht.einde", "2008-07-01", "2026-06-29"),
        ("leerplicht.einde", "2008-02-29", "2026-02-28"),
        ("minAge", "2008-02-29", "2026-02-28"),
        ("upperAge", "2001-10-01", "2026-09-30"),
        ("schoolverlater.led_vers", "2026-08-31", "2026-09-30"),
        ("schoolverlater.led_vers", "2026-06-15", "2026-08-14"),
    ],
)
def test_the_last_day_of_a_term(rule_id: str, anchor: str, last_day: str) -> None:
    assert ends(rule_id, anchor) == last_day


def test_a_term_is_over_at_the_midnight_after_its_last_day_in_brussels() -> None:
    found = calculate("nieuwkomer.inschrijving.wettelijk", local_midnight(date(2026, 1, 1)), {})
    assert found == Calculated(date(2026, 3, 2), datetime.fromisoformat("2026-03-02T23:00:00Z"))
    summer = calculate("schoolverlater.venster.schooljaar", local_midnight(date(2026, 8, 31)), {})
    assert summer.ends_at == datetime.fromisoformat("2026-09-30T22:00:00Z")


def test_parameters_change_what_they_are_about() -> None:
    assert ends("schoolverlater.led_vers", "2026-08-31", reason="X", programme=2) == "2026-10-30"
    assert ends("insertionStart", "2026-06-30", registeredOn="2026-08-09") == "2026-07-31"
    assert ends("insertionStart", "2026-06-30", registeredOn="2026-08-10") == "2026-08-09"
    assert ends("bericht.beroep.controledienst", "2026-08-03", bodyKind="decreeBody", informed=False) == "2027-03-03"


def test_a_term_that_nobody_started_has_no_end() -> None:
    assert ends("bericht.beroep.controledienst", "2026-08-03", bodyKind="court", informed=False) is None


def test_an_sms_in_quiet_hours_leaves_in_the_morning() -> None:
    at_night = datetime.fromisoformat("2026-03-02T21:30:00+01:00")
    assert calculate("smsQuietHours", at_night, {}).ends_at == datetime.fromisoformat("2026-03-03T08:00:00+01:00")


def test_a_rule_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(NoSuchRule, match="upperAge"):
        calculate("lunchBreak", local_midnight(date(2026, 1, 1)), {})
