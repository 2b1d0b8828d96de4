"""Jobs: how far the work is that outlives its request, and how to stop it."""

from fastapi import APIRouter

from backend.api.answers import Answer
from backend.api.deps import Caller, Everybody
from backend.api.documents.jobs import JobPage, JobRecord
from backend.api.paging import Paged
from backend.services.job_documents import job_document

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("", operation_id="list_jobs", response_model=JobPage)
def list_jobs(page: Paged, account: Caller, everybody: Everybody) -> Answer:
    """List jobs, newest first."""
    jobs = everybody.jobs.list(account.owner, page.wanted, page.after)
    return Answer(page.document("jobs", jobs, job_document, lambda job: job.job_id))


@router.get("/{job_id}", operation_id="show_job", response_model=JobRecord)
def show_job(job_id: str, account: Caller, everybody: Everybody) -> Answer:
    """Show a job: what it runs, how far it is, and what came of it."""
    return Answer(job_document(everybody.jobs.load(account.owner, job_id)))


@router.post("/{job_id}/cancel", operation_id="cancel_job", response_model=JobRecord)
def cancel_job(job_id: str, account: Caller, everybody: Everybody) -> Answer:
    """Ask a job to stop. A queued one ends at once; a running one soon, and what it has finished is kept."""
    return Answer(job_document(everybody.jobs.cancel(account.owner, job_id)))
