"""`hub kafka`: a broker on this machine."""

from typing import Annotated

import typer

from devkit.commands.options import HomeOption, home_of

app = typer.Typer(no_args_is_help=True, help="Apache Kafka on this machine, without Docker (Java 17 and Maven).")


@app.command("up")
def kafka_up(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 9092, home: HomeOption = None) -> None:
    """Start one broker (KRaft) in the state folder; the first time fetches Kafka's jars."""
    from devkit import kafka  # noqa: PLC0415

    chosen = home_of(home)
    chosen.make()
    broker = kafka.up(chosen.folder, port=port)
    typer.echo(f"Kafka {kafka.VERSION} answers on {broker.bootstrap}; for services: export HUB_BUS={broker.bus}")


@app.command("down")
def kafka_down(home: HomeOption = None) -> None:
    """Stop the broker of the state folder; its records stay."""
    from devkit import kafka  # noqa: PLC0415

    kafka.down(home_of(home).folder)
    typer.echo("Kafka is down")
