"""Dataset versions: listed with those who keep them, and shown session by session."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.api.answers import Answer
from backend.api.deps import Keeping, Served
from backend.api.documents.bots import DatasetPage, DatasetUsed
from backend.api.paging import Paged
from backend.services.dataset_documents import used_document
from backend.services.documents import dataset_use_document

router = APIRouter(prefix="/datasets", tags=["data"])


@router.get("", operation_id="list_datasets", response_model=DatasetPage)
def list_datasets(page: Paged, application: Served) -> Answer:
    """List dataset versions, the one that was stored last first, each with the bots and sessions that keep it."""
    uses = application.inventory.page(application.owner, page.wanted, page.after)
    return Answer(page.document("datasets", uses, dataset_use_document, lambda use: use.dataset.id))


@router.get("/{dataset_id}", operation_id="show_dataset", response_model=DatasetUsed)
def show_dataset(
    dataset_id: str,
    application: Served,
    kept: Keeping,
    data: Annotated[bool, Query(description="With the record of every trading session, by its date.")] = False,
) -> Answer:
    """Show a dataset version: where it is from, what is known of its trading sessions, and who keeps it."""
    owner, inventory = application.owner, application.inventory
    use = inventory.use(owner, dataset_id)
    return kept.answer(
        owner,
        ("dataset", dataset_id, data),
        use,
        lambda: used_document(inventory.dataset(owner, dataset_id), use, data=data),
    )
