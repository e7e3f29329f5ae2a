from __future__ import annotations

from pathlib import Path

import pytest

from wallflower.domain.errors import BadSettings
from wallflower.runtime.lock import only_user


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        only_user(tmp_path / "house"),
        pytest.raises(BadSettings, match="Another Wallflower uses"),
        only_user(tmp_path / "house"),
    ):
        pytest.fail("two hold it")
    with only_user(tmp_path / "house"):
        assert (tmp_path / "house" / "wallflower.lock").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "house").write_text("")
    with pytest.raises(BadSettings, match="cannot be written"), only_user(tmp_path / "house"):
        pytest.fail("it is no folder")
