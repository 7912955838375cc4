"""`hub switch`: data protocols and rule rows of a running hub."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from devkit.commands.options import ByOption, HomeOption, console, home_of, keys_folder, run_now

app = typer.Typer(no_args_is_help=True, help="Data protocols and rule rows: what stands, who switched what; on, off, from and until a day.")


class State(StrEnum):
    """What to switch to."""

    ON = "on"
    OFF = "off"


StateArgument = Annotated[State, typer.Argument(help="on or off.")]
FromOption = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day it holds; open when not given.")]
UntilOption = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day it holds; open when not given.")]


@app.command("list")
def list_switches(home: HomeOption = None) -> None:
    """Show how every data protocol stands today, how rule rows ship, and all that was ever switched, by whom and when."""
    from devkit import switches  # noqa: PLC0415

    run_now(switches.show_all(home_of(home).addresses(), keys_folder(home), console()))


@app.command("protocol")
def switch_protocol(
    flow: Annotated[str, typer.Argument(help="A data flow, as `hub switch list` names it.")],
    state: StateArgument,
    since: FromOption = None,
    until: UntilOption = None,
    by: ByOption = "operator",
    home: HomeOption = None,
) -> None:
    """Say whether a data flow has a valid protocol, and when; every service is told. What it parked is sent with `hub parked redrive`."""
    _switch("dataProtocols", flow, state, since, until, by, home)


@app.command("rule")
def switch_rule(
    row: Annotated[str, typer.Argument(help="A rule row, as `hub switch list` names it.")],
    state: StateArgument,
    since: FromOption = None,
    until: UntilOption = None,
    by: ByOption = "operator",
    home: HomeOption = None,
) -> None:
    """Say whether a rule row holds, and when; who switches a rule of registration decides no objection from then on."""
    _switch("ruleRows", row, state, since, until, by, home)


def _switch(kind: str, name: str, state: State, since: datetime | None, until: datetime | None, by: str, home: HomeOption) -> None:
    from devkit import switches  # noqa: PLC0415

    if since is not None and until is not None and until < since:
        raise typer.BadParameter("--until lies before --from")
    wanted = switches.Wanted(kind, name, state is State.ON, since and since.date(), until and until.date(), by)
    raise typer.Exit(run_now(switches.switch(home_of(home).addresses(), keys_folder(home), wanted, console())))
