"""Saves a session's result as a bot, linked to the very data that it was tested on."""

from backend.domain.bots import Bot, BotMetrics
from backend.domain.errors import Conflict, InvalidInput, NotFound
from backend.domain.ports import BotStore, Clock, NewId
from backend.domain.sessions import Attempt, Session
from backend.domain.suggestions import did_you_mean
from backend.services.dataset_manager import DatasetManager
from backend.services.preparation import Preparation


class Bots:
    """Saved bots of all owners.

    Args:
        store: keeps bots, their dataset links and pinned bars in one transaction.
        preparation: the data of the session that is saved.
        datasets: names the dataset versions that the session used.
        identity: the present moment in UTC, and what makes ids.
    """

    def __init__(
        self, store: BotStore, preparation: Preparation, datasets: DatasetManager, identity: tuple[Clock, NewId]
    ) -> None:
        self._store = store
        self._preparation = preparation
        self._datasets = datasets
        self._clock, self._new_id = identity

    def save(self, session: Session, attempts: tuple[Attempt, ...], name: str, attempt_id: str | None = None) -> Bot:
        """Keep the chosen attempt of a finished session under ``name``.

        Args:
            session: that is done.
            attempts: all of its attempts.
            name: of the bot.
            attempt_id: the attempt that the user means; None for the chosen one.

        Raises:
            Conflict: the session has not ended, its latest turn was saved before, or the name is taken.
            InvalidInput: the name is empty or too long, or another attempt than the chosen one is meant.
            NotFound: no attempt was chosen, or the session has none of that id.
        """
        if not 1 <= len(name.strip()) <= 80 or not name.strip().isprintable():
            raise InvalidInput("The name of a bot has 1 to 80 printable characters.", 'name it like "Calm momentum"')
        self._check_saveable(session)
        attempt = _chosen(session, attempts)
        if attempt_id is not None:
            _refuse_other(session, attempts, attempt_id)
        bars = self._preparation.pinned_bars(session)
        bot = self._describe(session, attempt, name.strip(), tuple(b.content_hash for b in bars))
        self._store.add_bot(bot, bars)
        return bot

    def load(self, owner: str, bot_id: str) -> Bot:
        """Raises NotFound."""
        return self._store.load_bot(owner, bot_id)

    def list(self, owner: str, limit: int | None = None, after: str | None = None) -> tuple[Bot, ...]:
        """Newest first, from the one behind ``after`` on. Raises InvalidInput when the owner has no bot of that id."""
        return self._store.list_bots(owner, limit, after)

    def delete(self, owner: str, bot_id: str) -> None:
        """Delete a bot with its pins; its datasets and its session stay. Raises NotFound."""
        self._store.delete_bot(owner, bot_id)

    def _check_saveable(self, session: Session) -> None:
        if session.status != "done":
            raise Conflict(
                f"Session {session.session_id} is {session.status}; a bot is saved from a session that is done.",
                f"resume it: `backproof sessions resume {session.session_id}`",
            )
        if session.bot_id is not None and self._store.load_bot(session.owner, session.bot_id).turn == session.turn_n:
            raise Conflict(
                f"Session {session.session_id} was saved before, as bot {session.bot_id}.",
                f"look at it: `backproof bots show {session.bot_id}`",
            )

    def _describe(self, session: Session, attempt: Attempt, name: str, snapshots: tuple[str, ...]) -> Bot:
        goal, periods, verdict = session.goal, session.periods, session.verdict
        assert goal is not None
        assert periods is not None
        assert verdict is not None
        assert session.data_hash is not None
        assert session.engine_version is not None
        assert attempt.train is not None
        assert attempt.validation is not None
        holdout = session.holdout.metrics if session.holdout else None
        return Bot(
            bot_id=self._new_id("bot"),
            owner=session.owner,
            name=name,
            session_id=session.session_id,
            attempt_id=attempt.attempt_id,
            symbols=goal.symbols,
            spec=attempt.spec,
            spec_hash=attempt.spec_hash,
            data_hash=session.data_hash,
            engine_version=session.engine_version,
            execution=session.request.execution,
            periods=periods,
            verdict=verdict,
            metrics=BotMetrics(train=attempt.train, validation=attempt.validation, holdout=holdout),
            datasets=self._datasets.associate_with_bot(session.owner, session.session_id, session.datasets),
            bars_snapshots=snapshots,
            notices=session.notices,
            created_at=self._clock(),
            turn=session.turn_n,
        )


def _chosen(session: Session, attempts: tuple[Attempt, ...]) -> Attempt:
    for attempt in attempts:
        if attempt.attempt_id == session.chosen:
            return attempt
    raise NotFound(
        f"Session {session.session_id} chose no attempt, so there is nothing to save.",
        f"see why each failed: `backproof sessions show {session.session_id}`",
    )


def _refuse_other(session: Session, attempts: tuple[Attempt, ...], attempt_id: str) -> None:
    """A bot has a verdict, and only the chosen attempt was judged on the hold-out."""
    if attempt_id == session.chosen:
        return
    ids = [attempt.attempt_id for attempt in attempts]
    if attempt_id not in ids:
        hint = did_you_mean(attempt_id, ids) or f"the chosen one is {session.chosen}"
        raise NotFound(f'Session {session.session_id} has no attempt "{attempt_id}".', hint)
    raise InvalidInput(
        f"Attempt {attempt_id} was not judged on the hold-out, so it has no verdict that a bot could carry.",
        f"save the chosen attempt, {session.chosen}; or run its strategy in a session of its own",
    )
