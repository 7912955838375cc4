"""The `hub` command: runs, shows, watches and mends a hub; each command is a few lines here and its own module beside."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from typer.core import TyperGroup

from devkit.commands import kafka, keys, parked, switch
from devkit.commands.options import HomeOption, console, home_of, keys_folder, run_now
from devkit.errors import DevkitError, NoHub


class Commands(TyperGroup):
    """Ends a command that met an expected error with that error's sentence and exit code 1, never with a stack."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        from chassis.errors import HubError  # noqa: PLC0415 - `hub --help` loads neither services nor drivers
        from chassis.http.clients.errors import ClientError, PeerUnavailable  # noqa: PLC0415

        try:
            return super().invoke(ctx)
        except PeerUnavailable as error:
            typer.echo(f"hub: {NoHub(str(error))}", err=True)
            raise typer.Exit(1) from error
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
app.add_typer(parked.app, name="parked")
app.add_typer(switch.app, name="switch")
app.add_typer(kafka.app, name="kafka")
app.add_typer(keys.app, name="keys")


class Bus(StrEnum):
    """Which bus a hub runs on."""

    POSTGRES = "postgres"
    KAFKA = "kafka"


@app.command()
def up(
    bus: Annotated[Bus, typer.Option(help="postgres needs nothing else; kafka starts a local broker, too.")] = Bus.POSTGRES,
    home: HomeOption = None,
) -> None:
    """Run the whole hub on this machine until Ctrl-C: databases, bus, services and the sandbox's simulators.

    The first start makes what is missing; later ones take a few seconds. Nothing leaves this machine.
    """
    from devkit.up import run  # noqa: PLC0415

    run_now(run(home_of(home), kafka=bus is Bus.KAFKA, console=console()))


@app.command()
def demo(
    count: Annotated[int, typer.Option(min=1, max=2000, help="How many newcomers; in every hundred each kind has its share.")] = 100,
    pupils: Annotated[int, typer.Option(min=1, max=50_000, help="How many pupils; in every 2,500 each kind has its share.")] = 2500,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    home: HomeOption = None,
) -> None:
    """Show the main job: integration contracts and a school year in, registrations and letters out, the evidence verified.

    Ends by itself: 0 when everyone came to the outcome that was expected and nobody else was found, else 1. It starts afresh in its own
    folder each time (`demo` in the state folder), so a hub of yours is left alone.
    """
    from devkit.demo import Sizes, run  # noqa: PLC0415

    raise typer.Exit(run_now(run(home_of(home), Sizes(count, pupils), seed, console())))


@app.command()
def migrate(home: HomeOption = None) -> None:
    """Bring the schema of every database up to date, as the owner role.

    With HUB_MIGRATION_<DATABASE> set (education_feed, integration_feed, registration, notifications, vault, bus) those databases, else
    the ones of the state folder.
    """
    from devkit import ground  # noqa: PLC0415
    from devkit import migrate as migrating  # noqa: PLC0415

    if owners := migrating.from_environment():
        run_now(migrating.upgrade_all(owners, typer.echo))
    else:
        try:
            run_now(ground.lay(home_of(home), say=typer.echo))
        finally:
            ground.lift_unless_used(home_of(home))


@app.command()
def topics(
    partitions: Annotated[int, typer.Option(envvar="HUB_TOPIC_PARTITIONS", min=1, help="Partitions of a new topic.")] = 12,
    replication: Annotated[int, typer.Option(envvar="HUB_TOPIC_REPLICATION", min=1, help="Copies of each partition (Kafka).")] = 1,
    home: HomeOption = None,
) -> None:
    """Declare the hub's topics on the bus of HUB_BUS, or on that of the hub that runs here; topics that exist stay as they are."""
    from chassis.bus.topics import PRODUCERS  # noqa: PLC0415
    from devkit.ground import declare_topics  # noqa: PLC0415

    run_now(declare_topics(home_of(home).the_bus(), partitions, replication))
    for producer in PRODUCERS:
        typer.echo(f"{producer.topic} is declared")


@app.command()
def sandbox(
    host: Annotated[str, typer.Option(envvar="HUB_HOST", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="HUB_PORT", help="Port to listen on; 0 takes a free one.")] = 8100,
    smtp_port: Annotated[int, typer.Option(envvar="HUB_SMTP_PORT", help="Port of the mail host.")] = 8125,
    providers_port: Annotated[int, typer.Option(envvar="HUB_PROVIDERS_PORT", help="Port of SMS gateway and portal.")] = 8126,
    name: Annotated[str, typer.Option(envvar="HUB_SANDBOX_NAME", help="What services call this machine; the address by default.")] = "",
    home: HomeOption = None,
) -> None:
    """Run the sandbox beside services that run elsewhere: token endpoint, clock, settlements, print house, mail host, SMS gateway, portal.

    The services are those of HUB_EDUCATION_FEED_URL, HUB_INTEGRATION_FEED_URL, HUB_REGISTRATION_URL and HUB_NOTIFICATIONS_URL; the keys
    those of HUB_KEYS.
    """
    from devkit.up import run_sandbox  # noqa: PLC0415

    chosen = home_of(home)
    letters = Path(os.environ.get("HUB_PRINT_FOLDER", chosen.print_folder))
    run_now(run_sandbox(keys_folder(home), chosen.addresses(), letters, (host, port), (smtp_port, providers_port), name))


@app.command()
def token(
    client: Annotated[str, typer.Argument(help="A client of the sandbox: agii, atlas, vdab, operator1, ...")], home: HomeOption = None
) -> None:
    """Print an access token of a client, good for five minutes: curl -H "Authorization: Bearer $(hub token agii)" ..."""
    from devkit.sandbox.clients import CLIENTS  # noqa: PLC0415

    if client not in CLIENTS:
        raise typer.BadParameter(f"the sandbox knows {', '.join(CLIENTS)}")
    from devkit.partners import one_token  # noqa: PLC0415

    typer.echo(run_now(one_token(home_of(home).addresses(), keys_folder(home), client)))


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

    text = trust_policy(keys_folder(home))
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

    chosen = home_of(home)
    raise typer.Exit(run_now(show(chosen.addresses(), keys_folder(home), identifier, console())))


@app.command()
def watch(
    *,
    history: Annotated[bool, typer.Option("--history", help="Begin with what the bus still holds, not with what comes now.")] = False,
    seconds: Annotated[float | None, typer.Option(help="Stop by itself after so long.")] = None,
    home: HomeOption = None,
) -> None:
    """Follow the events on the bus as they come, with rates and lag; shows codes and shortened ids, never a person."""
    from devkit.watch import follow  # noqa: PLC0415

    chosen = home_of(home)
    run_now(follow(chosen, keys_folder(home), chosen.the_bus(), console(), history=history, seconds=seconds))


@app.command()
def doctor(home: HomeOption = None) -> None:
    """Say what this machine lacks, what that is needed for, and the command that gets it."""
    from devkit import doctor as examiner  # noqa: PLC0415

    raise typer.Exit(0 if examiner.show(examiner.examine(home_of(home).folder), console()) else 1)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
