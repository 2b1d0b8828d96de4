"""Nothing that is decided, stored or told before the opening depends on the hold-out."""

import gc
from dataclasses import replace
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import pytest

from backend.bootstrap import Application
from backend.domain.frames import SealedFrame
from backend.domain.sentiment import SentimentDataset
from backend.domain.sessions import Session, SessionRequest
from backend.domain.timeframes import Timeframe
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


def test_proposals_and_tuning_depend_on_train_alone(tmp_path: Path) -> None:
    """Another validation and another hold-out: the same strategies with the same numbers, only the choice may move."""
    market = twin()
    first = imported(tmp_path / "original", market)
    original = run(first, REQUEST)
    assert original.periods is not None
    second = imported(tmp_path / "other", market.with_other_future(original.periods.train.end, 3))
    other = run(second, REQUEST)
    seen, unseen = [], []
    for app, session in ((first, original), (second, other)):
        attempts = [stable(attempt.model_dump(mode="json")) for attempt in app.sessions.attempts(session)]
        unseen.append([[attempt.pop(name) for name in list(attempt) if "validation" in name] for attempt in attempts])
        seen.append(attempts)
    assert seen[0] == seen[1]
    assert unseen[0] != unseen[1]


class Watched:
    """Stands before a part of the crew and keeps what it is handed."""

    def __init__(self, part: Any, handed: list[Any]) -> None:
        self._part, self._handed = part, handed

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._part, name)
        if not callable(member):
            return member

        def call(*arguments: Any, **named: Any) -> Any:
            self._handed.extend([*arguments, *named.values()])
            return member(*arguments, **named)

        return call


def reachable(roots: list[Any]) -> list[Any]:
    """Every object that can be reached without running code: attributes, elements, and the memory behind views."""
    found, waiting = dict[int, Any](), list(roots)
    while waiting:
        thing = waiting.pop()
        if id(thing) in found or isinstance(thing, type | ModuleType | FunctionType | MethodType):
            continue
        found[id(thing)] = thing
        waiting += [thing.base] if isinstance(thing, np.ndarray) else gc.get_referents(thing)
    return list(found.values())


def test_the_loop_cannot_reach_the_hold_out(tmp_path: Path) -> None:
    """Strategist and backtester are handed copies that end with validation: nothing behind them leads further."""
    app = imported(tmp_path, twin())
    handed: list[Any] = []
    parts: dict[str, Any] = {
        "strategist": Watched(app.crew.strategist, handed),
        "backtester": Watched(app.crew.backtester, handed),
    }
    object.__setattr__(app, "crew", replace(app.crew, **parts))
    session = run(app, REQUEST)
    assert session.periods is not None
    things = reachable(handed)
    assert not [thing for thing in things if isinstance(thing, SealedFrame | SentimentDataset)]
    dated = [a for a in things if isinstance(a, np.ndarray) and a.dtype.kind == "M" and a.size]
    assert dated
    border = np.datetime64(session.periods.holdout.start, "D")
    assert max(array.astype("datetime64[D]").max() for array in dated) < border
    bars = app.market.bars(SYMBOL, Timeframe.DAY, None).bars
    sealed = set(bars.close[bars.session >= border].tolist()) - set(bars.close[bars.session < border].tolist())
    assert sealed
    assert not [a for a in things if isinstance(a, np.ndarray) and a.dtype.kind == "f" and sealed & set(a.flat)]
