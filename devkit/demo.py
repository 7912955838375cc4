"""What `hub demo` does: a hub of its own, a month through its doors, and a report that says whether all came out as expected."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from chassis import logs
from devkit import findings as finding
from devkit import ground, pasting, report
from devkit.demo_month import Month
from devkit.evidence import trust_policy
from devkit.findings import Finding
from devkit.home import Home
from devkit.hub import FREE_PORTS, Hub, hub_at_work
from devkit.partners import Partners
from devkit.population import newcomers
from devkit.progress import Progress
from devkit.report import Told
from devkit.sandbox.inner import inner_doors
from devkit.sandbox_client import SandboxClient

# A month in which nothing but the newcomers matters; the same for everyone who runs this.
MONTH = date(2026, 3, 1)
_OPERATOR = "operator1"


async def run(home: Home, count: int, seed: int, console: Console) -> int:
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


async def _story(hub: Hub, count: int, seed: int, progress: Progress, console: Console) -> bool:
    people = list(newcomers(seed, count, MONTH))
    keys, policy = hub.ground.home.keys, trust_policy(hub.ground.home.keys)
    async with Partners(hub.addresses, keys) as partners, SandboxClient(hub.addresses.sandbox) as sandbox:
        month = Month(partners, sandbox, progress.day)
        fed_from = time.monotonic()
        await month.pass_over(people, MONTH)
        console.print(f"{count} newcomers of {MONTH:%B %Y} and the windows after it ({time.monotonic() - fed_from:.1f} s)\n")
        progress.say("looking at what came of it")
        async with inner_doors(hub.addresses.services, keys) as doors:
            found = await finding.find(people, partners[_OPERATOR], doors, policy)
    told = _told(found, hub.ground.home, policy)
    good = report.show(month.fed, found, told, console)
    _where_next(hub.ground.home, told, console)
    return good


def _told(found: Sequence[Finding], home: Home, policy: bytes) -> Told | None:
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
                return Told(one, evidence, refused, bundle, _letter(one, home.print_folder))
    return None


def _letter(one: Finding, folder: Path) -> Path | None:
    """The PDF of the person's first delivery."""
    files = (folder / f"{delivery}.pdf" for delivery in one.journey.ids("deliveryId"))
    return next((file for file in files if file.exists()), None)


def _where_next(home: Home, told: Told | None, console: Console) -> None:
    console.print("\nWhere to look next (the demo's hub is down; its state stays until the next demo):")
    if told is not None:
        files = f"{pasting.shown(told.bundle_file)} --policy {pasting.shown(home.folder / 'policy.txt')}"
        console.print(f"  {pasting.plain(f'verify {files}')}", soft_wrap=True)
    console.print(f"  {pasting.here(home, 'up')}", soft_wrap=True)
    console.print("and, while that is up, from another terminal in this folder:")
    if told is not None:
        console.print(f"  {pasting.here(home, f'journey {told.finding.journey.person_id}')}", soft_wrap=True)
    console.print(f"  {pasting.here(home, 'watch --history')}", soft_wrap=True)
