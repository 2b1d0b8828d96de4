"""Makes a bot's verdict once more, from the bars and datasets that the bot pinned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.bots import Bot
from backend.domain.conversation import Ending
from backend.domain.errors import NotFound
from backend.domain.frames import Frame, SealedFrame
from backend.domain.goal import Goal
from backend.domain.ports import SessionStore
from backend.domain.sentiment import SentimentDataset
from backend.domain.sessions import Attempt, Session
from backend.domain.verdict import Holdout, NullLeague, Verdict
from backend.proof.trials import effective_trials
from backend.proof.verdict import judge
from backend.services.exhibits import Case, Rerun, exhibit, gather
from backend.services.preparation import LoopData, Prepared
from backend.services.turns import ending_of, goal_of, noted_ending, trials_behind, trials_of_others

FROM_RAW_POSTS = ("causality",)
"""Checks that read raw posts, which are not pinned: they stand as they were recorded."""


@dataclass(frozen=True)
class Rejudged:
    """What judging again gives; of each pair the first is as the session has it, the second as it comes out now."""

    verdict: Verdict
    holdout: tuple[Holdout | None, Holdout | None]
    null_league: tuple[NullLeague | None, NullLeague | None]


class Rejudging:
    """Judges the session of a bot again, as it was when the bot's turn ended: its attempts, its trials, its rank.

    Args:
        sessions: gives the session with its attempts and trials.
    """

    def __init__(self, sessions: SessionStore) -> None:
        self._sessions = sessions

    def judge(self, bot: Bot, frame: Frame, datasets: Sequence[SentimentDataset]) -> Rejudged:
        """The verdict, with every check that pinned data decides recomputed and the others as the session has them.

        Args:
            bot: whose verdict it is.
            frame: the whole frame of the session, put together from the pins.
            datasets: the versions in it, in the order of the session.

        Raises:
            NotFound: the session, or the attempt that the bot was saved from, is gone.
        """
        session = self._sessions.load_session(bot.owner, bot.session_id)
        attempts = self._sessions.list_attempts(bot.session_id)
        goal, ending = goal_of(session, bot.turn, len(attempts)), ending_of(session, bot.turn, len(attempts))
        if goal is None or ending is None:
            raise NotFound(f"Session {session.session_id} no longer has the goal and the verdict that it ended with.")
        case = self._case(bot, session, attempts[: ending.attempts], _prepared(goal, bot, frame, datasets))
        recorded = [check for check in ending.verdict.checks if check.name in FROM_RAW_POSTS]
        if ending.holdout is None:
            sealed = gather(Rerun.of(case, case.prepared.loop.frame), None, 1, ())
            return Rejudged(judge(sealed, recorded), (None, None), (None, ending.null_league))
        opened = exhibit(Rerun.of(case, frame), ending.holdout.openings, ())
        verdict = judge(opened.evidence, recorded)
        held = _as_told_then(opened.holdout, ending.holdout)
        return Rejudged(verdict, (ending.holdout, held), (ending.null_league, opened.null_league))

    def taken_over(self, bot: Bot) -> dict[str, tuple[Any, Any]]:
        """What a bot has from its session, by name: as the bot keeps it, and as the session does.

        Raises:
            NotFound: the session is gone.
        """
        session = self._sessions.load_session(bot.owner, bot.session_id)
        attempts = self._sessions.list_attempts(bot.session_id)
        attempt, ending = _saved(bot, attempts), ending_of(session, bot.turn, len(attempts))
        held = ending.holdout if ending else None
        tested = (attempt.spec, attempt.spec_hash, attempt.train, attempt.validation)
        return {
            "attempt": ((bot.spec, bot.spec_hash, bot.metrics.train, bot.metrics.validation), tested),
            "verdict": (bot.verdict, ending.verdict if ending else None),
            "hold-out": (bot.metrics.holdout, held.metrics if held else None),
            "symbols": (bot.symbols, session.goal.symbols if session.goal else None),
            "data": (bot.data_hash, session.data_hash),
            "periods": (bot.periods, session.periods),
            "execution": (bot.execution, session.request.execution),
            "notices": (bot.notices, ending.notices if ending else None),
            "turn": (
                _by_strategy(ending, attempts),
                _by_strategy(noted_ending(session, bot.turn, len(attempts)), attempts),
            ),
        }

    def _case(self, bot: Bot, session: Session, attempts: Sequence[Attempt], prepared: Prepared) -> Case:
        chosen = _saved(bot, attempts).model_copy(update={"spec": bot.spec})
        behind = trials_behind(self._sessions, session, bot.turn, len(attempts))
        trials = effective_trials(behind)
        return Case(session, prepared, chosen, attempts, trials, earlier_trials=trials_of_others(behind, session))


def _as_told_then(found: Holdout, recorded: Holdout) -> Holdout:
    """Without figures by year where an earlier version recorded none."""
    return found if recorded.years else found.model_copy(update={"years": ()})


def _by_strategy(ending: Ending | None, attempts: Sequence[Attempt]) -> Ending | None:
    """The ending with its attempt named by the strategy, which is the same wherever the session was made."""
    if ending is None:
        return None
    hashes = {attempt.attempt_id: attempt.spec_hash for attempt in attempts}
    return ending.model_copy(update={"chosen": hashes.get(ending.chosen or "")})


def _saved(bot: Bot, attempts: Sequence[Attempt]) -> Attempt:
    """The attempt that the bot was saved from. Raises NotFound."""
    for attempt in attempts:
        if attempt.attempt_id == bot.attempt_id:
            return attempt
    raise NotFound(f"Attempt {bot.attempt_id} of session {bot.session_id} is not stored any more.")


def _prepared(goal: Goal, bot: Bot, frame: Frame, datasets: Sequence[SentimentDataset]) -> Prepared:
    sealed = SealedFrame(frame, bot.periods)
    loop = LoopData.of(goal, sealed.visible(), bot.periods)
    return Prepared(loop, bot.periods, sealed, tuple(datasets), bot.notices)
