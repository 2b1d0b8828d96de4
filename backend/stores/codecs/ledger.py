"""Openings and trials as rows; fingerprints and sketches as blocks of bytes."""

from collections.abc import Iterable, Iterator
from typing import Any

from backend.domain.ledger import MarketFingerprint, Opening, TrialBatch
from backend.domain.periods import Period
from backend.stores.codecs.packing import pack, unpack
from backend.stores.codecs.rows import StoredRow, reading

_OPENING_NAMES = ("id", "owner", "kind", "subject_id", "symbol", "spec_hash", "data_hash", "opened_at")

SAME_FINGERPRINT = ("owner", "symbol", "data_hash", "start", "end")
"""Rows with these in common have one fingerprint: it is worked out from the bars of the period alone."""


def opening_row(opening: Opening) -> dict[str, Any]:
    """The row of one opening."""
    fingerprint = {"session": opening.fingerprint.session, "daily_return": opening.fingerprint.daily_return}
    named = {name: getattr(opening, name) for name in _OPENING_NAMES}
    return named | {"start": opening.period.start, "end": opening.period.end, "fingerprint": pack(fingerprint)}


def openings_of(rows: Iterable[StoredRow], blocks: Iterable[StoredRow]) -> Iterator[Opening]:
    """The openings that rows hold.

    Thousands of cells of a batch look at the same market, so those who did share one fingerprint.

    Args:
        rows: with or without their fingerprint.
        blocks: the fingerprint of each group of rows with equal values of ``SAME_FINGERPRINT``.

    Raises:
        Unavailable: the stored values do not fit.
    """
    found = {_group(block): _fingerprint_of(block) for block in blocks}
    for row in rows:
        with reading(f"opening {row['id']}"):
            named = {name: row[name] for name in _OPENING_NAMES}
            period = Period(start=row["start"], end=row["end"])
            yield Opening(**named, period=period, fingerprint=found[_group(row)])


def _group(row: StoredRow) -> tuple[Any, ...]:
    return tuple(row[name] for name in SAME_FINGERPRINT)


def _fingerprint_of(row: StoredRow) -> MarketFingerprint:
    with reading(f"market of {row['symbol']}"):
        return MarketFingerprint(**unpack(row["fingerprint"]))


def trial_row(owner: str, session_id: str, trials: TrialBatch) -> dict[str, Any]:
    """The row of the trials of one step."""
    return {
        "owner": owner,
        "session_id": session_id,
        "step": trials.step,
        "count": trials.count,
        "sketch": pack({"sketch": trials.sketch}),
    }


def trials_of(row: StoredRow) -> TrialBatch:
    """The trials that a row holds.

    Raises:
        Unavailable: the stored values do not fit.
    """
    with reading(f"trials of step {row['step']} of session {row['session_id']}"):
        return TrialBatch(row["session_id"], row["step"], row["count"], unpack(row["sketch"])["sketch"])
