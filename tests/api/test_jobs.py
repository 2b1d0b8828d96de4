"""Jobs over HTTP: listed, shown and cancelled by their owner."""

import pytest
from starlette.testclient import TestClient

from backend.api.documents.jobs import JobPage, JobRecord
from tests.api.serving import Service, working
from tests.servers.waiting import wait_until
from tests.stores.supabase.accounts import ANN

OWNER = "local"


def test_a_job_is_queued_done_and_shown(served: Service, client: TestClient) -> None:
    job = served.accounts.jobs.queue(OWNER, "warm", arguments={"symbols": ["aapl", "NOPE"], "end": "2010-12-31"})
    queued = JobRecord.model_validate(client.get(f"jobs/{job.job_id}").json())
    assert (queued.status, queued.tries, queued.subject_id) == ("queued", 0, job.job_id)
    assert served.work_off() == 1
    answer = client.get(f"jobs/{job.job_id}").json()
    done = JobRecord.model_validate(answer)
    assert (done.status, done.tries, done.error) == ("done", 1, None)
    first, second = answer["result"]["symbols"]
    assert (first["symbol"], first["end"], first["failed_reason"]) == ("AAPL", "2010-12-31", None)
    assert "NOPE" in second["failed_reason"]


def test_jobs_are_paged_newest_first(served: Service, client: TestClient) -> None:
    queued = [served.accounts.jobs.queue(OWNER, "warm", arguments={"symbols": ["AAPL"]}).job_id for _ in range(3)]
    page = JobPage.model_validate(client.get("jobs", params={"limit": 2}).json())
    assert [job.job_id for job in page.jobs] == queued[:0:-1]
    rest = JobPage.model_validate(client.get("jobs", params={"cursor": page.next}).json())
    assert ([job.job_id for job in rest.jobs], rest.next) == (queued[:1], None)


def test_a_queued_session_that_is_cancelled_by_its_job_is_cancelled(served: Service, client: TestClient) -> None:
    opened = client.post("sessions", json={"request": "momentum on AAPL"}).json()
    (job,) = client.get("jobs").json()["jobs"]
    assert (job["kind"], job["subject_id"]) == ("session", opened["session_id"])
    cancelled = client.post(f"jobs/{job['job_id']}/cancel").json()
    assert (cancelled["status"], cancelled["cancel_requested"]) == ("cancelled", True)
    assert client.get(f"sessions/{opened['session_id']}").json()["status"] == "cancelled"
    assert served.work_off() == 0
    assert client.post(f"jobs/{job['job_id']}/cancel").json() == cancelled


def test_an_unknown_job_is_told_with_what_resembles_it(served: Service, client: TestClient) -> None:
    job = served.accounts.jobs.queue(OWNER, "warm", arguments={"symbols": ["AAPL"]})
    for ask in (client.get, lambda path: client.post(f"{path}/cancel")):
        refused = ask(f"jobs/{job.job_id}x")
        assert (refused.status_code, refused.json()["hint"]) == (404, f'did you mean "{job.job_id}"?')


@pytest.mark.slow
def test_a_server_runs_sessions_by_itself(served: Service) -> None:
    with working(served) as client:
        body = {"request": "momentum on AAPL", "start": "2005-01-03", "end": "2009-12-31", "iterations": 1}
        opened = client.post("sessions", json=body).json()
        path = f"sessions/{opened['session_id']}"
        assert wait_until(lambda: client.get(path).json()["status"] == "done")
        assert served.app.state.workers.ready() == ""
    assert served.app.state.workers.ready() != ""


@pytest.mark.slow
def test_jobs_of_another_user_are_as_unknown_as_none(with_accounts: Service, ann: TestClient, bob: TestClient) -> None:
    job = with_accounts.accounts.jobs.queue(ANN, "warm", arguments={"symbols": ["AAPL"]})
    assert ann.get(f"jobs/{job.job_id}").json()["job_id"] == job.job_id
    assert bob.get("jobs").json() == {"jobs": [], "next": None}
    strange, unknown = bob.get(f"jobs/{job.job_id}"), bob.get("jobs/job_000000000000")
    assert (strange.status_code, unknown.status_code) == (404, 404)
    assert strange.text.replace(job.job_id, "ID") == unknown.text.replace("job_000000000000", "ID")
    assert bob.post(f"jobs/{job.job_id}/cancel").status_code == 404
    assert ann.get(f"jobs/{job.job_id}").json()["status"] == "queued"
