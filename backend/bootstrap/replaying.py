"""Plugs the parts of a replay together: a store of its own, recorded replies, and data that is only read."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from backend.bootstrap.application import Application
from backend.bootstrap.data import utc_now
from backend.domain.conversation import Turn
from backend.domain.models import ModelChoice
from backend.domain.ports import PostSource, PriceSource
from backend.domain.sessions import Session
from backend.services.preparation import Preparation
from backend.services.replays import Recording, Replays, Stage
from backend.services.replays.offline import OfflinePosts, OfflinePrices
from backend.services.replays.past import PastLedger, RecordedReplies
from backend.services.replays.pinned import PinnedPreparation

if TYPE_CHECKING:
    from backend.agents.crew import Crew
    from backend.agents.models.asking import LanguageModel
    from backend.stores import Stores


def replays(application: Application) -> Replays:
    """Replays of the sessions of an application."""
    stores = application.stores
    return Replays(stores.sessions, stores.ledger, lambda recording: _stage(application, recording))


@contextmanager
def _stage(application: Application, recording: Recording) -> Iterator[Stage]:
    from backend.stores import Stores, open_database

    with TemporaryDirectory(prefix="backproof-replay-") as folder:
        own = {"data_dir": Path(folder), "database_url": "", "supabase_url": "", "model_tools": True}
        settings = application.settings.model_copy(update=own)
        with closing(open_database(settings.store_url)) as database:
            scratch, ledger = Stores.over(database, application.owner), PastLedger()
            held = application.stores
            stores = replace(
                held,
                sessions=scratch.sessions,
                ledger=ledger,
                runs=scratch.runs,
                bots=scratch.bots,
                models=RecordedReplies(held.models, scratch.models, recording.session),
                strategies=scratch.strategies,
            )
            replayed = _Replaying(settings, stores, recording)
            yield Stage(stores.sessions, ledger, replayed.add_turn, replayed.runner.run)


@dataclass(frozen=True)
class _Replaying(Application):
    """An application that asks nobody and spends no time.

    Attributes:
        held: stores of its own, and those that hold bars, posts and datasets, which it only reads.
        recording: the session that it plays again.
    """

    held: "Stores"
    recording: Recording

    @cached_property
    def stores(self) -> "Stores":
        """Those that it was given."""
        return self.held

    def _price_sources(self) -> Sequence[PriceSource]:
        return [OfflinePrices(source) for source in super()._price_sources()]

    def _post_sources(self) -> Sequence[PostSource]:
        return [OfflinePosts(source) for source in super()._post_sources()]

    @cached_property
    def preparation(self) -> Preparation:
        """The data of the recorded session alone."""
        return PinnedPreparation(self.market, self.datasets, self.settings.shares, self.recording)

    def language_model(self, choice: ModelChoice) -> "LanguageModel":
        """Recorded replies."""
        from backend.agents.models.language_model import RecordedModel
        from backend.agents.models.replayed import ReplayedModel

        return ReplayedModel(RecordedModel(choice, self.stores.models, utc_now))

    def add_turn(self, session: Session, turn: Turn) -> Session:
        """A recorded turn; what it sets running is understood from its words once more.

        Answers are told as they were told, since they may speak of what the recorded run took; and where a conversation
        went on in several sessions, what was said to one of them was heard beside the others.
        """
        recorded = self.recording.session
        alone = recorded.continues is None and not any(other.session_id for other in recorded.turns)
        if turn.iterations and alone:
            return self.conversation.say(session.owner, session.session_id, turn.text).session
        return self.sessions.go_on(session, turn)

    @cached_property
    def crew(self) -> "Crew":
        """With a clock that stands still: a budget of seconds ends a replay where the record says."""
        return replace(super().crew, timer=lambda: 0.0)
