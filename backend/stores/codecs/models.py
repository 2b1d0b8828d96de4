"""Rows of language models' calls and replies.

What a model wrote is kept as the text of its JSON, character for character: a server would put the keys of a document
into an order of its own, and refuses the character NUL in it.
"""

from dataclasses import fields
from typing import Any

from backend.domain.models import ModelCall, ModelReply, StoredReply
from backend.domain.ports import KeptReplies
from backend.stores.codecs.documents import AnyRecord, dump, parse, record_of
from backend.stores.codecs.rows import StoredRow, damaged, reading


def call_row(owner: str, call: ModelCall) -> dict[str, Any]:
    """The row of a call."""
    key = {"session_id": call.session_id, "n": call.n, "owner": owner}
    return key | {"request_hash": call.request_hash, "status": call.status, "document": dump(call)}


def call_of(session_id: str, n: int, document: Any) -> ModelCall:
    """The call of a row. Raises Unavailable when it does not fit."""
    return _written(ModelCall, document, f"call {n} of a model in session {session_id}")


def reply_row(owner: str, stored: StoredReply) -> dict[str, Any]:
    """The row of a recorded reply."""
    return {
        "owner": owner,
        "request_hash": stored.request_hash,
        "model": stored.model,
        "created_at": stored.created_at,
        "input_tokens": stored.reply.tokens.input,
        "output_tokens": stored.reply.tokens.output,
        "reply": dump(stored.reply),
    }


def reply_of(row: StoredRow) -> StoredReply:
    """The recorded reply of a row. Raises Unavailable when it does not fit."""
    what = f"reply of a model to request {row['request_hash']}"
    reply = _written(ModelReply, row["reply"], what)
    kept = {name: row[name] for name in ("request_hash", "model", "created_at")}
    return record_of(StoredReply, kept | {"reply": reply}, what)


def kept_of(row: StoredRow) -> KeptReplies:
    """What is kept of a model, out of a row of sums."""
    with reading("replies of models"):
        return KeptReplies(**{field.name: row[field.name] for field in fields(KeptReplies)})


def _written(kind: type[AnyRecord], text: Any, what: str) -> AnyRecord:
    if not isinstance(text, str):
        raise damaged(what, "it is not the text of a document")
    return record_of(kind, parse(text), what)
