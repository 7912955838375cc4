"""The token of the inner doors."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chassis.internal_token import TokenMalformed, internal_token
from chassis.secrets import SecretExposed


def test_it_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: internal_token(keys, production=True), range(16)))

    [token] = tokens
    assert len(token) >= 32
    assert (keys / "internal.token").stat().st_mode & 0o077 == 0
    assert [path.name for path in keys.iterdir()] == ["internal.token"]


def test_production_refuses_one_that_others_can_read(tmp_path: Path) -> None:
    internal_token(tmp_path, production=True)
    (tmp_path / "internal.token").chmod(0o640)

    with pytest.raises(SecretExposed):
        internal_token(tmp_path, production=True)


@pytest.mark.parametrize("content", ["", "\n", "token"])
def test_an_empty_or_short_one_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "internal.token").write_text(content)

    with pytest.raises(TokenMalformed):
        internal_token(tmp_path, production=False)
