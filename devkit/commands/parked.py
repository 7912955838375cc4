"""`hub parked`: records set aside with their cause."""

from typing import Annotated
from uuid import UUID

import typer

from devkit.commands.options import ByOption, HomeOption, console, home_of, keys_folder, run_now

app = typer.Typer(no_args_is_help=True, help="Records set aside with their cause: list, show, handle again, let go.")


@app.command("list")
def list_parked(home: HomeOption = None) -> None:
    """List what is parked at every service, grouped by cause."""
    from devkit import parked  # noqa: PLC0415

    run_now(parked.show_all(home_of(home).addresses(), keys_folder(home), console()))


@app.command("show")
def show_parked(parked_id: UUID, home: HomeOption = None) -> None:
    """Show everything but the content of one parked record, and what to do."""
    from devkit import parked  # noqa: PLC0415

    run_now(parked.show_one(home_of(home).addresses(), keys_folder(home), parked_id, console()))


@app.command("redrive")
def redrive(parked_id: UUID, by: ByOption = "operator", home: HomeOption = None) -> None:
    """Handle a record again, then those of its person that waited behind it; mend the cause first."""
    from devkit import parked  # noqa: PLC0415

    raise typer.Exit(run_now(parked.redrive(home_of(home).addresses(), keys_folder(home), parked_id, by, console())))


@app.command("discard")
def discard(
    parked_id: UUID,
    by: ByOption = "operator",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: HomeOption = None,
) -> None:
    """Let a record go for good: it will have no effect, ever."""
    from devkit import parked  # noqa: PLC0415

    if not yes:
        typer.confirm("Its effect is lost for good. Discard it?", abort=True)
    run_now(parked.discard(home_of(home).addresses(), keys_folder(home), parked_id, by, console()))
