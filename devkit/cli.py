"""The `hub` command: runs, shows, watches and mends a hub; each command is a few lines here and its own module beside."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from typer.core import TyperGroup

from devkit.errors import DevkitError
from devkit.home import VARIABLE, Home

Value = TypeVar("Value")


class Commands(TyperGroup):
    """Ends a command that met an expected error with that error's sentence and exit code 1, never with a stack."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        from chassis.errors import HubError  # noqa: PLC0415 - `hub --help` loads neither services nor drivers
        from chassis.http.clients.errors import ClientError  # noqa: PLC0415

        try:
            return super().invoke(ctx)
        except (DevkitError, HubError, ClientError) as error:
            typer.echo(f"hub: {error}", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Run, show, watch and mend an open services hub. Start with: hub demo",
    epilog="What each command prints is shown in docs/operating.md.",
)
parked_app = typer.Typer(no_args_is_help=True, help="Records set aside with their cause: list, show, handle again, let go.")
kafka_app = typer.Typer(no_args_is_help=True, help="Apache Kafka on this machine, without Docker (Java 17 and Maven).")
keys_app = typer.Typer(help="The keys of an installation: made once, rotated while in use.")
app.add_typer(parked_app, name="parked")
app.add_typer(kafka_app, name="kafka")
app.add_typer(keys_app, name="keys")


class Bus(StrEnum):
    """Which bus a hub runs on."""

    POSTGRES = "postgres"
    KAFKA = "kafka"


class Rotation(StrEnum):
    """Which key to rotate."""

    KEK = "kek"
    PEPPER = "pepper"
    LOG = "log"


HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar=VARIABLE, help="The hub's state folder; default .hub in the present folder.")
]
ByOption = Annotated[str, typer.Option("--by", envvar="USER", help="Who decides; kept with the record.")]


@app.command()
def up(
    bus: Annotated[Bus, typer.Option(help="postgres needs nothing else; kafka starts a local broker, too.")] = Bus.POSTGRES,
    home: HomeOption = None,
) -> None:
    """Run the whole hub on this machine until Ctrl-C: databases, bus, services and the sandbox's simulators.

    The first start makes what is missing; later ones take a few seconds. Nothing leaves this machine.
    """
    from devkit.up import run  # noqa: PLC0415

    _run(run(_home(home), kafka=bus is Bus.KAFKA, console=_console()))


@app.command()
def demo(
    count: Annotated[int, typer.Option(min=1, max=2000, help="How many newcomers.")] = 300,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    home: HomeOption = None,
) -> None:
    """Show the main job: a month of integration contracts in, registrations and letters out, the evidence verified.

    Ends by itself: 0 when every newcomer came to the outcome that was expected, else 1. It starts afresh in its own folder each time
    (`demo` in the state folder), so a hub of yours is left alone.
    """
    from devkit.demo import run  # noqa: PLC0415

    raise typer.Exit(_run(run(_home(home), count, seed, _console())))


@app.command()
def migrate(home: HomeOption = None) -> None:
    """Bring the schema of every database up to date, as the owner role.

    With HUB_MIGRATION_<DATABASE> set (integration_feed, registration, notifications, vault, bus) those databases, else the ones of the
    state folder.
    """
    from devkit import ground  # noqa: PLC0415
    from devkit import migrate as migrating  # noqa: PLC0415

    if owners := migrating.from_environment():
        _run(migrating.upgrade_all(owners, typer.echo))
    else:
        _run(ground.lay(_home(home), say=typer.echo))
        ground.lift_unless_used(_home(home))


@app.command()
def topics(
    partitions: Annotated[int, typer.Option(envvar="HUB_TOPIC_PARTITIONS", min=1, help="Partitions of a new topic.")] = 12,
    replication: Annotated[int, typer.Option(envvar="HUB_TOPIC_REPLICATION", min=1, help="Copies of each partition (Kafka).")] = 1,
    home: HomeOption = None,
) -> None:
    """Declare the hub's topics on the bus of HUB_BUS, or on that of the hub that runs here; topics that exist stay as they are."""
    from chassis.bus.topics import PRODUCERS  # noqa: PLC0415
    from devkit.ground import declare_topics  # noqa: PLC0415

    _run(declare_topics(_home(home).the_bus(), partitions, replication))
    for producer in PRODUCERS:
        typer.echo(f"{producer.topic} is declared")


@keys_app.callback(invoke_without_command=True)
def keys(context: typer.Context) -> None:
    """Make the keys that are missing; the same as `hub keys create`."""
    if context.invoked_subcommand is None:
        create_keys()


@keys_app.command("create")
def create_keys(home: HomeOption = None) -> None:
    """Make the keys that are missing in HUB_KEYS, or in the state folder; those that are there stay.

    HUB_MODE=production makes keys for production: no demo mark, no token issuer and no clients of a sandbox.
    """
    from devkit.ground import make_keys  # noqa: PLC0415

    folder = _keys_folder(home)
    sandbox = os.environ.get("HUB_MODE", "sandbox") != "production"
    make_keys(folder, sandbox=sandbox)
    typer.echo(f"keys for {'a sandbox' if sandbox else 'production'} are in {folder}; keep a copy apart from the databases")


@keys_app.command("rotate")
def rotate_key(kind: Annotated[Rotation, typer.Argument(help="kek, pepper or log.")], home: HomeOption = None) -> None:
    """Add a new key that is used from the next start of each service on; the old ones stay, for what they closed or signed.

    A new log key signs the same log; give verifiers the new trust policy (`hub policy`) before you restart.
    """
    from vault import keyfolder  # noqa: PLC0415

    folder = _keys_folder(home)
    match kind:
        case Rotation.KEK:
            typer.echo(f"{keyfolder.rotate_kek(folder)} wraps new data keys from the next start on")
        case Rotation.PEPPER:
            typer.echo(
                f"pepper {keyfolder.rotate_pepper(folder)} hides numbers from the next start on; keep the old one until none is left"
            )
        case Rotation.LOG:
            typer.echo(f"{keyfolder.rotate_log_key(folder).vkey} signs from the next start on")


@app.command()
def sandbox(
    host: Annotated[str, typer.Option(envvar="HUB_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="HUB_PORT", help="Port to listen on; 0 takes a free one.")] = 8100,
    home: HomeOption = None,
) -> None:
    """Run the sandbox beside services that run elsewhere: token endpoint, clock, settlements, print house.

    The services are those of HUB_INTEGRATION_FEED_URL, HUB_REGISTRATION_URL and HUB_NOTIFICATIONS_URL; the keys those of HUB_KEYS.
    """
    from devkit.up import run_sandbox  # noqa: PLC0415

    chosen = _home(home)
    letters = Path(os.environ.get("HUB_PRINT_FOLDER", chosen.print_folder))
    _run(run_sandbox(_keys_folder(home), chosen.addresses(), letters, (host, port)))


@app.command()
def token(
    client: Annotated[str, typer.Argument(help="A client of the sandbox: agii, atlas, vdab, operator1, ...")], home: HomeOption = None
) -> None:
    """Print an access token of a client, good for five minutes: curl -H "Authorization: Bearer $(hub token agii)" ..."""
    from devkit.sandbox.clients import CLIENTS  # noqa: PLC0415

    if client not in CLIENTS:
        raise typer.BadParameter(f"the sandbox knows {', '.join(CLIENTS)}")
    from devkit.up import one_token  # noqa: PLC0415

    typer.echo(_run(one_token(_home(home).addresses(), _keys_folder(home), client)))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def verify(
    file: Annotated[Path, typer.Argument(help="A bundle of evidence (.evidence.zip).")],
    policy: Annotated[Path | None, typer.Option(help="Whom you trust; never from the bundle itself (`hub policy`).")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the report for a program.")] = False,
) -> None:
    """Verify the evidence of one notice offline: 0 proven, 1 tampered, 2 incomplete, 3 trust root unknown."""
    from proof.cli import verify_main  # noqa: PLC0415

    options = (["--policy", str(policy)] if policy else []) + (["--json"] if json else [])
    raise typer.Exit(verify_main(["bundle", str(file), *options], prog="hub verify"))


@app.command()
def policy(
    out: Annotated[Path | None, typer.Option("--out", help="Write it there instead of printing it.")] = None, home: HomeOption = None
) -> None:
    """Print the trust policy of this hub's evidence log, for `hub verify`; hand it to verifiers in person, not beside a bundle."""
    from devkit.evidence import trust_policy  # noqa: PLC0415

    text = trust_policy(_keys_folder(home))
    if out is None:
        sys.stdout.write(text.decode())
    else:
        out.write_bytes(text)
        typer.echo(f"wrote {out}")


@app.command()
def journey(
    identifier: Annotated[UUID, typer.Argument(metavar="ID", help="Id of a registration, obligation, notice or person.")],
    home: HomeOption = None,
) -> None:
    """Show one person's way through all services on one line of time, and verify the evidence of every notice.

    It reads through the hub's doors only and never shows who the person is.
    """
    from devkit.journey import show  # noqa: PLC0415

    chosen = _home(home)
    raise typer.Exit(_run(show(chosen.addresses(), _keys_folder(home), identifier, _console())))


@app.command()
def watch(
    *,
    history: Annotated[bool, typer.Option("--history", help="Begin with what the bus still holds, not with what comes now.")] = False,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after so long.")] = None,
    home: HomeOption = None,
) -> None:
    """Follow the events on the bus as they come, with rates and lag; shows codes and shortened ids, never a person."""
    from devkit.watch import follow  # noqa: PLC0415

    chosen = _home(home)
    _run(follow(chosen, _keys_folder(home), chosen.the_bus(), _console(), history=history, seconds=seconds))


@parked_app.command("list")
def list_parked(home: HomeOption = None) -> None:
    """List what is parked at every service, grouped by cause."""
    from devkit import parked  # noqa: PLC0415

    _run(parked.show_all(_home(home).addresses(), _keys_folder(home), _console()))


@parked_app.command("show")
def show_parked(parked_id: UUID, home: HomeOption = None) -> None:
    """Show everything but the content of one parked record, and what to do."""
    from devkit import parked  # noqa: PLC0415

    _run(parked.show_one(_home(home).addresses(), _keys_folder(home), parked_id, _console()))


@parked_app.command("redrive")
def redrive(parked_id: UUID, by: ByOption = "operator", home: HomeOption = None) -> None:
    """Handle a record again, then those of its person that waited behind it; mend the cause first."""
    from devkit import parked  # noqa: PLC0415

    raise typer.Exit(_run(parked.redrive(_home(home).addresses(), _keys_folder(home), parked_id, by, _console())))


@parked_app.command("discard")
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
    _run(parked.discard(_home(home).addresses(), _keys_folder(home), parked_id, by, _console()))


@app.command()
def doctor(home: HomeOption = None) -> None:
    """Say what this machine lacks, what that is needed for, and the command that gets it."""
    from devkit import doctor as examiner  # noqa: PLC0415

    raise typer.Exit(0 if examiner.show(examiner.examine(_home(home).folder), _console()) else 1)


@kafka_app.command("up")
def kafka_up(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 9092, home: HomeOption = None) -> None:
    """Start one broker (KRaft) in the state folder; the first time fetches Kafka's jars."""
    from devkit import kafka  # noqa: PLC0415

    chosen = _home(home)
    chosen.make()
    broker = kafka.up(chosen.folder, port=port)
    typer.echo(f"Kafka {kafka.VERSION} answers on {broker.bootstrap}; for services: export HUB_BUS={broker.bus}")


@kafka_app.command("down")
def kafka_down(home: HomeOption = None) -> None:
    """Stop the broker of the state folder; its records stay."""
    from devkit import kafka  # noqa: PLC0415

    kafka.down(_home(home).folder)
    typer.echo("Kafka is down")


def _home(given: Path | None) -> Home:
    return Home(given.resolve()) if given is not None else Home.chosen()


def _keys_folder(home: Path | None) -> Path:
    named = os.environ.get("HUB_KEYS")
    return Path(named) if named and home is None else _home(home).keys


def _console() -> Console:
    return Console(highlight=False)


def _run(work: Coroutine[Any, Any, Value]) -> Value:
    return asyncio.run(work)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
