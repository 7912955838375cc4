"""Writes what partners read of the contracts: JSON Schemas, AsyncAPI documents, examples, and the OpenAPI documents it is given.

`python -m contracts.export` writes; `--check` only compares and fails with a list; `--release v1` freezes the schemas as released.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from contracts import compat
from contracts.asyncapi_doc import ENVELOPE_SCHEMA, asyncapi
from contracts.catalogue import catalogue
from contracts.envelope import encode, schema_urn
from contracts.registry import Event
from contracts.samples import sample
from contracts.schema import schema_of

HERE = Path(__file__).parent
RELEASED = HERE / "released"
_LOCK = "lock.json"


class App(Protocol):
    """An HTTP application that can describe itself (FastAPI's does)."""

    def openapi(self) -> dict[str, Any]:
        """Its OpenAPI document."""


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each event by type, with what its declaration says."""
    return {name: _schema(event) for name, event in catalogue().items()}


def documents() -> dict[str, Any]:
    """Every document by its path below `contracts/`, as JSON values."""
    events = catalogue()
    files = {name: _file(event) for name, event in events.items()}
    found: dict[str, Any] = {"schemas/envelope.json": dict(ENVELOPE_SCHEMA)}
    for name, schema in schemas().items():
        found[f"schemas/{files[name]}"] = schema
        found[f"examples/{files[name]}"] = json.loads(encode(sample(events[name])))
    for service in sorted({event.service for event in events.values()}, key=lambda service: service.name):
        found[f"asyncapi/{service.name}.json"] = asyncapi(service, events.values(), files)
    return found


def write(found: Mapping[str, Any], folders: tuple[str, ...] = ("schemas", "examples", "asyncapi"), root: Path = HERE) -> None:
    """Write the documents and remove what these folders hold beside them."""
    for path in stale(found, folders, root):
        (root / path).unlink(missing_ok=True)
    for path, document in found.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(_text(document), encoding="utf-8")


def stale(found: Mapping[str, Any], folders: tuple[str, ...] = ("schemas", "examples", "asyncapi"), root: Path = HERE) -> list[str]:
    """Paths that are missing, differ, or should not be there."""
    present = {str(path.relative_to(root)) for folder in folders for path in (root / folder).rglob("*.json")}
    differing = {path for path, document in found.items() if path not in present or (root / path).read_text("utf-8") != _text(document)}
    return sorted(differing | (present - set(found)))


def export_openapi(apps: Mapping[str, App], *, check: bool = False, root: Path = HERE) -> list[str]:
    """Write `openapi/<name>.json` of each app, or only compare; returns the paths that were or are stale.

    The contracts know no service, so whoever does (`make contracts`, through devkit) brings the apps.
    """
    found = {f"openapi/{name}.json": app.openapi() for name, app in sorted(apps.items())}
    paths = stale(found, ("openapi",), root)
    if not check:
        write(found, ("openapi",), root)
    return paths


def released(root: Path = RELEASED) -> dict[str, dict[str, Any]]:
    """The newest released schema of each event, by type."""
    found: dict[str, dict[str, Any]] = {}
    for release in sorted(path for path in root.iterdir() if path.is_dir()):
        for path in sorted(release.rglob("*.json")):
            if path.name != _LOCK:
                schema = json.loads(path.read_text("utf-8"))
                found[schema["x-type"]] = schema
    return found


def broken_locks(root: Path = RELEASED) -> list[str]:
    """Released files that were changed, added or removed after their release."""
    broken: list[str] = []
    for release in sorted(path for path in root.iterdir() if path.is_dir()):
        lock = json.loads((release / _LOCK).read_text("utf-8"))
        digests = _digests(release)
        broken += [f"{release.name}/{path}" for path in sorted(lock.keys() | digests.keys()) if lock.get(path) != digests.get(path)]
    return broken


def release(name: str, root: Path = RELEASED) -> None:
    """Freeze the present schemas under a release's name; a release is never written twice."""
    folder = root / name
    folder.mkdir(parents=True)
    for event_type, schema in schemas().items():
        path = folder / _file(catalogue()[event_type])
        path.parent.mkdir(exist_ok=True)
        path.write_text(_text(schema), encoding="utf-8")
    (folder / _LOCK).write_text(_text(_digests(folder)), encoding="utf-8")


def problems() -> list[str]:
    """All that `--check` complains about, a sentence each."""
    return [
        *(f"{path} is not what the code says; run `make contracts`" for path in stale(documents())),
        *(f"released/{path} was changed after its release; restore it" for path in broken_locks()),
        *(str(violation) for violation in compat.violations(released(), schemas())),
    ]


def main(arguments: list[str] | None = None) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m contracts.export", description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; fail when something differs or breaks a released event")
    parser.add_argument("--release", metavar="NAME", help="freeze the present schemas under released/NAME")
    chosen = parser.parse_args(arguments)
    if not chosen.check:
        write(documents())
        if chosen.release:
            release(chosen.release)
    found = problems()
    sys.stdout.write("".join(f"{problem}\n" for problem in found) or f"{len(catalogue())} events, all current\n")
    return 1 if found else 0


def _schema(event: type[Event]) -> dict[str, Any]:
    described = schema_of(event)
    return {
        "$schema": described.pop("$schema"),
        "$id": schema_urn(event),
        "x-type": event.event_type,
        "x-topic": event.topic,
        "x-sensitivity": event.sensitivity.value,
        "x-flows": list(event.flows),
        **described,
    }


def _file(event: type[Event]) -> str:
    return f"{event.service.name}/{event.event_type.removeprefix(event.service.service + '.')}.json"


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _digests(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*.json") if path.name != _LOCK)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(paths)}


if __name__ == "__main__":
    sys.exit(main())
