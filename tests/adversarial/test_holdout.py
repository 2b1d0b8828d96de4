"""Nothing that is decided, stored or told before the opening depends on the hold-out."""

from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.sessions import Session, SessionRequest
from tests.adversarial.markets import SYMBOL, imported, twin
from tests.agents.sessions import document, run, stable

REQUEST = SessionRequest(text=f"best strategy on ${SYMBOL} with reddit sentiment, drawdown under 90 %", iterations=6)
HASHES = ("data_hash", "content_hash", "id")
"""Of the whole data, hold-out included; a hash tells nothing about what it is made from."""


def without_hashes(value: Any) -> Any:
    """A document without hashes of the whole data."""
    if isinstance(value, dict):
        return {name: without_hashes(inner) for name, inner in value.items() if name not in HASHES}
    return [without_hashes(inner) for inner in value] if isinstance(value, list) else value


def told_before_the_opening(app: Application, session: Session) -> list[Any]:
    """Every event up to the verdict."""
    events = app.sessions.events(app.owner, session.session_id)
    until = next(index for index, event in enumerate(events) if event.type == "verdict.reached")
    return [without_hashes(stable(event.model_dump(mode="json"))) for event in events[:until]]


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Application, Session]]:
    """The same session on a market, and on two whose hold-outs have nothing to do with it."""
    folder, market = tmp_path_factory.mktemp("holdout"), twin()
    first = imported(folder / "original", market)
    original = run(first, REQUEST)
    assert original.periods is not None
    border = original.periods.validation.end
    ran = [(first, original)]
    for seed in (1, 2):
        app = imported(folder / str(seed), market.with_other_future(border, seed))
        ran.append((app, run(app, REQUEST)))
    return ran


def test_the_other_hold_outs_are_really_other(sessions: list[tuple[Application, Session]]) -> None:
    assert len({session.data_hash for _, session in sessions}) == len(sessions)
    results = [session.holdout.metrics.total_return for _, session in sessions if session.holdout]
    assert len(results) == len(set(results)) == len(sessions)


def test_attempts_and_choice_are_the_same_to_the_last_byte(sessions: list[tuple[Application, Session]]) -> None:
    documents = [document(app, session) for app, session in sessions]
    attempts = [stable(shown["attempts"]) for shown in documents]
    assert attempts[0] == attempts[1] == attempts[2]
    chosen = [[a["n"] for a in shown["attempts"] if a["attempt_id"] == shown["chosen"]] for shown in documents]
    assert chosen[0] == chosen[1] == chosen[2] != []


def test_trials_are_the_same_to_the_last_bit(sessions: list[tuple[Application, Session]]) -> None:
    sketches = [
        [(batch.step, batch.count, batch.sketch.tobytes()) for batch in app.stores.sessions.list_trials(s.session_id)]
        for app, s in sessions
    ]
    assert sketches[0] == sketches[1] == sketches[2]


def test_events_before_the_opening_tell_nothing_of_the_hold_out(sessions: list[tuple[Application, Session]]) -> None:
    told = [told_before_the_opening(app, session) for app, session in sessions]
    assert told[0] == told[1] == told[2]
