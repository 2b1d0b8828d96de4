"""Shows in one document what is stored for an owner, and what waits to be stored."""

from typing import Any

from backend.domain.ports import KeptReplies, ModelStore, Outbox, PostStore
from backend.services.documents import dataset_use_document, pins_document, posts_document, series_document
from backend.services.inventory import Inventory
from backend.services.series_status import SeriesStatuses


def data_status(
    owner: str, stored: tuple[SeriesStatuses, PostStore, ModelStore], inventory: Inventory, outbox: Outbox
) -> dict[str, list[dict[str, Any]]]:
    """Bars, posts, datasets and what bots hold of them, replies of models; and the outbox."""
    bars, posts, models = stored
    waiting = [{"session_id": w.session_id, "datasets": len(w.datasets)} for w in outbox.waiting()]
    return {
        "bars": [series_document(series) for series in bars.all()],
        "posts": [posts_document(span) for span in posts.post_spans()],
        "datasets": [dataset_use_document(use) for use in inventory.datasets(owner)],
        "bots": [pins_document(bot) for bot in inventory.pinned(owner)],
        "model_replies": [_replies_document(kept) for kept in models.kept_replies(owner)],
        "outbox": waiting,
    }


def _replies_document(kept: KeptReplies) -> dict[str, Any]:
    """Replies of one model, which replays read; nothing deletes them."""
    return {
        "model": kept.model,
        "replies": kept.replies,
        "characters": kept.characters,
        "first": kept.first.isoformat(),
        "last": kept.last.isoformat(),
    }
