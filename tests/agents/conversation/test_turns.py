"""Follow-ups of real sessions: the goal moves; data, periods, ledger and trials of a session do not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from backend.bootstrap import Application
from backend.domain.conversation import Turn
from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.sessions import Attempt, Session
from backend.proof.verdict import attainable
from backend.search.context import SearchContext, TrainView
from tests.agents.sessions import application, run, small_request

pytestmark = pytest.mark.slow

MOMENTUM = "momentum on AAPL with reddit, drawdown under 80 %"
"""Its targets hold on validation, so its hold-out is opened."""


class Talk:
    """A conversation in this process."""

    def __init__(self, app: Application, session: Session) -> None:
        self.app = app
        self.root = session.session_id

    def say(self, text: str) -> Session:
        """Say something and run what it starts; the session as it is then."""
        said = self.app.conversation.say(self.app.owner, self.root, text)
        if said.runs:
            return self.app.runner.run(said.session)
        return self.app.sessions.load(self.app.owner, said.session.session_id)

    def attempts(self, session: Session) -> tuple[Attempt, ...]:
        """Of one session of it."""
        return self.app.sessions.attempts(session)

    def openings(self) -> int:
        """In the ledger."""
        return len(self.app.stores.ledger.list_openings(self.app.owner))


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    """One conversation, whose tests follow each other; each leaves it as it finds it, but for further turns."""
    app = application(tmp_path_factory.mktemp("talk"))
    return Talk(app, run(app, small_request(text=MOMENTUM, iterations=2)))


def facts(session: Session) -> tuple[Any, ...]:
    """What no follow-up may move."""
    return session.periods, session.data_hash, session.datasets, session.engine_version


def last(session: Session) -> Turn:
    return session.turns[-1]


def test_a_refinement_goes_on_with_the_same_data(begun: Talk) -> None:
    before = begun.app.conversation.present(begun.app.owner, begun.root)
    made, looked = begun.attempts(before), begun.openings()
    bot = begun.app.bots.save(before, made, "before")
    after = begun.say("less drawdown")
    assert facts(after) == facts(before)
    assert [str(t) for t in after.goal.targets] == ["max_drawdown <= 0.6"] if after.goal else False
    assert begun.attempts(after)[: len(made)] == made
    assert [a.turn for a in begun.attempts(after)[len(made) :]] == [last(after).n] * 2
    assert after.trials == sum(a.trials for a in begun.attempts(after)) > before.trials
    assert after.effective_trials >= before.effective_trials
    first, second = [turn.ending for turn in after.turns if turn.iterations][-2:]
    assert first
    assert second
    assert (first.verdict, first.trials, first.attempts) == (before.verdict, before.trials, len(made))
    assert (second.verdict, second.chosen) == (after.verdict, after.chosen)
    same = after.chosen == before.chosen
    assert begun.openings() == looked + (0 if same or not after.holdout else 1)
    if after.holdout and before.holdout:
        assert after.holdout.openings == before.holdout.openings + (0 if same else 1)
    kept = begun.app.verification.verify(begun.app.owner, bot.bot_id)
    assert kept.outcome == "reproduced", [check for check in kept.checks if not check.same]


def test_a_bot_of_a_later_turn_verifies_beside_that_of_an_earlier_one(begun: Talk) -> None:
    session = begun.say("1 more attempt")
    bot = begun.app.bots.save(session, begun.attempts(session), "later")
    assert bot.turn == last(session).n > 1
    with pytest.raises(Conflict, match="saved before"):
        begun.app.bots.save(begun.app.sessions.load(begun.app.owner, begun.root), begun.attempts(session), "again")
    for kept in begun.app.bots.list(begun.app.owner):
        assert begun.app.verification.verify(begun.app.owner, kept.bot_id).outcome == "reproduced"


def concluded(begun: Talk, chosen: Attempt) -> Session:
    """A further turn that makes no attempt and chooses this one."""
    said = begun.app.conversation.say(begun.app.owner, begun.root, "1 more attempt")
    prepared = begun.app.preparation.recall(said.session)
    return begun.app.crew.conclusions.conclude(said.session, prepared, chosen, lambda: 0.0)


def test_another_strategy_on_the_same_holdout_is_a_further_look(begun: Talk) -> None:
    before = begun.app.conversation.present(begun.app.owner, begun.root)
    assert before.goal
    assert before.holdout
    prepared, looked = begun.app.preparation.recall(before), begun.openings()
    meeting = [a for a in begun.attempts(before) if a.validation and attainable(before.goal, a.validation)]
    first = next(a for a in meeting if a.attempt_id == before.chosen)
    other = next(a for a in meeting if a.spec_hash != first.spec_hash)
    after = concluded(begun, other)
    assert after.holdout
    assert (after.holdout.openings, begun.openings()) == (before.holdout.openings + 1, looked + 1)
    worse = after.holdout.p_value * after.holdout.openings**2
    assert after.holdout.p_value_adjusted == pytest.approx(min(1.0, worse))
    again = concluded(begun, first)
    assert again.holdout == before.holdout  # the very same look: no new one, and its rank stays
    assert begun.openings() == looked + 1
    assert begun.app.preparation.recall(again).sealed.data_hash == prepared.sealed.data_hash


def test_a_narrower_goal_chooses_none_that_is_too_wide(begun: Talk) -> None:
    after = begun.say("without sentiment")
    chosen = next((a for a in begun.attempts(after) if a.attempt_id == after.chosen), None)
    assert chosen is None or "sentiment(" not in chosen.tested.model_dump_json()
    assert last(begun.say("with reddit")).kind == "refinement"


def test_after_an_opening_the_strategist_still_sees_train_alone(begun: Talk) -> None:
    session = begun.app.conversation.present(begun.app.owner, begun.root)
    assert session.goal
    attempts = begun.attempts(session)
    views = tuple(TrainView.of(a) for a in attempts if a.spec is not None)
    seen = repr(SearchContext(session.goal, len(attempts) + 1, views))
    hidden = [v for a in attempts if a.validation for v in (a.validation.sharpe, a.validation.total_return)]
    endings = [turn.ending for turn in session.turns if turn.ending and turn.ending.holdout]
    hidden += [v for e in endings if e.holdout for v in (e.holdout.metrics.sharpe, e.holdout.p_value)]
    assert hidden
    assert not [value for value in hidden if value is not None and repr(value) in seen]


def test_a_question_makes_no_attempt_and_no_opening(begun: Talk) -> None:
    before = begun.app.conversation.present(begun.app.owner, begun.root)
    made, looked = begun.attempts(before), begun.openings()
    for question in ("what is the drawdown?", "why did it fail in 2008?", "purple monkeys", "which attempt was best?"):
        after = begun.say(question)
        assert (begun.attempts(after), begun.openings()) == (made, looked)
        assert after.model_copy(update={"turns": before.turns}) == before
        assert last(after).kind in ("question", "unclear")
        assert last(after).answer
    assert last(after).text == "which attempt was best?"


def test_other_data_goes_on_in_a_session_of_its_own(begun: Talk) -> None:
    before = begun.app.conversation.present(begun.app.owner, begun.root)
    chosen = next(a for a in begun.attempts(before) if a.attempt_id == before.chosen)
    there = begun.say("now on GOOG too")
    here = begun.app.sessions.load(begun.app.owner, before.session_id)
    assert (last(here).kind, last(here).session_id, there.continues) == ("elsewhere", there.session_id, here.session_id)
    assert (there.periods, there.goal.symbols if there.goal else None) == (before.periods, ("GOOG",))
    assert there.data_hash != before.data_hash
    assert there.request.seed == before.request.seed
    first = begun.attempts(there)[0]
    assert f"carried over from attempt {chosen.n} of {before.session_id}" in first.origin
    assert first.family == chosen.family
    assert there.trials == before.trials + sum(a.trials for a in begun.attempts(there))
    assert here.model_copy(update={"turns": before.turns}) == before
    _both_sessions_are_spoken_of(begun, here, there)


def _both_sessions_are_spoken_of(begun: Talk, here: Session, there: Session) -> None:
    assert last(begun.say("what data was used?")).answer.startswith("GOOG: Bars of GOOG")
    about_here = begun.say("what data was used on AAPL?")
    assert (about_here.session_id, last(about_here).answer[:18]) == (here.session_id, "AAPL: Bars of AAPL")
    refined = begun.say("on GOOG: drawdown under 70 %")
    assert refined.session_id == there.session_id
    assert [s.session_id for s in begun.app.conversation.members(begun.app.owner, there.session_id)] == [
        here.session_id,
        there.session_id,
    ]


def test_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    app = application(tmp_path)
    talk = Talk(app, run(app, small_request(text="momentum, drawdown under 80 %", iterations=1)))
    assert app.sessions.load(app.owner, talk.root).status == "needs_input"
    unclear = talk.say("which one do you like?")
    assert (unclear.status, last(unclear).kind) == ("needs_input", "unclear")
    done = talk.say("aapl")
    assert (done.status, len(talk.attempts(done)), done.question) == ("done", 1, None)
    assert done.goal
    assert (done.goal.symbols, done.goal.style) == (("AAPL",), ("momentum",))
    assert [turn.kind for turn in done.turns] == ["request", "unclear", "request"]


def test_a_stopped_turn_is_taken_up_by_going_on(tmp_path: Path) -> None:
    app = application(tmp_path)
    talk = Talk(app, run(app, small_request(text=MOMENTUM, iterations=1)))
    said = app.conversation.say(app.owner, talk.root, "less drawdown")
    with pytest.raises(Conflict, match="is running"):
        app.conversation.say(app.owner, talk.root, "more return")
    app.sessions.stop(said.session, "cancelled")
    done = talk.say("go on")
    assert (done.status, len(done.turns), len(talk.attempts(done))) == ("done", 2, 2)


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_there_are_words_and_not_too_many(text: str, begun: Talk) -> None:
    with pytest.raises(InvalidInput, match="characters"):
        begun.app.conversation.say(begun.app.owner, begun.root, text)


@pytest.mark.parametrize(
    ("text", "named"), [("why \x1b[31m did it fail", r"U\+001B"), ("why \udcff", "not valid text")]
)
def test_what_steers_a_terminal_is_refused(text: str, named: str, begun: Talk) -> None:
    with pytest.raises(InvalidInput, match=named):
        begun.app.conversation.say(begun.app.owner, begun.root, text)


def test_a_session_that_is_not_there_is_named(begun: Talk) -> None:
    with pytest.raises(NotFound, match="ses_nowhere"):
        begun.app.conversation.say(begun.app.owner, "ses_nowhere", "less drawdown")


def test_a_promised_session_is_opened_after_a_kill(begun: Talk) -> None:
    """The turn is stored before the session that it names; what a kill left out is made up for."""
    session = begun.app.conversation.present(begun.app.owner, begun.root)
    assert session.goal
    goal = session.goal.model_copy(update={"symbols": ("IBM",)})
    turn = last(session).model_copy(
        update={"n": len(session.turns) + 1, "kind": "elsewhere", "session_id": "ses_promised", "goal": goal}
    )
    begun.app.sessions.go_on(session, turn.model_copy(update={"iterations": 0, "ending": None}))
    members = begun.app.conversation.members(begun.app.owner, begun.root)
    assert [s.session_id for s in members][-1] == "ses_promised"
    assert _states(members)[-1] == ("running", session.periods, ("IBM",))


def _states(members: Sequence[Session]) -> list[tuple[Any, ...]]:
    return [(s.status, s.periods, s.goal.symbols if s.goal else None) for s in members]
