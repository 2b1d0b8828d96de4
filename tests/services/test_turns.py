"""What is behind the end of a turn: its attempts and trials, those of sessions before, and who proposed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from backend.domain.conversation import Turn
from backend.domain.errors import Conflict
from backend.domain.goal import Goal
from backend.domain.ledger import TrialBatch
from backend.domain.periods import Period, Periods
from backend.domain.sessions import Attempt, Session, SessionRequest
from backend.domain.spec import StrategySpec
from backend.domain.verdict import Holdout, Verdict
from backend.services.attempts import Attempts, allowed, author_of
from backend.services.sessions import Beginning, Sessions
from backend.services.turns import ending_of, ending_with, noted_ending, trials_behind, turns_of, wished_after_seeing
from backend.stores import Stores, open_database
from tests.agents.records import attempt, goal, metrics

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
REJECTED = Verdict(outcome="rejected", checks=(), reasons=("Rejected.",))
MOODY = StrategySpec(name="Moody", long_entry='sentiment("reddit") > 0')
BOTH = StrategySpec(name="Both", long_entry="close > sma(close, 5)", short_entry="close < sma(close, 5)")


class House:
    """Sessions in a real store."""

    def __init__(self, folder: Path) -> None:
        self.stores = Stores.over(open_database(f"sqlite:///{folder / 'store.sqlite'}", 5.0))
        ids = iter("abcdefgh")
        self.sessions = Sessions(self.stores.sessions, lambda: NOON, lambda prefix: f"{prefix}_{next(ids)}")

    def ended(self, beginning: Beginning | None = None) -> Session:
        """A session whose first turn came to something."""
        session = self.sessions.open("local", SessionRequest(text="momentum on AAPL"), "built-in", None, beginning)
        return self.end(session)

    def end(self, session: Session, attempts: int = 0) -> Session:
        """The running turn ends as rejected."""
        done = session.model_copy(update={"status": "done", "verdict": REJECTED, "goal": goal()})
        closed = done.turn.model_copy(update={"ending": ending_with(done, REJECTED, attempts)}) if done.turn else None
        assert closed
        turns = tuple(closed if turn.n == closed.n else turn for turn in done.turns)
        return self.sessions.save(done.model_copy(update={"turns": turns}))

    def trials(self, session: Session, step: str, count: int) -> None:
        """Store so many."""
        batch = TrialBatch(session.session_id, step, count, np.ones((count, 256)))
        self.stores.sessions.add_trials(session.session_id, batch)

    def behind(self, session: Session, turn: int, attempts: int) -> int:
        """How many trials led to the end of a turn."""
        found = trials_behind(self.stores.sessions, session, turn, attempts)
        return sum(batch.count for batch in found)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def follow_up(session: Session, **fields: object) -> Turn:
    facts = {"n": len(session.turns) + 1, "kind": "refinement", "text": "go on", "at": NOON, "goal": goal()}
    return Turn.model_validate(facts | {"iterations": 2, "first_attempt": 3} | fields)


def test_a_follow_up_clears_the_top_and_keeps_the_ending(house: House) -> None:
    first = house.ended()
    second = house.sessions.go_on(first, follow_up(first))
    assert (second.status, second.verdict, second.chosen) == ("running", None, None)
    kept = ending_of(second, 1, 2)
    assert kept
    assert (kept.verdict, kept.attempts) == (REJECTED, 0)
    assert ending_of(second, 2, 2) is None
    ended = house.end(second, 4)
    assert ending_of(ended, 2, 4) == noted_ending(ended, 2, 4)


def test_nothing_is_added_while_it_runs_or_after_somebody_else(house: House) -> None:
    first = house.ended()
    running = house.sessions.go_on(first, follow_up(first))
    with pytest.raises(Conflict, match="is running"):
        house.sessions.go_on(running, follow_up(running))
    house.end(running)
    with pytest.raises(Conflict, match="went on meanwhile"):
        house.sessions.go_on(running, follow_up(first))


def test_a_question_leaves_everything_as_it_was(house: House) -> None:
    first = house.ended()
    asked = follow_up(first, kind="question", iterations=0, goal=None, answer="It is 4.")
    assert house.sessions.go_on(first, asked) == first.model_copy(update={"turns": (*first.turns, asked)})


def test_a_session_of_an_earlier_version_has_its_request_as_a_turn(house: House) -> None:
    old = house.sessions.save(house.ended().model_copy(update={"turns": ()}))
    (turn,) = turns_of(old, 5)
    assert (turn.text, turn.n, turn.ending.attempts if turn.ending else None) == ("momentum on AAPL", 1, 5)
    later = house.sessions.go_on(old, follow_up(old, n=2))
    assert [t.n for t in later.turns] == [1, 2]
    assert ending_of(later, 1, 5)


def test_trials_of_a_later_turn_are_not_behind_an_earlier_one(house: House) -> None:
    session = house.ended()
    for step, count in {"0001": 10, "0002": 20, "0003.t1.probe.1": 1, "0003.t2.probe.1": 2, "0003": 30}.items():
        house.trials(session, step, count)
    assert house.behind(session, 1, 2) == 10 + 20 + 1
    assert house.behind(session, 2, 3) == 63


def test_trials_of_the_session_before_count_up_to_where_it_was_left(house: House) -> None:
    first = house.ended()
    house.trials(first, "0001", 10)
    promise = follow_up(first, kind="elsewhere", iterations=0, first_attempt=2, session_id="ses_there")
    house.sessions.go_on(first, promise)
    there = house.ended(Beginning("ses_there", first.session_id, goal()))
    house.trials(there, "0001", 5)
    house.trials(first, "0002", 100)  # made there afterwards
    assert house.behind(there, 1, 1) == 15


def test_what_changes_a_models_strategy_is_the_models() -> None:
    first = attempt(1, metrics(), author="llm")
    second, third = attempt(2, metrics(), parent=1), attempt(3, metrics(), parent=2)
    own = attempt(4, metrics())
    known = (first, second, third, own)
    assert [author_of(one, known) for one in known] == ["llm", "llm", "llm", "builtin"]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, [1]),
        ({"channels": ("reddit",)}, [1, 2]),
        ({"direction": "both"}, [1, 3]),
        ({"direction": "short"}, []),
    ],
)
def test_a_goal_allows_what_it_reads_and_trades(fields: dict[str, object], kept: list[int]) -> None:
    made = (attempt(1, metrics()), attempt(2, metrics(), spec=MOODY), attempt(3, metrics(), spec=BOTH))
    unmeasured = attempt(4, None, failed_reason="It was too slow.")
    assert [one.n for one in allowed(goal(**fields), (*made, unmeasured))] == kept


def test_the_chosen_strategy_is_carried_over_if_the_goal_allows_it(house: House) -> None:
    first = house.ended()
    chosen: Attempt = attempt(1, metrics(), spec=MOODY, author="llm")
    house.stores.sessions.save_attempt(first.session_id, chosen, None)
    house.sessions.save(first.model_copy(update={"chosen": chosen.attempt_id}))
    there = house.ended(Beginning("ses_there", first.session_id, goal()))
    attempts = Attempts(house.stores.sessions)
    reading = there.model_copy(update={"goal": goal(channels=("reddit",))})
    carried = attempts.carried_over(reading)
    assert carried
    assert (carried.spec, carried.author, carried.parent) == (MOODY, "llm", None)
    assert attempts.carried_over(there) is None
    assert attempts.carried_over(first) is None


@pytest.mark.parametrize(
    ("wish", "late"),
    [
        (goal(), False),
        (goal("max_drawdown <= 0.4"), True),
        (goal(minimum_trades=3), True),
    ],
)
def test_targets_of_a_later_turn_come_after_the_look(house: House, wish: Goal, *, late: bool) -> None:
    first = house.ended()
    held = Holdout(metrics=metrics(), p_value=0.01, p_value_adjusted=0.01, openings=1)
    shown = ending_with(first, REJECTED, 1).model_copy(update={"chosen": "att_1", "holdout": held})
    turn = first.turns[0].model_copy(update={"goal": goal(), "ending": shown})
    second = house.sessions.go_on(house.sessions.save(first.model_copy(update={"turns": (turn,)})), follow_up(first))
    assert wished_after_seeing(second, "att_1", wish) is late
    assert not wished_after_seeing(second, "att_2", wish)


@pytest.mark.parametrize(("holdout", "carried"), [(2008, True), (2007, False), (2002, False)])
def test_no_strategy_is_carried_to_a_hold_out_that_it_was_fitted_on(
    house: House, holdout: int, *, carried: bool
) -> None:
    """Fitted from 2001 to 2007, train and validation together, by the first of three sessions."""
    first, periods = house.ended(), _cut(2001, 2006, 2008)
    chosen: Attempt = attempt(1, metrics())
    house.sessions.save(first.model_copy(update={"periods": periods}))
    between = house.ended(Beginning("ses_between", first.session_id, goal()))
    house.stores.sessions.save_attempt(between.session_id, chosen, None)
    house.sessions.save(between.model_copy(update={"chosen": chosen.attempt_id}))
    there = house.ended(Beginning("ses_there", between.session_id, goal(), _cut(1999, 2001, holdout)))
    attempts = Attempts(house.stores.sessions)
    assert (attempts.carried_over(there) is not None) is carried
    assert attempts.knows_holdout(there) is not carried


def _cut(train: int, validation: int, holdout: int) -> Periods:
    """Whole years, each period up to the one that follows; three years of hold-out."""
    starts = [date(year, 1, 1) for year in (train, validation, holdout, holdout + 3)]
    whole = [Period(start=start, end=end - timedelta(days=1)) for start, end in pairwise(starts)]
    return Periods(train=whole[0], validation=whole[1], holdout=whole[2])


def test_a_reply_that_could_not_be_used_is_an_attempt_without_a_strategy(house: House) -> None:
    session = house.ended()
    failed = Attempts(house.stores.sessions).fail_reply(session, "llm", 1, "It was cut.")
    assert (failed.spec, failed.author, failed.failed_reason, failed.turn) == (None, "llm", "It was cut.", 1)
    assert house.sessions.attempts(session) == (failed,)
