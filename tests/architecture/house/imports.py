"""Rules about third parties that import-linter cannot say: short lists of what a package may import at all."""

import ast
import sys
from collections.abc import Iterator

from tests.architecture.house.source import Finding, Source

_CONTRACTS = {"contracts", "pydantic", "pydantic_core", "stdnum", "phonenumbers", "email_validator"}
_DOMAIN = {"contracts.identifiers", "contracts.codes"}
_PROOF = {"proof", "cryptography"}


def short_import_lists(source: Source) -> Iterator[Finding]:
    """`domain`: the standard library, identifiers and outcome codes; `proof`: and cryptography; `contracts`: and what checks its fields."""
    if not source.is_shipped:
        return
    for line, module in _imported(source):
        top = module.split(".")[0]
        if top in sys.stdlib_module_names:
            continue
        if "domain" in source.path.parts and source.package == "services":
            own = ".".join(source.path.parts[:3])
            if module not in _DOMAIN and not f"{module}.".startswith(f"{own}."):
                yield Finding(source.path, line, f"domain imports {module}: facts come in as values")
        elif source.package == "proof" and top not in _PROOF:
            yield Finding(source.path, line, f"proof imports {module}: it must run anywhere with cryptography alone")
        elif source.package == "contracts" and top not in _CONTRACTS:
            yield Finding(source.path, line, f"contracts imports {module}: partners take this package over as it is")


def chassis_knows_person_id_only(source: Source) -> Iterator[Finding]:
    """Of `contracts.identifiers` the chassis takes PersonId, the record key; a number or address is none of its business."""
    if source.package != "chassis" or not source.is_python:
        return
    for node in source.nodes(ast.ImportFrom):
        if node.module == "contracts.identifiers":
            for name in node.names:
                if name.name != "PersonId":
                    yield Finding(source.path, node.lineno, f"chassis imports {name.name}: no business word in it")


def _imported(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.nodes(ast.Import):
        yield from ((node.lineno, name.name) for name in node.names)
    for origin in source.nodes(ast.ImportFrom):
        if origin.module == "contracts":  # `from contracts import identifiers` imports the module contracts.identifiers
            yield from ((origin.lineno, f"contracts.{name.name}") for name in origin.names)
        elif origin.module is not None:
            yield origin.lineno, origin.module
