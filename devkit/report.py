"""The demo's report: what went in, what came out, and whether that was expected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from devkit import pasting
from devkit.accounts import Account
from devkit.demo_story import Fed
from devkit.findings import Finding, bundles, channels, latency_ms
from devkit.journey import Evidence, render


@dataclass(frozen=True, slots=True)
class Told:
    """A person whose journey the report tells, with what was written for them."""

    who: str
    finding: Finding
    evidence: Evidence
    refused_when_changed: bool
    bundle_file: Path
    letter_file: Path | None


@dataclass(frozen=True, slots=True)
class Year:
    """The school year: everybody looked up one by one, how many go on beside them, and of how many registration heard."""

    findings: Sequence[Finding]
    go_on: int
    announced: frozenset[str]  # person ids in the feed's stream
    expected: frozenset[str]  # person ids of those whom it should announce

    @property
    def nobody_else(self) -> bool:
        """Whether the feed announced those it should and no one else."""
        return self.announced == self.expected


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the report tells."""

    fed: Fed
    accounts: Sequence[Account]
    newcomers: Sequence[Finding]
    year: Year
    told: Sequence[Told]

    @property
    def findings(self) -> Sequence[Finding]:
        """Everybody who was looked up."""
        return [*self.newcomers, *self.year.findings]


def show(story: Story, console: Console) -> bool:
    """Print everything; whether all came out as expected."""
    _facts(story.fed, console)
    _records(story.accounts, console)
    _outcomes("Newcomers", story.newcomers, console)
    console.print()
    _outcomes("School leavers", story.year.findings, console)
    _school_year(story.year, console)
    _notices(story.findings, console)
    _terms(story.newcomers, console)
    count, half, most = latency_ms(story.newcomers, story.fed.posted_at)
    console.rule("Latency", align="left")
    console.print(
        f"contract posted -> intent to send its letter committed to the log: p50 {half:.0f} ms, p95 {most:.0f} ms ({count} contracts)\n"
    )
    for told in story.told:
        _one_person(told, console)
    return _verdict(story, console)


def _facts(fed: Fed, console: Console) -> None:
    console.rule("Facts in", align="left")
    _counted(("fact", "number"), {_words(kind): count for kind, count in sorted(fed.kinds.items())}, console)
    console.print(f"sent {_listed(fed.ways)}; the doors said {_listed(fed.answers)}\n")


def _records(accounts: Sequence[Account], console: Console) -> None:
    console.rule("Records in, current outcomes", align="left")
    table = Table(box=None, pad_edge=False)
    for heading in ("sender", "told by", "records", "outcomes", "what the sender is told now"):
        table.add_column(heading, justify="right" if heading in ("records", "outcomes") else "left")
    for one in sorted(accounts, key=lambda account: (account.api, account.client)):
        colour = "" if one.closes else "[red]"
        table.add_row(one.client, one.api, str(one.records), f"{colour}{one.results.total()}", _listed(one.results))
    console.print(table)
    console.print()


def _school_year(year: Year, console: Console) -> None:
    registered = sum(found.notified for found in year.findings)
    console.print(f"beside them {year.go_on} pupils go on or are qualified, of whom registration never hears")
    found = f"{len(year.announced)} leaves were announced to registration, {len(year.expected)} of them expected"
    console.print(f"{found}; {registered} true leavers registered{'' if year.nobody_else else ' [red](somebody else was announced)[/]'}\n")


def _outcomes(whose: str, findings: Sequence[Finding], console: Console) -> None:
    console.rule(whose, align="left")
    table = Table(box=None, pad_edge=False)
    for heading in ("outcome", "rule", "reasons", "people", "expected"):
        table.add_column(heading, justify="right" if heading in ("people", "expected") else "left")
    got = Counter((found.outcome, found.rule) for found in findings)
    wanted = Counter((str(found.wanted.outcome), found.wanted.rule) for found in findings)
    why: dict[tuple[str, str], Counter[str]] = {}
    for found in findings:
        why.setdefault((found.outcome, found.rule), Counter()).update(found.reasons)
    for key in sorted(got.keys() | wanted.keys(), key=lambda one: (-got[one], one)):
        colour = "" if got[key] == wanted[key] else "[red]"
        table.add_row(*key, ", ".join(sorted(why.get(key, ()))), f"{colour}{got[key]}", str(wanted[key]))
    console.print(table)
    registered = sum(found.notified for found in findings)
    console.print(f"{registered} registered by the hub and told so by letter")


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
    console.rule(f"The journey of one {told.who}", align="left")
    render(told.finding.journey, console)
    says = "refused as tampered" if told.refused_when_changed else "[red]ACCEPTED[/]"
    console.print(f"\nthe same bundle with one byte changed: {says}")
    if told.letter_file is not None:
        console.print(f"the letter itself: {pasting.shown(told.letter_file)}", soft_wrap=True)
    console.print()


def _verdict(story: Story, console: Console) -> bool:
    wrong = [found for found in story.findings if not found.as_expected]
    unproven = [one for one in bundles(story.findings) if one.report is None]
    console.rule("Verdict", align="left")
    for found in wrong[:20]:
        wanted = found.wanted
        expected = f"{wanted.outcome} {wanted.rule}{' and a letter' if wanted.registered else ''}"
        got = f"{found.outcome} {found.rule} {','.join(found.reasons)}{' and a letter' if found.notified else ''}"
        console.print(f"[red]not as expected[/] {wanted.kind}: {got}; expected {expected}; hub journey {found.journey.person_id}")
    for one in unproven[:20]:
        console.print(f"[red]not proven[/] notice {one.notice_id}: {one.why}")
    for account in story.accounts:
        if not account.closes:
            console.print(f"[red]{account.client} sent {account.records} records to {account.api} and has other outcomes[/]")
    if not story.told:
        console.print("[red]nobody among so few people is told anything by letter, so there was no evidence to verify[/]; try --count 100")
    good = not wrong and not unproven and story.year.nobody_else and all(account.closes for account in story.accounts)
    good = good and bool(story.told) and all(told.refused_when_changed for told in story.told)
    if good:
        pupils = len(story.year.findings) + story.year.go_on
        whose = f"all {len(story.newcomers)} newcomers and {pupils} pupils"
        console.print(f"[green]{whose} came to the outcome that was expected, and no one else was found[/]")
    return good


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
