"""Starts a baseline's processes and waits until each says that it is ready."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from devkit.errors import DidNotStart
from devkit.processes import last_lines

ROOT = Path(__file__).resolve().parents[2]
_READY_S = 60.0
_ENDS_S = 20.0


@asynccontextmanager
async def running(commands: Mapping[str, Sequence[str]], log: Path) -> AsyncIterator[Mapping[str, int]]:
    """The process id of each Python module by name; what they complain about goes into one file, shown when one does not start."""
    started: dict[str, asyncio.subprocess.Process] = {}
    with log.open("ab") as complaints:
        try:
            for name, command in commands.items():
                started[name] = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    *command,
                    cwd=ROOT,
                    env={**os.environ, "PYTHONUNBUFFERED": "1"},
                    stdout=asyncio.subprocess.PIPE,
                    stderr=complaints,
                )
            for name, process in started.items():
                async with asyncio.timeout(_READY_S):
                    await _ready(name, process, log)
            yield {name: process.pid for name, process in started.items()}
        finally:
            await _end(list(started.values()))


async def _ready(name: str, process: asyncio.subprocess.Process, log: Path) -> None:
    assert process.stdout is not None
    while (line := await process.stdout.readline()) != b"ready\n":
        if not line:
            raise DidNotStart(name, log, last_lines(log))


async def _end(processes: Sequence[asyncio.subprocess.Process]) -> None:
    for process in processes:
        if process.returncode is None:
            process.terminate()
    for process in processes:
        try:
            async with asyncio.timeout(_ENDS_S):
                await process.wait()
        except TimeoutError:
            process.kill()
