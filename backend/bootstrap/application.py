"""Plugs services and agents together: everything that a door may open."""

import os
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from backend.agents.traces import send_before_the_end
from backend.bootstrap.data import CHECKPOINTS, DataParts, utc_now
from backend.bootstrap.repeats import new_id
from backend.domain.errors import Conflict
from backend.domain.models import ModelChoice
from backend.domain.session_lines import SessionLine
from backend.domain.sessions import Session, SessionRequest
from backend.observability import trace_only_when_asked
from backend.services.answers import Answers
from backend.services.backtests import Backtests
from backend.services.bot_changes import BotChanges
from backend.services.bots import Bots
from backend.services.charts import Charts
from backend.services.gathering import Gathering
from backend.services.preparation import Preparation
from backend.services.rejudging import Rejudging
from backend.services.sessions import Sessions
from backend.services.stored_runs import StoredRuns
from backend.services.strategies import Strategies
from backend.services.tokens import Tokens
from backend.services.verification import Verifications
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.agents.conversation.conversation import Conversation
    from backend.agents.conversation.hearing import Help
    from backend.agents.crew import Crew
    from backend.agents.llm.strategist import Toolbox
    from backend.agents.models.asking import LanguageModel
    from backend.agents.runner import SessionRunner
    from backend.agents.strategist import Strategist
    from backend.services.batches import Batches

START_UP = timedelta(seconds=30)
"""How long a new session may take until its process holds it."""


@dataclass(frozen=True)
class Application(DataParts):
    """Everything that a door may open; heavy parts are built at their first use."""

    @cached_property
    def sessions(self) -> Sessions:
        """Opens, finds and cancels sessions."""
        sessions = Sessions(self.stores.sessions, utc_now, new_id)
        sessions.listen(self.shared.tell)
        return sessions

    @cached_property
    def preparation(self) -> Preparation:
        """Data of sessions."""
        return Preparation(self.market, self.datasets, self.settings.shares)

    @cached_property
    def backtests(self) -> Backtests:
        """Direct backtests."""
        return Backtests(self.market, self.datasets, self.stores.runs, (utc_now, new_id), self.counters)

    @cached_property
    def runs(self) -> StoredRuns:
        """What is stored of direct backtests."""
        return StoredRuns(self.stores.runs)

    @cached_property
    def charts(self) -> Charts:
        """Charts of direct backtests."""
        return Charts(Gathering(self.market.stored(), self.datasets), self.runs)

    @cached_property
    def batches(self) -> "Batches":
        """Batches of backtests."""
        from backend.services.batches import Batches

        gathering = Gathering(self.market, self.datasets)
        batches = Batches(self.stores.batches, self.strategies, gathering, self.locks, (utc_now, new_id))
        batches.listen(self.shared.tell)
        return batches

    @cached_property
    def strategies(self) -> Strategies:
        """Strategies kept by name, and those that ship with the product."""
        return Strategies(self.stores.strategies, utc_now, new_id)

    @cached_property
    def tokens(self) -> Tokens:
        """Tokens of scripts."""
        return Tokens(self.stores.tokens, (utc_now, new_id), lambda: secrets.token_urlsafe(32))

    @cached_property
    def answers(self) -> Answers:
        """Answers to requests that may be sent twice."""
        return Answers(self.stores.answers, self.locks, utc_now, self.locks.place())

    @cached_property
    def bots(self) -> Bots:
        """Saved bots."""
        return Bots(self.stores.bots, self.preparation, self.datasets, (utc_now, new_id))

    @cached_property
    def bot_changes(self) -> BotChanges:
        """What has changed since bots were saved."""
        return BotChanges((self.stores.bots, self.stores.datasets), self.market.stored())

    @cached_property
    def verification(self) -> Verifications:
        """Recomputes bots from their pinned data."""
        pins = (self.stores.bots, self.stores.datasets)
        return Verifications(pins, self.datasets, Rejudging(self.stores.sessions))

    @cached_property
    def crew(self) -> "Crew":
        """The parts that the agents work with."""
        from backend.agents.crew import Crew
        from backend.agents.roles import roles_of
        from backend.services.attempts import Attempts
        from backend.services.conclusions import Conclusions
        from backend.services.exhibits import Exhibits
        from backend.tools.backtester import Backtester

        attempts = Attempts(self.stores.sessions)
        return Crew(
            sessions=self.sessions,
            preparation=self.preparation,
            strategist=self.strategist,
            backtester=Backtester(attempts),
            attempts=attempts,
            roles=lambda choice: roles_of(self.language_model(choice), self.toolbox),
            calls=self.stores.models,
            trials=self.stores.sessions,
            conclusions=Conclusions(self.stores.sessions, self.stores.ledger, Exhibits(self.datasets), utc_now),
            counters=self.counters,
            timer=time.monotonic,
        )

    @cached_property
    def runner(self) -> "SessionRunner":
        """Runs sessions; imports the graph."""
        # Read when LangGraph is imported: checkpoints hold plain values only.
        os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
        from backend.agents.checkpoints import postgres_checkpoints, sqlite_checkpoints
        from backend.agents.runner import SessionRunner

        if self.settings.on_postgres:
            from backend.stores.sql.postgres import postgres_dsn

            return SessionRunner(
                self.crew, self.locks, lambda: postgres_checkpoints(postgres_dsn(self.settings.store_url))
            )
        path = str(self.settings.data_dir / CHECKPOINTS)
        return SessionRunner(self.crew, self.locks, lambda: sqlite_checkpoints(path))

    @cached_property
    def conversation(self) -> "Conversation":
        """What the user says to sessions."""
        from backend.agents.conversation.conversation import Conversation

        return Conversation(self.sessions, self.preparation, self.locks, self._help)

    def _help(self, choice: ModelChoice) -> "Help":
        from backend.agents.conversation.helping import ModelHelp

        return ModelHelp(lambda: self.language_model(choice))

    def interrupted(self, session: Session | SessionLine) -> bool:
        """Whether a session that counts as running was left by its process; it can be resumed."""
        starting = not session.understood and utc_now() - session.created_at < START_UP
        return session.status == "running" and not starting and not self.locks.held(session.session_id)

    @cached_property
    def strategist(self) -> "Strategist":
        """Who proposes strategies."""
        from backend.agents.strategist import BuiltInStrategist

        return BuiltInStrategist()

    def language_model(self, choice: ModelChoice) -> "LanguageModel":
        """The model of a session, with the key that the settings hold for its server.

        Raises:
            Conflict: the settings name another server, which would be sent the key of this one.
        """
        from backend.agents.models.language_model import ChatModel, Connection

        stated = self.settings
        if choice.endpoint != stated.model_choice.endpoint:
            raise Conflict(
                f"The session asks {choice.label} at {choice.endpoint or 'the address of its maker'}, and the settings "
                f"name {stated.model_choice.endpoint or 'no other address'}.",
                "set OPENAI_BASE_URL as it was when the session was opened",
            )
        connection = Connection(stated.openai_api_key, stated.model_timeout, stated.model_retries)
        return ChatModel(choice, connection, self.stores.models, utc_now)

    @property
    def toolbox(self) -> "Toolbox | None":
        """What a model may look at before it proposes."""
        from backend.agents.llm.toolbox import session_tools
        from backend.services.probes import Probes

        return session_tools(self.preparation, Probes(self.stores.sessions)) if self.settings.model_tools else None

    def refuse_impossible(self, request: SessionRequest) -> None:
        """Raises InvalidInput where the rules by which requests are read find something in it that cannot be."""
        from backend.agents.understanding.goals import understand

        understand(request, self.preparation.symbols())

    def open_session(self, request: SessionRequest) -> Session:
        """Store a new session of this owner. Raises InvalidInput where its model or its budget cannot be had."""
        from backend.agents.starting import ModelTerms, open_session

        stated = self.settings
        terms = ModelTerms(stated.model_choice, stated.budget, stated.lacks_key)
        return open_session(self.sessions, self.owner, request, terms)

    @property
    def strategist_name(self) -> str:
        """How the strategist is named wherever its work is shown."""
        return self.strategist.name


def build(settings: Settings) -> Application:
    """The application of this machine's single owner; no trace leaves it unless the user asks for that."""
    trace_only_when_asked()
    send_before_the_end()
    return Application(settings)
