"""``backproof worker`` says in one sentence what it lacks."""

import sys
from pathlib import Path

import pytest

from backend.bootstrap.accounts import Accounts
from backend.bootstrap.checking import refuse_unusable
from backend.domain.errors import InvalidInput, Unavailable
from backend.settings import Settings
from backend.worker.main import work
from tests.agents.sessions import command
from tests.programs import running
from tests.servers.waiting import PATIENCE, free_port, wait_until


def test_a_redis_that_is_away_is_told(tmp_path: Path) -> None:
    port = free_port()
    address = f"redis://ann:hunter2@127.0.0.1:{port}/0"
    with pytest.raises(Unavailable) as away:
        work(Settings(data_dir=tmp_path, jobs="celery", redis_url=address))
    assert away.value.message == f"Redis at 127.0.0.1:{port} does not answer."
    assert away.value.hint == "start it, or set BACKPROOF_REDIS_URL, or BACKPROOF_JOBS=local"


def test_a_server_without_its_redis_takes_jobs_and_says_that_none_is_announced(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, jobs="celery", redis_url=f"redis://127.0.0.1:{free_port()}/0")
    accounts = Accounts(settings)
    job = accounts.jobs.queue("local", "warm", arguments={"symbols": ["AAPL"]})
    assert accounts.jobs.load("local", job.job_id).status == "queued"
    assert accounts.workers.ready().endswith("does not answer.")


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "backend.jobs.celery", raising=False)
    monkeypatch.setitem(sys.modules, "celery", None)  # what Python finds where it is not installed
    with pytest.raises(InvalidInput, match="BACKPROOF_JOBS=celery needs the package celery") as lacking:
        work(Settings(data_dir=tmp_path, jobs="celery"))
    assert "pip install 'backproof[scale]'" in lacking.value.hint
    with pytest.raises(InvalidInput, match="needs the package celery"):  # so a server says it before it listens
        refuse_unusable(Settings(data_dir=tmp_path, jobs="celery"))


@pytest.mark.slow
def test_the_command_ends_with_the_code_of_its_error(tmp_path: Path) -> None:
    variables = {"BACKPROOF_JOBS": "celery", "BACKPROOF_REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    with command(tmp_path, "worker", environment=variables) as process:
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (5, "")
    assert "does not answer" in errors
    assert "Traceback" not in errors


@pytest.mark.slow
def test_it_ends_whichever_thread_takes_the_signal(tmp_path: Path) -> None:
    with running("tests.worker.asked_aside", str(tmp_path)) as program:
        assert wait_until(lambda: any(tmp_path.glob("locks/worker*")))
        program.go()
        assert program.process.wait(PATIENCE) == 0
