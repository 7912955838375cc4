"""What partners read is what the code says, and a release stays as it was released."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from contracts import export
from contracts.catalogue import catalogue
from contracts.envelope import decode, encode

EXAMPLES = sorted((export.HERE / "examples").rglob("*.json"))


def test_nothing_published_is_stale_and_nothing_released_is_broken() -> None:
    assert export.problems() == []


def test_there_is_an_example_of_every_event() -> None:
    assert {json.loads(path.read_text("utf-8"))["type"] for path in EXAMPLES} == set(catalogue())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_decodes_and_fits_its_published_schema(path: Path) -> None:
    text = path.read_text("utf-8")
    envelope = decode(text.encode())
    assert json.loads(encode(envelope)) == json.loads(text)
    assert envelope.testmode

    example = json.loads(text)
    schema = json.loads((export.HERE / "schemas" / path.relative_to(export.HERE / "examples")).read_text("utf-8"))
    assert schema["$id"] == example["dataschema"]
    jsonschema_rs.validate(schema, example["data"], validate_formats=True)
    jsonschema_rs.validate(json.loads((export.HERE / "schemas/envelope.json").read_text("utf-8")), example, validate_formats=True)


def test_every_channel_of_asyncapi_is_one_services_topic_and_its_references_lead_somewhere() -> None:
    for path in (export.HERE / "asyncapi").glob("*.json"):
        document = json.loads(path.read_text("utf-8"))
        assert document["asyncapi"] == "3.0.0"
        (channel,) = document["channels"].values()
        assert channel["address"] in {event.topic for event in catalogue().values()}
        for message in document["components"]["messages"].values():
            for reference in (message["payload"]["allOf"][0]["$ref"], message["payload"]["allOf"][1]["properties"]["data"]["$ref"]):
                assert (path.parent / reference).is_file()
            assert (path.parent / message["x-example"]).is_file()


def test_a_stale_missing_or_surplus_file_is_found_and_mended(tmp_path: Path) -> None:
    found = export.documents()
    export.write(found, root=tmp_path)
    assert export.stale(found, root=tmp_path) == []
    (tmp_path / "schemas/envelope.json").write_text("{}", "utf-8")
    (tmp_path / "asyncapi/registration.json").unlink()
    (tmp_path / "examples/surplus.json").write_text("{}", "utf-8")
    assert export.stale(found, root=tmp_path) == ["asyncapi/registration.json", "examples/surplus.json", "schemas/envelope.json"]
    export.write(found, root=tmp_path)
    assert export.stale(found, root=tmp_path) == []


def test_a_release_is_locked_and_written_once(tmp_path: Path) -> None:
    export.release("v1", tmp_path)
    assert export.broken_locks(tmp_path) == []
    assert export.released(tmp_path) == export.schemas()
    with pytest.raises(FileExistsError):
        export.release("v1", tmp_path)

    first, second, *_ = sorted((tmp_path / "v1/registration").glob("*.json"))
    first.write_text("{}", "utf-8")
    second.unlink()
    (tmp_path / "v1/extra.json").write_text("{}", "utf-8")
    assert export.broken_locks(tmp_path) == sorted(["v1/extra.json", f"v1/registration/{first.name}", f"v1/registration/{second.name}"])


class Described:
    """An application that describes itself."""

    def openapi(self) -> dict[str, Any]:
        return {"openapi": "3.1.0", "info": {"title": "é"}}


def test_openapi_documents_are_written_from_the_apps_that_are_brought(tmp_path: Path) -> None:
    assert export.export_openapi({"registration": Described()}, check=True, root=tmp_path) == ["openapi/registration.json"]
    assert export.export_openapi({"registration": Described()}, root=tmp_path) == ["openapi/registration.json"]
    assert json.loads((tmp_path / "openapi/registration.json").read_text("utf-8"))["info"]["title"] == "é"
    assert export.export_openapi({"registration": Described()}, check=True, root=tmp_path) == []


def test_the_command_line_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main(["--check"]) == 0
    assert capsys.readouterr().out == f"{len(catalogue())} events, all current\n"
