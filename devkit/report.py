"""The demo's report: what went in, what came out, whether that was expected, and where to look next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from devkit import pasting
from devkit.demo_month import Fed
from devkit.findings import Finding, bundles, channels, latency_ms
from devkit.journey import Evidence, render


@dataclass(frozen=True, slots=True)
class Told:
    """The person whose journey the report tells, with what was written for them."""

    finding: Finding
    evidence: Evidence
    refused_when_changed: bool
    bundle_file: Path
    letter_file: Path | None


def show(fed: Fed, findings: Sequence[Finding], told: Told | None, console: Console) -> bool:
    """Print everything; whether all came out as expected."""
    _facts(fed, console)
    _outcomes(findings, console)
    _notices(findings, console)
    _terms(findings, console)
    count, half, most = latency_ms(findings, fed.posted_at)
    console.rule("Latency", align="left")
    console.print(
        f"contract posted -> intent to send its letter committed to the log: p50 {half:.0f} ms, p95 {most:.0f} ms ({count} contracts)\n"
    )
    if told is not None:
        _one_person(told, console)
    return _verdict(findings, told, console)


def _facts(fed: Fed, console: Console) -> None:
    console.rule("Facts in", align="left")
    _counted(("fact", "number"), {_words(kind): count for kind, count in sorted(fed.kinds.items())}, console)
    console.print(f"sent {_listed(fed.ways)}; the doors said {_listed(fed.answers)}\n")


def _outcomes(findings: Sequence[Finding], console: Console) -> None:
    console.rule("Outcomes", align="left")
    table = Table(box=None, pad_edge=False)
    for heading in ("outcome", "rule", "reasons", "people", "expected"):
        table.add_column(heading, justify="right" if heading in ("people", "expected") else "left")
    got = Counter((found.outcome, found.rule) for found in findings)
    wanted = Counter((str(found.expected.outcome), found.expected.rule) for found in findings)
    why: dict[tuple[str, str], Counter[str]] = {}
    for found in findings:
        why.setdefault((found.outcome, found.rule), Counter()).update(found.reasons)
    for key in sorted(got.keys() | wanted.keys(), key=lambda one: (-got[one], one)):
        colour = "" if got[key] == wanted[key] else "[red]"
        table.add_row(*key, ", ".join(sorted(why.get(key, ()))), f"{colour}{got[key]}", str(wanted[key]))
    console.print(table)
    registered = sum(found.notified for found in findings)
    console.print(f"{registered} registered by the hub and told so by letter\n")


def _notices(findings: Sequence[Finding], console: Console) -> None:
    console.rule("Notices", align="left")
    table = Table(box=None, pad_edge=False)
    for heading in ("purpose", "channel", "state", "number"):
        table.add_column(heading, justify="right" if heading == "number" else "left")
    for (purpose, channel, state), count in sorted(channels(findings).items()):
        table.add_row(purpose, channel, state, str(count))
    console.print(table)
    found = bundles(findings)
    proven = sum(one.report is not None for one in found)
    console.print(f"evidence fetched and verified offline: {proven} of {len(found)} bundles proven\n")


def _terms(findings: Sequence[Finding], console: Console) -> None:
    console.rule("Terms", align="left")
    states = Counter(state for found in findings for state in found.terms)
    console.print(f"{sum(states.values())} opened: {_listed(states) or 'none'}\n")


def _one_person(told: Told, console: Console) -> None:
    console.rule("One person's journey", align="left")
    render(told.finding.journey, console)
    says = "refused as tampered" if told.refused_when_changed else "[red]ACCEPTED[/]"
    console.print(f"\nthe same bundle with one byte changed: {says}")
    if told.letter_file is not None:
        console.print(f"the letter itself: {pasting.shown(told.letter_file)}", soft_wrap=True)
    console.print()


def _verdict(findings: Sequence[Finding], told: Told | None, console: Console) -> bool:
    wrong = [found for found in findings if not found.as_expected]
    unproven = [one for one in bundles(findings) if one.report is None]
    console.rule("Verdict", align="left")
    for found in wrong[:20]:
        expected = f"{found.expected.outcome} {found.expected.rule}{' and a letter' if found.expected.registered else ''}"
        got = f"{found.outcome} {found.rule} {','.join(found.reasons)}{' and a letter' if found.notified else ''}"
        console.print(f"[red]not as expected[/] {found.newcomer.kind}: {got}; expected {expected}; hub journey {found.journey.person_id}")
    for one in unproven[:20]:
        console.print(f"[red]not proven[/] notice {one.notice_id}: {one.why}")
    honest = told is None or told.refused_when_changed
    if not wrong and not unproven and honest:
        console.print(f"[green]all {len(findings)} newcomers came to the outcome that was expected[/]")
    return not wrong and not unproven and honest


def _counted(headings: tuple[str, str], counts: Mapping[str, int], console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column(headings[0])
    table.add_column(headings[1], justify="right")
    for name, count in counts.items():
        table.add_row(name, str(count))
    console.print(table)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def _words(name: str) -> str:
    """PersonChange -> person change."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
