"""What an owner has seen of a market: openings of the ledger, and the train and validation results of sessions."""

from collections.abc import Sequence

import numpy as np

from backend.domain.hashing import hash_json
from backend.domain.ledger import MarketFingerprint, Opening
from backend.domain.periods import Period
from backend.domain.ports import SessionStore
from backend.domain.sessions import Session
from backend.proof.ledger import same_symbol

_UNKNOWN = MarketFingerprint(np.empty(0, dtype="datetime64[D]"), np.empty(0))


def looks_before(opening: Opening, openings: Sequence[Opening], store: SessionStore) -> tuple[Opening, ...]:
    """The openings, and a look for each other session that showed results on days of this hold-out, in time.

    A session shows how its attempts did on train and validation. Whoever then asks for a period that ends earlier, so
    that those days become the hold-out, has seen it. A session whose own opening counts already is no second look, nor
    is the very same one run again; another request about the same data is.
    """
    opened = {other.subject_id for other in openings if other.period.overlaps(opening.period)}
    sessions = [s for s in store.sessions_with_attempts(opening.owner) if s.session_id != opening.subject_id]
    shown = [(s, look) for s in sessions if (look := _shown(s)) is not None]
    counted = {look.id for s, look in shown if s.session_id in opened}
    new = [look for _, look in shown if look.id not in counted]
    seen = [look for look in new if same_symbol(look.symbol, opening.symbol) and look.period.overlaps(opening.period)]
    return tuple(sorted([*openings, *seen], key=lambda look: look.opened_at))


def _shown(session: Session) -> Opening | None:
    """Train and validation of a session as a look; None before its data was there."""
    if session.periods is None or session.goal is None or session.data_hash is None:
        return None
    request = session.request.model_dump(mode="json")
    return Opening(
        id=f"shown_{hash_json([session.data_hash, request])}",
        owner=session.owner,
        kind="report",
        subject_id=session.session_id,
        symbol=session.goal.symbols[0],
        spec_hash="",
        data_hash=session.data_hash,
        period=Period(start=session.periods.train.start, end=session.periods.validation.end),
        fingerprint=_UNKNOWN,
        opened_at=session.created_at,
    )
