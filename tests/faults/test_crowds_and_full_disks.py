"""Two sessions on one database, and a disk that fills up while one runs."""

import json
from pathlib import Path

import pytest

from tests.agents.sessions import SMALL, command, finished
from tests.cli.conftest import Backproof
from tests.faults.conftest import Disk, Refused

pytestmark = pytest.mark.slow

ITERATE = ("iterate", SMALL, "--start", "2005-01-03", "--end", "2009-12-31", "--iterations", "2")


def test_two_sessions_at_once_count_both_looks_at_the_holdout(data_dir: Path) -> None:
    data_dir.mkdir()
    both = [command(data_dir, *ITERATE, "--seed", seed, "--json") for seed in ("1", "2")]
    documents = [finished(process) for process in both]
    assert [document["status"] for document in documents] == ["done", "done"]
    assert all(document["verdict"]["outcome"] in ("proven", "unproven") for document in documents)
    assert sorted(document["holdout"]["openings"] for document in documents) == [1, 2]


def test_a_session_goes_on_when_a_full_disk_has_space_again(backproof: Backproof, refused: Refused, disk: Disk) -> None:
    sentence, hint = refused(5, *ITERATE)
    assert "There is no space left to write to the database file" in sentence
    assert "everything stored before is kept" in hint
    (session,) = json.loads(backproof("sessions", "list", "--json").stdout)["sessions"]
    assert session["status"] in ("failed", "running")  # running when even that could not be written any more
    assert disk.mount("remount,size=64m")
    resumed = json.loads(backproof("sessions", "resume", session["session_id"], "--json").stdout)
    assert resumed["status"] == "done"
    assert [attempt["n"] for attempt in resumed["attempts"]] == [1, 2]
