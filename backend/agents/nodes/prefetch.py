"""The second node: fetches and stores all data of the session, before the first attempt of a turn."""

from collections.abc import Callable
from typing import ClassVar

from backend.agents.nodes.node import Node, Update
from backend.agents.state import SessionState
from backend.domain.sentiment import DatasetLink
from backend.domain.sessions import Session, Usage
from backend.engine.simulation import ENGINE_VERSION
from backend.services.counters import DataCounters
from backend.services.preparation import Prepared


class Prefetch(Node):
    """A turn after the first finds the data of its session again, unless there was none yet."""

    name: ClassVar[str] = "prefetch"

    def work(self, _: SessionState) -> Update:
        """From here on periods and data are fixed."""
        session, begun = self._desk.session, self._desk.session.data_hash is not None
        started, before = self._crew.timer(), self._crew.counters.snapshot()
        goal, progress = self._desk.goal, self._progress()
        prepared = self._desk.flag.waiting_for(lambda: self._crew.preparation.prepare(session, goal, progress))
        usage = _used(session.usage, before, self._crew.counters.snapshot())
        seconds = session.timings.prefetch_s + self._crew.timer() - started
        timings = session.timings.model_copy(update={"prefetch_s": seconds})
        self._desk.save(usage=usage, timings=timings, **_begun(session, prepared))
        if not begun or self._desk.first == 1:
            self._announce(prepared)
        return {"iteration": 0, "waiting": [], "useless": 0, "round_from": 0, "data_reads": 0, "loop_s": 0.0}

    def _announce(self, prepared: Prepared) -> None:
        for dataset in prepared.datasets:
            link = DatasetLink.of(dataset)
            self._desk.log(f"dataset.{link.id}", "dataset.ready", link.model_dump(mode="json"))
        for number, notice in enumerate(prepared.notices):
            self._desk.log(f"notice.{number}", "notice", {"text": notice})

    def _progress(self) -> Callable[[str], None]:
        """Tells each text once, and stops the work when the session is to stop."""
        told = set[str]()

        def tell(text: str) -> None:
            self._desk.flag.stop_if_requested()
            if text not in told:
                told.add(text)
                self._desk.log(f"data.{text}", "data.progress", {"text": text})

        return tell


def _used(usage: Usage, before: DataCounters, after: DataCounters) -> Usage:
    """The usage with what fetching has taken."""
    return usage.model_copy(
        update={
            "source_calls": usage.source_calls + after.source_calls - before.source_calls,
            "posts_scored": usage.posts_scored + after.posts_scored - before.posts_scored,
            "prefetch_reads": usage.prefetch_reads + after.data_reads - before.data_reads,
        }
    )


def _begun(session: Session, prepared: Prepared) -> Update:
    """What a session knows once its data is there."""
    return {
        "goal": prepared.loop.goal,
        "periods": prepared.periods,
        "data_hash": prepared.sealed.data_hash,
        "engine_version": ENGINE_VERSION,
        "datasets": tuple(DatasetLink.of(dataset) for dataset in prepared.datasets),
        "notices": tuple(dict.fromkeys((*session.notices, *prepared.notices))),
    }
