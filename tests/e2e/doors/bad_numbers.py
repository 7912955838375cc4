"""Person numbers that are none, each with the reason a door gives."""

from datetime import date

from devkit.population import tst
from tests.e2e.doors.stand import TODAY

GOOD = tst(date(1990, 5, 17), 401)
# The public example of a national number: well formed, and therefore never taken in a sandbox.
PUBLIC_EXAMPLE = "85073003328"


def _completed(first_nine: str) -> str:
    """With the check digits that fit, of someone born before 2000."""
    return f"{first_nine}{97 - int(first_nine) % 97:02}"


FORM = "notElevenDigits"
BAD_NUMBERS: dict[str, tuple[str, str]] = {
    "wrong check digits": (f"{GOOD[:9]}{int(GOOD[9:]) % 97 + 1:02}", "checkDigits"),
    "check digits 00": (GOOD[:9] + "00", "checkDigits"),
    "ten digits": (GOOD[:10], FORM),
    "twelve digits": (GOOD + "0", FORM),
    "a trailing newline": (GOOD + "\n", FORM),
    "a leading space": (" " + GOOD, FORM),
    "separators": (f"{GOOD[:2]}.{GOOD[2:4]}.{GOOD[4:6]}-{GOOD[6:9]}.{GOOD[9:]}", FORM),
    "full-width digits": (GOOD.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}), FORM),
    "Arabic digits": (GOOD.translate({ord(digit): ord(digit) + 0x630 for digit in "0123456789"}), FORM),
    "letters": ("Verborgenae", FORM),
    "serial 000": (_completed("906517000"), "serialOutOfRange"),
    "serial 999": (_completed("906517999"), "serialOutOfRange"),
    "30 February": (_completed("906230001"), "noSuchDay"),
    "month 99": (_completed("909917001"), "noSuchMonth"),
    "a birth in the future": (tst(date(TODAY.year + 4, 5, 17), 3), "birthDateInFuture"),
    "a birth after the hub's today": (tst(TODAY.replace(day=TODAY.day + 1), 3), "birthDateInFuture"),
    "a real-looking number in a sandbox": (PUBLIC_EXAMPLE, "realNumberInSandbox"),
}
