"""What `hub demo` does: a hub of its own, both stories through its doors, and a report that says whether all came out as expected."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console

from chassis import logs
from contracts.codes import LeaverOutcome
from contracts.registry import EDUCATION_FEED
from devkit import demo_story, ground, pasting, report
from devkit import findings as finding
from devkit.accounts import drawn_up
from devkit.evidence import trust_policy
from devkit.findings import Finding, Looking
from devkit.home import Home
from devkit.hub import FREE_PORTS, Hub, hub_at_work
from devkit.partners import Partners
from devkit.population import Pupil, newcomers, pupils
from devkit.progress import Progress
from devkit.report import Told
from devkit.sandbox.inner import inner_doors
from devkit.sandbox_client import SandboxClient
from devkit.streams import everything_on

# The newcomers' month, and the school year that ends in the summer after it; the same for everyone who runs this.
MONTH, SCHOOL_YEAR = date(2026, 3, 1), 2025
# Who left in the summer is decided on 1 October; a month later the proofs of part-time tracks count as known.
WINDOWS = (date(2026, 10, 1), date(2026, 11, 2))
_OPERATOR = "operator1"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many people."""

    newcomers: int
    pupils: int


async def run(home: Home, count: Sizes, seed: int, console: Console) -> int:
    """Run it; 0 when everything came out as expected, else 1.

    Raises:
        DevkitError: it cannot run here; the message says what to do.
    """
    started = time.monotonic()
    stage = Home(home.folder / "demo")
    await _clear(stage)
    stage.make()
    with (stage.logs / "hub.log").open("a") as log, Progress(console) as progress:
        logs.configure(log)
        try:
            laid = await ground.lay(stage, say=progress.say)
            async with hub_at_work(laid, FREE_PORTS) as hub:
                console.print(
                    f"A hub of its own is up in {pasting.shown(stage.folder)} ({time.monotonic() - started:.1f} s)", soft_wrap=True
                )
                good = await _story(hub, count, seed, progress, console)
        finally:
            await asyncio.to_thread(ground.lift, stage)
    console.print(f"{time.monotonic() - started:.0f} s in all")
    return 0 if good else 1


async def _clear(stage: Home) -> None:
    """The same beginning each time; a demo that was killed may have left its server behind."""
    if stage.folder.exists():
        stage.refuse_a_second()
        await asyncio.to_thread(ground.lift, stage)
        shutil.rmtree(stage.folder)


async def _story(hub: Hub, count: Sizes, seed: int, progress: Progress, console: Console) -> bool:
    people, school = list(newcomers(seed, count.newcomers, MONTH)), list(pupils(seed, count.pupils, SCHOOL_YEAR))
    keys, policy = hub.ground.home.keys, trust_policy(hub.ground.home.keys)
    async with Partners(hub.addresses, keys) as partners, SandboxClient(hub.addresses.sandbox) as sandbox:
        story = demo_story.Story(partners, sandbox, progress.day)
        fed_from = time.monotonic()
        await story.tell(people, school, MONTH)
        await story.pass_by(WINDOWS)
        whose = f"{count.newcomers} newcomers of {MONTH:%B %Y} and {count.pupils} pupils of the school year {SCHOOL_YEAR}-{SCHOOL_YEAR + 1}"
        console.print(f"{whose}, and the windows after them ({time.monotonic() - fed_from:.1f} s)\n")
        progress.say("looking at what came of it")
        async with inner_doors(hub.addresses.services, keys) as doors:
            looking = Looking(partners[_OPERATOR], doors, policy)
            found = await looking.at_newcomers(people)
            year = await _school_year(hub, looking, school)
        told = [
            one
            for who, findings in (("newcomer", found), ("school leaver", year.findings))
            if (one := _told(who, findings, hub.ground.home, policy)) is not None
        ]
        accounts = await drawn_up(story.fed, partners)
    good = report.show(report.Story(story.fed, accounts, found, year, told), console)
    _where_next(hub.ground.home, told, console)
    return good


async def _school_year(hub: Hub, looking: Looking, school: Sequence[Pupil]) -> report.Year:
    """Everybody who neither goes on nor is qualified, one by one; that nobody else was announced, from the feed's own stream."""
    others = [pupil for pupil in school if pupil.expected.feed not in (LeaverOutcome.CONTINUES, LeaverOutcome.QUALIFIED)]
    findings = await looking.at_pupils(others)
    events = await everything_on(hub.ground.open_bus, [EDUCATION_FEED.topic], "demo")
    announced = frozenset(str(event.key) for event in events)
    expected = frozenset(str(found.journey.person_id) for pupil, found in zip(others, findings, strict=True) if pupil.expected.announced)
    return report.Year(findings, len(school) - len(others), announced, expected)


def _told(who: str, found: Sequence[Finding], home: Home, policy: bytes) -> Told | None:
    """The first person with proven evidence; their bundle is written beside the policy to verify it with."""
    for one in found:
        for evidence in one.journey.evidence:
            if evidence.report is not None:
                folder = home.folder / "evidence"
                folder.mkdir(exist_ok=True)
                (home.folder / "policy.txt").write_bytes(policy)
                bundle = folder / f"{evidence.notice_id}.evidence.zip"
                bundle.write_bytes(evidence.bundle)
                refused = finding.refused_when_changed(evidence, policy)
                return Told(who, one, evidence, refused, bundle, _letter(one, home.print_folder))
    return None


def _letter(one: Finding, folder: Path) -> Path | None:
    """The PDF of the person's first delivery."""
    files = (folder / f"{delivery}.pdf" for delivery in one.journey.ids("deliveryId"))
    return next((file for file in files if file.exists()), None)


def _where_next(home: Home, told: Sequence[Told], console: Console) -> None:
    console.print("\nWhere to look next (the demo's hub is down; its state stays until the next demo):")
    for one in told[:1]:
        files = f"{pasting.shown(one.bundle_file)} --policy {pasting.shown(home.folder / 'policy.txt')}"
        console.print(f"  {pasting.plain(f'verify {files}')}", soft_wrap=True)
    console.print(f"  {pasting.here(home, 'up')}", soft_wrap=True)
    console.print("and, while that is up, from another terminal in this folder:")
    for one in told:
        console.print(f"  {pasting.here(home, f'journey {one.finding.journey.person_id}')}", soft_wrap=True)
    console.print(f"  {pasting.here(home, 'watch --history')}", soft_wrap=True)
