"""The nodes of the graph: what each role does with the state, and which events it writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from backend.agents.analyst import diagnose
from backend.agents.crew import Crew
from backend.agents.state import SessionState
from backend.agents.strategist import Occasion
from backend.agents.supervisor import choose, decide
from backend.agents.understanding import understand
from backend.domain.errors import Cancelled, DataUnavailable, InvalidInput
from backend.domain.goal import Goal, Question
from backend.domain.periods import Period
from backend.domain.sentiment import DatasetLink
from backend.domain.sessions import Attempt, Candidate, Session, Usage
from backend.engine.simulation import ENGINE_VERSION
from backend.search.context import SearchContext, TrainView
from backend.services.preparation import LoopData, Prepared

Update = dict[str, Any]


class Nodes:
    """Every node reads what it needs from the store and writes keyed by step, so it may run twice."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    def understand(self, state: SessionState) -> Update:
        """Turn the request into a goal, or end with a question."""
        session = self._session(state)
        result = understand(session.request, self._crew.preparation.symbols(), self._data_end)
        goal = result if isinstance(result, Goal) else result.goal
        session = session.model_copy(update={"goal": goal})
        if isinstance(result, Question):
            return self._ask(session, result)
        self._crew.sessions.save(session)
        self._log(session, "understood", "goal.understood", {"goal": goal.model_dump(mode="json")})
        return {"question": None}

    def prefetch(self, state: SessionState) -> Update:
        """Fetch and store all data of the session, once, before the first attempt."""
        session = self._session(state)
        started, before = self._crew.timer(), self._crew.counters.snapshot()
        prepared = self._crew.preparation.prepare(session, _goal_of(session), self._progress(session))
        after = self._crew.counters.snapshot()
        usage = Usage(
            source_calls=after.source_calls - before.source_calls,
            posts_scored=after.posts_scored - before.posts_scored,
            prefetch_reads=after.data_reads - before.data_reads,
        )
        timings = session.timings.model_copy(update={"prefetch_s": self._crew.timer() - started})
        session = session.model_copy(update=_begun(prepared) | {"usage": usage, "timings": timings})
        self._announce(self._crew.sessions.save(session), prepared)
        return {"iteration": 0, "decision": "propose", "data_reads": 0, "loop_s": 0.0}

    def propose(self, state: SessionState) -> Update:
        """Let the strategist propose the next candidate, from train results alone."""
        session, data = self._recall(state)
        with self._measured(state) as update:
            n = state["iteration"] + 1
            attempts = self._crew.attempts.list(session)[: n - 1]
            views = tuple(TrainView.of(attempt) for attempt in attempts if attempt.spec is not None)
            context = SearchContext(data.goal, n, views, session.request.iterations)
            step = f"{n:04d}.propose"
            occasion = Occasion(session, n, step, lambda: self._crew.sessions.cancelled(session))
            candidate = next(iter(self._crew.strategist.propose(context, occasion)), None)
            update["candidate"] = candidate.model_dump(mode="json") if candidate else None
            if candidate:
                facts = {"n": n, "name": candidate.spec.name, "family": candidate.family, "origin": candidate.origin}
                self._log(session, f"{n:04d}.proposed", "attempt.proposed", facts)
        return update

    def backtest(self, state: SessionState) -> Update:
        """Test the candidate; a candidate that cannot be tested is a failed attempt, not the end."""
        session, data = self._recall(state)
        with self._measured(state) as update:
            candidate = state["candidate"]
            if candidate is not None:
                n = state["iteration"] + 1
                attempt = self._test(session, data, Candidate.model_validate(candidate), n)
                self._log(session, f"{n:04d}.backtested", "attempt.backtested", _numbers(attempt))
        return update

    def analyse(self, state: SessionState) -> Update:
        """Say what held the attempt back, from its train results alone."""
        session, data = self._recall(state)
        with self._measured(state) as update:
            if state["candidate"] is not None:
                n = state["iteration"] + 1
                attempt = self._crew.attempts.list(session)[n - 1]
                if attempt.train is not None and attempt.observations is not None:
                    diagnosis = diagnose(data.goal, attempt.train, attempt.observations, attempt.tested)
                    self._crew.attempts.diagnose(session, attempt, diagnosis)
                    facts = {"n": n, "diagnosis": diagnosis.model_dump(mode="json")}
                    self._log(session, f"{n:04d}.analysed", "attempt.analysed", facts)
                update["iteration"] = n
        return update

    def supervise(self, state: SessionState) -> Update:
        """Decide whether to spend another iteration."""
        session = self._session(state)
        exhausted = state["candidate"] is None
        return {"decision": decide(state["iteration"], session.request.iterations, exhausted=exhausted)}

    def conclude(self, state: SessionState) -> Update:
        """Choose the best attempt by validation, and let the hold-out decide."""
        session = self._session(state)
        if session.status != "done":
            session = self._conclude(session, state)
        if session.verdict is not None:
            facts = {"outcome": session.verdict.outcome, "reasons": list(session.verdict.reasons)}
            self._log(session, "verdict", "verdict.reached", facts)
        self._log(session, "ended", "session.ended", {"status": session.status})
        self._crew.preparation.forget(session)
        return {"decision": "end"}

    def _conclude(self, session: Session, state: SessionState) -> Session:
        prepared = self._crew.preparation.recall(session)
        started = self._crew.timer()
        chosen = choose(prepared.loop.goal, self._crew.attempts.list(session))
        usage = session.usage.model_copy(update={"data_reads": state["data_reads"]})
        loop = session.timings.model_copy(update={"loop_s": state["loop_s"]})
        session = session.model_copy(update={"usage": usage, "timings": loop})
        spent = loop.prefetch_s + loop.loop_s
        return self._crew.conclusions.conclude(session, prepared, chosen, lambda: spent + self._crew.timer() - started)

    def _session(self, state: SessionState) -> Session:
        session = self._crew.sessions.load(state["owner"], state["session_id"])
        if self._crew.sessions.cancelled(session):
            raise Cancelled(f"Session {session.session_id} was cancelled.", "go on with `backproof sessions resume`")
        return session

    def _recall(self, state: SessionState) -> tuple[Session, LoopData]:
        session = self._session(state)
        return session, self._crew.preparation.recall(session).loop

    @contextmanager
    def _measured(self, state: SessionState) -> Iterator[Update]:
        """Add the seconds and data reads of a node to the state; what recalling cost is not part of it."""
        started, before = self._crew.timer(), self._crew.counters.snapshot()
        update: Update = {}
        yield update
        update["loop_s"] = state["loop_s"] + self._crew.timer() - started
        update["data_reads"] = state["data_reads"] + self._crew.counters.snapshot().data_reads - before.data_reads

    def _test(self, session: Session, data: LoopData, candidate: Candidate, n: int) -> Attempt:
        try:
            return self._crew.backtester.test(
                session, data, candidate, n, lambda: self._crew.sessions.cancelled(session)
            )
        except (InvalidInput, DataUnavailable) as error:
            return self._crew.attempts.fail(session, candidate, n, error.message)

    def _ask(self, session: Session, question: Question) -> Update:
        session = session.model_copy(update={"status": "needs_input", "question": question.text})
        self._crew.sessions.save(session)
        self._log(session, "asked", "question.asked", {"question": question.text})
        self._log(session, "ended", "session.ended", {"status": session.status})
        return {"question": question.text}

    def _announce(self, session: Session, prepared: Prepared) -> None:
        for link in session.datasets:
            self._log(session, f"dataset.{link.id}", "dataset.ready", link.model_dump(mode="json"))
        for number, notice in enumerate(prepared.notices):
            self._log(session, f"notice.{number}", "notice", {"text": notice})

    def _progress(self, session: Session) -> Callable[[str], None]:
        return lambda text: self._log(session, f"data.{text}", "data.progress", {"text": text})

    def _data_end(self, symbol: str, goal: Goal) -> Period | None:
        return self._crew.preparation.span(symbol, goal)

    def _log(self, session: Session, step: str, type: Any, data: dict[str, Any]) -> None:
        self._crew.sessions.log(session, step, type, data)


def _begun(prepared: Prepared) -> Update:
    """What a session knows once its data is there; from now on its periods and data are fixed."""
    return {
        "goal": prepared.loop.goal,
        "periods": prepared.periods,
        "data_hash": prepared.sealed.data_hash,
        "engine_version": ENGINE_VERSION,
        "datasets": tuple(DatasetLink.of(dataset) for dataset in prepared.datasets),
        "notices": prepared.notices,
    }


def _goal_of(session: Session) -> Goal:
    if session.goal is None:
        raise InvalidInput(f"Session {session.session_id} has no goal.", "state the request again")
    return session.goal


def _numbers(attempt: Attempt) -> dict[str, Any]:
    kept = {"n", "attempt_id", "family", "spec_hash", "diff", "trials", "train", "validation", "failed_reason"}
    return attempt.model_dump(mode="json", include=kept) | {"name": attempt.title}
