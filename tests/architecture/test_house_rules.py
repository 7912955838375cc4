"""Every house rule, over every tracked file."""

import pytest

from tests.architecture.house import honest_tests, imports, personal_data, portability, shape, transactions
from tests.architecture.house.source import Rule, tracked

RULES: tuple[Rule, ...] = (
    transactions.commits_only_in_db,
    transactions.one_clock,
    transactions.no_built_sql,
    personal_data.no_person_in_urls,
    personal_data.no_person_in_logs,
    personal_data.no_person_in_telemetry,
    personal_data.no_person_in_keys_and_problems,
    shape.small_modules,
    shape.short_functions,
    shape.telling_names,
    shape.one_sentence_first,
    portability.no_machine_paths,
    portability.no_package_hosts,
    portability.no_real_person_numbers,
    imports.short_import_lists,
    imports.chassis_knows_person_id_only,
    honest_tests.no_sleeps,
    honest_tests.no_mocks,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Rule) -> None:
    findings = [finding for source in tracked() for finding in rule(source)]

    assert not findings, f"{(rule.__doc__ or '').splitlines()[0]}\n" + "\n".join(map(str, findings))
