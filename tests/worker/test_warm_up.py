"""What is loaded ahead leaves nothing behind, however soon the process ends."""

import tempfile
from pathlib import Path

import pytest

from backend.bootstrap.warm_up import begin
from backend.settings import Settings
from tests.servers.waiting import PATIENCE


@pytest.mark.slow
def test_a_warm_up_that_is_stopped_removes_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stop = begin(Settings(), PATIENCE)
    assert len(list(tmp_path.iterdir())) == 1
    stop()
    assert list(tmp_path.iterdir()) == []
