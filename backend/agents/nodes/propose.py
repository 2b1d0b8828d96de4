"""Lets search or model propose the next strategy, from train results alone."""

from typing import Any, ClassVar

from backend.agents.desk import Desk
from backend.agents.nodes.node import Node, Update, next_attempt
from backend.agents.state import SessionState, packed
from backend.agents.stops import away_message, end_unpaid, go_on_alone, obey
from backend.agents.strategist import MOST_CANDIDATES, Occasion, Proposed, Refused
from backend.agents.tournament import author_of, other, share
from backend.domain.errors import BudgetSpent, MalformedOutput, ModelAway
from backend.domain.sessions import Author, Candidate
from backend.search.context import SearchContext, TrainView
from backend.search.tuner import WARMUP_SHARE
from backend.services.attempts import readable
from backend.services.preparation import LoopData

FITTED_THERE = (
    "The strategy of the session before was not carried over: it was fitted on days that are the hold-out of this one."
)


class Propose(Node):
    """A round of a model may hold several candidates; those that wait are tested first, with no further call."""

    name: ClassVar[str] = "propose"

    def work(self, state: SessionState) -> Update:
        """Sets ``proposal``, None when there is nothing left to propose."""
        data = self._crew.preparation.recall(self._desk.session).loop
        with self._measured(state) as measured:
            found = self._next(state, data)
            self._tell(found["proposal"], next_attempt(self._desk, state))
        return found | measured

    def _next(self, state: SessionState, data: LoopData) -> Update:
        n, strategist = next_attempt(self._desk, state), self._desk.session.request.strategist
        carried = self._carried_over(n)
        if carried is not None:
            return {"proposal": packed(carried)}
        author = author_of(strategist, n)
        update = self._by(author, state, data)
        if strategist == "both" and update["proposal"] is None and "ended" not in update:
            update |= self._by(other(author), state, data)
        update.pop("ended", None)
        return update

    def _carried_over(self, n: int) -> Candidate | None:
        """What the session that this one carries on had chosen; it is tried first."""
        if n > 1 or self._desk.session.continues is None:
            return None
        if self._crew.attempts.knows_holdout(self._desk.session):
            self._desk.notice("carried_over", FITTED_THERE)
        return self._crew.attempts.carried_over(self._desk.session)

    def _by(self, author: Author, state: SessionState, data: LoopData) -> Update:
        """What the author proposes next."""
        if author == "builtin":
            return self._search(state, data)
        if state["waiting"]:
            return {"proposal": state["waiting"][0], "waiting": state["waiting"][1:]}
        return self._ask(state, data)

    def _search(self, state: SessionState, data: LoopData) -> Update:
        context, occasion = self._asked("builtin", state, data)
        found = self._crew.strategist.propose(context, occasion)
        return {"proposal": packed(found[0]) if found else None}

    def _ask(self, state: SessionState, data: LoopData) -> Update:
        """A round of the model; where it is away, nothing for now, or the end of a session that has nobody else."""
        name = self.step_name(state)
        before = obey(self._desk, name)
        if before is not None:
            return {"proposal": None} | ({} if before.kind == "outage" else {"ended": True})
        if state.get("away"):
            return self._without_model(name, str(state["away"]))
        context, occasion = self._asked("llm", state, data)
        strategist = self._desk.roles.strategist
        self._desk.log(f"{occasion.n:04d}.asking", "attempt.progress", _asking(occasion.n, strategist.name))
        try:
            found = strategist.propose(context, occasion)
        except MalformedOutput as error:
            found = (Refused(name="", reason=error.message),)
        except ModelAway as error:
            return self._without_model(name, away_message(self._desk.session, error), error.hint)
        except BudgetSpent as error:
            end_unpaid(self._desk, state, name, error)
            return {"proposal": None, "ended": True}
        return self._round(found, state)

    def _without_model(self, name: str, message: str, hint: str = "") -> Update:
        go_on_alone(self._desk, name, message, hint)
        return {"proposal": None, "away": message}

    def _round(self, found: tuple[Proposed, ...], state: SessionState) -> Update:
        """The first that a reply proposes; the others wait."""
        usable = any(isinstance(proposed, Candidate) for proposed in found)
        queue = [packed(_by_model(proposed)) for proposed in found[:MOST_CANDIDATES]]
        return {
            "proposal": queue[0] if queue else None,
            "waiting": queue[1:],
            "useless": 0 if usable or not found else state["useless"] + 1,
            "round_from": next_attempt(self._desk, state),
        }

    def _asked(self, author: Author, state: SessionState, data: LoopData) -> tuple[SearchContext, Occasion]:
        n = next_attempt(self._desk, state)
        return context_of(self._desk, author, n, data), occasion_of(self._desk, n, self.step_name(state))

    def _tell(self, proposal: Update | None, n: int) -> None:
        candidate = (proposal or {}).get("candidate")
        if candidate:
            facts = {name: candidate[name] for name in ("family", "origin", "author")}
            told = {"n": n, "name": candidate["spec"]["name"], "among": 1 + len(candidate["alternatives"]), **facts}
            self._desk.log(f"{n:04d}.proposed", "attempt.proposed", told)


def context_of(desk: Desk, author: Author, n: int, data: LoopData) -> SearchContext:
    """What the author may see at attempt ``n``: the goal, and the train side of its own attempts."""
    own = [attempt for attempt in desk.attempts if attempt.author == author and attempt.n < n]
    views = tuple(TrainView.of(attempt) for attempt in own if attempt.spec and readable(attempt.spec, data.goal))
    left = share(desk.session.request.strategist, author, n, desk.last)
    rows = data.train_rows
    longest = rows.start + int((rows.stop - rows.start) * WARMUP_SHARE)
    troubles = tuple(attempt.failed_reason for attempt in own if attempt.failed_reason)
    return SearchContext(data.goal, len(own) + 1, views, len(own) + max(left, 1), longest, troubles)


def occasion_of(desk: Desk, n: int, name: str) -> Occasion:
    """The occasion of a step at attempt ``n``."""
    return Occasion(desk.session, n, desk.step(name), desk.flag.requested)


def _asking(n: int, name: str) -> dict[str, Any]:
    return {"n": n, "text": f"asking {name}"}


def _by_model(proposed: Proposed) -> Proposed:
    return proposed.model_copy(update={"author": "llm"}) if isinstance(proposed, Candidate) else proposed
