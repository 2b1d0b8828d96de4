"""The contract of JobStore."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.jobs import Job
from backend.domain.ports import JobStore
from backend.stores import Stores
from tests.stores.samples import NOON, OWNER, STRANGER

LATER = NOON + timedelta(seconds=60)
LATER_STILL = LATER + timedelta(seconds=60)


def make_job(job_id: str = "job_1", owner: str = OWNER, **fields: Any) -> Job:
    """A queued job that runs the session ``ses_`` of its own."""
    given = {"kind": "session", "subject_id": f"ses_{job_id}", "created_at": NOON} | fields
    return Job.model_validate({"job_id": job_id, "owner": owner} | given)


@pytest.fixture
def store(stores: Stores) -> JobStore:
    return stores.jobs


def claimed(store: JobStore, worker: str = "w1", **fields: object) -> Job:
    """A stored job that a worker has from noon until a minute later."""
    store.add_job(make_job(**fields))  # type: ignore[arg-type]
    job = store.claim(worker, NOON, LATER)
    assert job is not None
    return job


def test_a_job_comes_back_as_it_was(store: JobStore) -> None:
    full = make_job(
        arguments={"budget": {"usd": 0.1 + 0.2}},
        status="failed",
        started_at=NOON,
        ended_at=LATER,
        tries=3,
        not_before=LATER,
        worker="w1",
        leased_until=LATER,
        cancel_requested=True,
        progress="9 of 10",
        result={"symbols": ["AAPL"]},
        error="It broke.",
    )
    store.add_job(full)
    store.add_job(make_job("job_2"))
    assert store.load_job(OWNER, "job_1") == full
    assert store.load_job(OWNER, "job_2") == make_job("job_2")


def test_jobs_are_paged_newest_first(store: JobStore) -> None:
    for name, hours in (("b", 0), ("a", 2), ("c", 0), ("d", 1)):
        store.add_job(make_job(name, created_at=NOON + timedelta(hours=hours)))
    store.add_job(make_job("theirs", STRANGER))
    assert [job.job_id for job in store.list_jobs(OWNER, 9)] == ["a", "d", "c", "b"]
    assert [job.job_id for job in store.list_jobs(OWNER, 2)] == ["a", "d"]
    assert [job.job_id for job in store.list_jobs(OWNER, 2, after="d")] == ["c", "b"]
    assert store.list_jobs(OWNER, 2, after="b") == ()
    for unknown in ("nowhere", "theirs"):
        with pytest.raises(InvalidInput, match=f'There is no job "{unknown}" to go on behind'):
            store.list_jobs(OWNER, 2, after=unknown)


def test_an_owner_sees_only_jobs_of_their_own(store: JobStore) -> None:
    store.add_job(make_job("job_abc"))
    with pytest.raises(NotFound, match='no job "job_abd"') as near:
        store.load_job(OWNER, "job_abd")
    assert near.value.hint == 'did you mean "job_abc"?'
    for ask in (store.load_job, lambda owner, job_id: store.request_cancel(owner, job_id, NOON)):
        with pytest.raises(NotFound) as strange:
            ask(STRANGER, "job_abc")
        assert strange.value.hint == "the list of jobs shows those there are"
    assert not store.cancel_requested("job_abc")


def test_a_subject_has_one_unfinished_job_of_a_kind(store: JobStore) -> None:
    store.add_job(make_job("job_1", subject_id="x"))
    assert store.unfinished(OWNER, "session", "x") == make_job("job_1", subject_id="x")
    with pytest.raises(Conflict, match="Job job_1 is at work on x already"):
        store.add_job(make_job("job_2", subject_id="x"))
    store.add_job(make_job("job_3", subject_id="x", kind="batch"))
    store.add_job(make_job("job_4", STRANGER, subject_id="x"))
    with pytest.raises(Conflict, match='There is a job "job_1" already'):
        store.add_job(make_job("job_1", STRANGER, subject_id="y"))
    store.request_cancel(OWNER, "job_1", NOON)
    assert store.unfinished(OWNER, "session", "x") is None
    store.add_job(make_job("job_2", subject_id="x"))


def test_the_oldest_job_that_is_due_is_claimed(store: JobStore) -> None:
    store.add_job(make_job("waits", not_before=LATER))
    store.add_job(make_job("first"))
    store.add_job(make_job("second"))
    assert store.due(NOON) == ("first", "second")
    taken = make_job("first", status="running", worker="w1", leased_until=LATER, started_at=NOON, tries=1)
    assert store.claim("w1", NOON, LATER) == taken == store.load_job(OWNER, "first")
    assert store.running() == (taken,)
    assert store.claim("w1", NOON, LATER, "waits") is None
    assert store.claim("w1", NOON, LATER, "first") is None
    assert store.claim("w1", NOON, LATER, "second") is not None
    assert store.claim("w1", NOON, LATER) is None
    assert store.due(LATER) == ("waits", "first", "second")
    assert store.claim("w1", NOON, LATER, "nowhere") is None


def test_nobody_waits_behind_all_that_another_queued(store: JobStore) -> None:
    for n in (1, 2, 3):
        store.add_job(make_job(f"many_{n}"))
    store.add_job(make_job("one", STRANGER))
    order = [store.claim("w1", NOON, LATER) for _ in range(4)]
    assert [job.job_id for job in order if job] == ["many_1", "one", "many_2", "many_3"]


def test_two_that_claim_at_once_never_get_the_same_job(stores: Stores) -> None:
    store, jobs, workers = stores.jobs, 6, 4
    for n in range(jobs):
        store.add_job(make_job(f"job_{n}"))
    together = Barrier(workers)

    def work(worker: int) -> list[str]:
        together.wait()
        got = []
        for _ in range(jobs):
            job = store.claim(f"w{worker}", NOON, LATER)
            got += [job.job_id] if job else []
        return got

    with ThreadPoolExecutor(workers) as pool:
        taken = [job_id for got in pool.map(work, range(workers)) for job_id in got]
    assert sorted(taken) == [f"job_{n}" for n in range(jobs)]
    assert {job.tries for job in store.running()} == {1}


def test_a_lease_is_renewed_by_its_worker_alone(store: JobStore) -> None:
    job = claimed(store)
    assert not store.renew(job.job_id, "w2", LATER_STILL, "mine")
    assert not store.renew("nowhere", "w1", LATER_STILL, "mine")
    assert store.renew(job.job_id, "w1", LATER_STILL, "half")
    stored = store.load_job(OWNER, job.job_id)
    assert (stored.leased_until, stored.progress) == (LATER_STILL, "half")
    assert store.claim("w2", LATER, LATER_STILL) is None


def test_a_job_whose_lease_ended_is_lost_to_whoever_claims_it(store: JobStore) -> None:
    job = claimed(store)
    assert store.due(LATER) == (job.job_id,)
    again = store.claim("w2", LATER, LATER_STILL)
    assert again is not None
    assert (again.worker, again.tries, again.started_at) == ("w2", 2, NOON)
    assert not store.renew(job.job_id, "w1", LATER_STILL, "mine")
    assert not store.save_job(job.model_copy(update={"status": "done"}))
    assert store.load_job(OWNER, job.job_id) == again


def test_a_late_worker_keeps_a_job_that_nobody_claimed(store: JobStore) -> None:
    job = claimed(store)
    assert store.due(LATER_STILL) == (job.job_id,)
    assert store.renew(job.job_id, "w1", LATER_STILL + timedelta(seconds=1), "")
    assert store.due(LATER_STILL) == ()


def test_what_a_worker_saves_replaces_all_but_the_wish_to_stop(store: JobStore) -> None:
    job = claimed(store)
    store.request_cancel(OWNER, job.job_id, NOON)
    done = job.model_copy(update={"status": "done", "ended_at": LATER, "result": {"n": 1}, "leased_until": None})
    assert store.save_job(done)
    assert store.load_job(OWNER, job.job_id) == done.model_copy(update={"cancel_requested": True})
    assert not store.save_job(done)
    assert store.claim("w1", LATER_STILL, LATER_STILL) is None


def test_a_job_that_is_put_back_waits_for_its_time(store: JobStore) -> None:
    job = claimed(store)
    assert store.save_job(job.model_copy(update={"status": "queued", "not_before": LATER, "leased_until": None}))
    assert store.due(NOON) == ()
    again = store.claim("w2", LATER, LATER_STILL)
    assert again is not None
    assert (again.tries, again.not_before) == (2, None)


def test_jobs_of_a_dead_worker_are_due_at_once(store: JobStore) -> None:
    first = claimed(store, "dead", job_id="job_1")
    second = claimed(store, "dead", job_id="job_2")
    claimed(store, "alive", job_id="job_3")
    assert sorted(store.release("dead", NOON)) == [first.job_id, second.job_id]
    assert store.due(NOON) == (first.job_id, second.job_id)
    assert store.release("nobody", NOON) == ()


def test_a_queued_job_that_is_cancelled_ends_at_once(store: JobStore) -> None:
    store.add_job(make_job())
    ended = store.request_cancel(OWNER, "job_1", LATER)
    assert ended == make_job(status="cancelled", ended_at=LATER, cancel_requested=True)
    assert store.load_job(OWNER, "job_1") == ended == store.request_cancel(OWNER, "job_1", LATER_STILL)
    assert store.claim("w1", NOON, LATER) is None


def test_a_running_job_that_is_cancelled_is_told(store: JobStore) -> None:
    job = claimed(store)
    assert not store.cancel_requested(job.job_id)
    assert store.request_cancel(OWNER, job.job_id, NOON) == job.model_copy(update={"cancel_requested": True})
    assert store.cancel_requested(job.job_id)
    assert not store.cancel_requested("nowhere")
    again = store.claim("w2", LATER, LATER_STILL)
    assert again is not None
    assert again.cancel_requested


def test_jobs_are_counted_by_status(store: JobStore) -> None:
    assert store.count() == {}
    claimed(store)
    for n in (2, 3):
        store.add_job(make_job(f"job_{n}", STRANGER))
    assert store.count() == {"queued": 2, "running": 1}
