"""What is to be done about something that was said, whatever it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.conversation.hearing import Ear, Heard
from backend.agents.conversation.members import same_cut
from backend.domain.goal import Goal
from backend.domain.periods import Period
from backend.domain.sessions import Session
from tests.agents.conversation.samples import PERIODS, attempts, session

KNOWN = ("AAPL", "GOOG", "IBM", "MSFT")
COVERED = Period(start=date(2007, 3, 1), end=date(2013, 3, 1))


def covered(_symbol: str, _goal: Goal) -> Period:
    return COVERED


def ear(*members: Session, iterations: int | None = None) -> Ear:
    return Ear(members, lambda _: attempts(), KNOWN, covered, iterations=iterations)


def heard(text: str, *members: Session) -> Heard:
    """By a conversation whose present session is its last one."""
    known = members or (session(),)
    return ear(*known).hear(known[-1], text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("less drawdown", "refinement"),
        ("go on", "refinement"),
        ("what is the drawdown?", "question"),
        ("the sharpe of attempt 2", "question"),
        ("now on MSFT too", "elsewhere"),
        ("with twitter too", "elsewhere"),
        ("since 2007", "elsewhere"),
        ("purple monkeys", "unclear"),
        ("only long", "unclear"),
        ("drawdown over 40 %", "unclear"),
        ("drawdown under 20 % and purple monkeys", "unclear"),
    ],
)
def test_each_kind(text: str, kind: str) -> None:
    assert heard(text).kind == kind


def test_half_an_understanding_changes_nothing_and_says_so() -> None:
    found = heard("drawdown under 20 % and purple monkeys")
    assert found.goal is None
    assert 'Not understood: "purple monkeys"; nothing was changed.' in found.answer
    assert "Understood: max_drawdown <= 0.2, instead of max_drawdown <= 0.35." in found.answer


def test_a_number_that_is_stated_at_the_door_counts_where_the_words_name_none() -> None:
    asked = ear(session(), iterations=3)
    assert asked.hear(session(), "less drawdown").iterations == 3
    assert asked.hear(session(), "5 more attempts").iterations == 5


def test_going_on_with_a_stopped_turn_takes_it_up() -> None:
    stopped = session(status="cancelled", verdict=None, holdout=None)
    assert heard("go on", stopped).resumes
    assert not heard("less drawdown", stopped).resumes


def test_other_data_is_cut_to_what_there_is() -> None:
    goal = heard("now on MSFT too").goal
    assert goal
    assert (goal.symbols, goal.start, goal.end) == (("MSFT",), COVERED.start, PERIODS.holdout.end)


def test_a_follow_up_concerns_the_session_that_it_names() -> None:
    here, there = session(), session(session_id="ses_2")
    assert there.goal
    there = there.model_copy(update={"goal": there.goal.model_copy(update={"symbols": ("MSFT",)})})
    assert heard("on AAPL: less drawdown", here, there).session.session_id == "ses_1"
    assert heard("less drawdown", here, there).session.session_id == "ses_2"
    assert heard("what was the drawdown on AAPL?", here, there).answer.startswith("AAPL: ")
    assert heard("what is the drawdown?", here, there).answer.startswith("MSFT: ")
    nowhere = heard("what is the drawdown of IBM?", here, there)
    assert (nowhere.kind, nowhere.answer) == (
        "question",
        'Nothing here has been tried on IBM; to try it there, say "now on IBM".',
    )
    back = heard("and now on AAPL", here, there)
    assert (back.session.session_id, back.kind) == ("ses_1", "question")


@pytest.mark.parametrize(
    ("start", "end", "train"),
    [
        (date(2006, 1, 3), date(2011, 12, 30), date(2006, 1, 3)),
        (date(2007, 1, 1), date(2011, 12, 30), date(2007, 1, 3)),  # the first trading session of that year
        (date(2008, 11, 3), date(2011, 12, 30), None),  # too little of train would be left
        (date(2006, 1, 3), date(2010, 12, 31), None),
        (None, date(2011, 12, 30), None),
    ],
)
def test_the_cut_stays_where_the_period_allows_it(start: date | None, end: date, train: date | None) -> None:
    kept = same_cut(PERIODS, Goal(request="x", symbols=("MSFT",), start=start, end=end))
    assert (kept and kept.train.start) == train
    assert kept is None or (kept.validation, kept.holdout) == (PERIODS.validation, PERIODS.holdout)


_WORDS = st.sampled_from(
    ["less", "drawdown", "why", "2008", "attempt", "2", "on", "MSFT", "AAPL", "20 %", "go on", "with", "twitter", "?",
     "since", "10", "more", "only", "short", "compare", "and", "forget the", "simpler", "purple"]
)  # fmt: skip


@given(st.one_of(st.text(min_size=1, max_size=80), st.lists(_WORDS, min_size=1, max_size=8).map(" ".join)))
def test_whatever_is_said_the_data_of_the_session_stays(text: str) -> None:
    before = session()
    assert before.goal
    found = heard(text, before)
    assert found.session == before
    if found.kind in ("question", "unclear"):
        assert (found.goal, found.iterations, bool(found.answer)) == (None, 0, True)
    elif found.kind == "refinement" and found.goal:
        assert (found.goal.symbols, found.goal.start, found.goal.end) == (("AAPL",), before.goal.start, before.goal.end)
        assert found.iterations >= 1
    elif found.kind == "elsewhere":
        assert found.goal
        assert (found.goal.symbols, found.goal.start, found.goal.end, found.goal.channels) != (
            before.goal.symbols, before.goal.start, before.goal.end, before.goal.channels,
        )  # fmt: skip
