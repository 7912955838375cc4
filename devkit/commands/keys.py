"""`hub keys`: the keys of an installation."""

import os
from enum import StrEnum
from typing import Annotated

import typer

from devkit.commands.options import HomeOption, home_of, keys_folder, run_now

app = typer.Typer(help="The keys of an installation: made once, rotated while in use.")


class Rotation(StrEnum):
    """Which key to rotate."""

    KEK = "kek"
    PEPPER = "pepper"
    LOG = "log"


@app.callback(invoke_without_command=True)
def keys(context: typer.Context) -> None:
    """Make the keys that are missing; the same as `hub keys create`."""
    if context.invoked_subcommand is None:
        create_keys()


@app.command("create")
def create_keys(home: HomeOption = None) -> None:
    """Make the keys that are missing in HUB_KEYS, or in the state folder; those that are there stay.

    HUB_MODE=production makes keys for production: no demo mark, no token issuer and no clients of a sandbox.
    """
    from devkit.ground import make_keys  # noqa: PLC0415

    folder = keys_folder(home)
    sandbox = os.environ.get("HUB_MODE", "sandbox") != "production"
    make_keys(folder, sandbox=sandbox)
    typer.echo(f"keys for {'a sandbox' if sandbox else 'production'} are in {folder}; keep a copy apart from the databases")


@app.command("rotate")
def rotate_key(kind: Annotated[Rotation, typer.Argument(help="kek, pepper or log.")], home: HomeOption = None) -> None:
    """Add a new key that is used from the next start of each service on; the old ones stay, for what they closed or signed.

    A new log key signs the same log; give verifiers the new trust policy (`hub policy`) before you restart.
    """
    from vault import keyfolder  # noqa: PLC0415

    folder = keys_folder(home)
    match kind:
        case Rotation.KEK:
            typer.echo(f"{keyfolder.rotate_kek(folder)} wraps new data keys from the next start on; then: hub keys rewrap")
        case Rotation.PEPPER:
            version = keyfolder.rotate_pepper(folder)
            typer.echo(f"pepper {version} hides numbers from the next start on; keep the old one while `hub keys left` counts any")
        case Rotation.LOG:
            typer.echo(f"{keyfolder.rotate_log_key(folder).vkey} signs from the next start on")


@app.command("rewrap")
def rewrap_keys(home: HomeOption = None) -> None:
    """Wrap every data key under the newest key-encryption key, while services go on; nothing that is sealed changes.

    Once every process was restarted with the new key and this moves none any more, the file of the old one may go. It enters the vault as
    its owner: by HUB_MIGRATION_VAULT, else in the state folder.
    """
    from devkit import rotation  # noqa: PLC0415

    moved, key = run_now(rotation.rewrap(home_of(home), keys_folder(home)))
    typer.echo(f"{moved} data keys moved to {key}" + ("" if moved else "; none is left under another"))


@app.command("left")
def numbers_left(home: HomeOption = None) -> None:
    """Count the numbers that stand under an old pepper alone; they move as they are seen, and at 0 the old file may go.

    It enters the vault as `hub keys rewrap` does.
    """
    from devkit import rotation  # noqa: PLC0415

    left = run_now(rotation.numbers_left(home_of(home), keys_folder(home)))
    for version, numbers in left.items():
        typer.echo(f"pepper {version}: {numbers} numbers stand under it alone" + ("" if numbers else "; it may go"))
    if not left:
        typer.echo("there is one pepper only")
