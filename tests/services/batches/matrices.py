"""Applications over sample data with a small matrix, and jobs that a test can stop."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from backend.bootstrap import Application
from backend.domain.batches import Batch, BatchEvent, BatchItem, BatchRequest
from backend.domain.ports import never
from backend.domain.spec import Parameter, Risk, StrategySpec
from backend.services.batches import Batches
from backend.services.batches.alone import Alone
from backend.services.gathering import Gathering
from backend.settings import Settings

PERIOD: dict[str, Any] = {"start": date(2004, 1, 2), "end": date(2007, 12, 31)}
CROSS = StrategySpec(
    name="Cross",
    parameters=(Parameter(name="n", kind="int", value=20, low=5, high=100),),
    long_entry="close > sma(close, n)",
    long_exit="close < sma(close, n)",
)
BOTH_WAYS = StrategySpec(
    name="Both ways",
    long_entry="cross_above(close, sma(close, 10))",
    short_entry="cross_below(close, sma(close, 10))",
    risk=Risk(stop_loss=0.04, take_profit=0.1),
)
LONG_WARM_UP = StrategySpec(name="Slow", long_entry="close > sma(close, 400)", long_exit="close < sma(close, 300)")
MOOD = StrategySpec(name="Mood", long_entry='sentiment("reddit") > 0.1', long_exit='sentiment("reddit") < 0')
BESIDE = StrategySpec(name="Beside", long_entry='of("IBM", close > sma(close, 30))', long_exit="close < sma(close, 50)")
NEVER = StrategySpec(name="Never", long_entry="close < 0 * close")
ROTATION = StrategySpec.model_validate({"name": "Best", "rotation": {"rank": "roc(close, 60)", "top": 1, "every": 20}})
ALL = (CROSS, BOTH_WAYS, LONG_WARM_UP, MOOD, BESIDE, NEVER)


def application(folder: Path) -> Application:
    return Application(Settings(data_dir=folder, prices=("sample",), posts=("sample",)))


def matrix(symbols: str, *specs: StrategySpec, **changed: Any) -> BatchRequest:
    items = tuple(BatchItem(symbol=symbol, strategy=spec) for symbol in symbols.split() for spec in specs)
    return BatchRequest(**{"items": items} | PERIOD | changed)


def run(app: Application, request: BatchRequest) -> Batch:
    """A batch that was run to its end."""
    batch = app.batches.open(app.owner, request)
    app.batches.run(app.owner, batch.batch_id, Alone())
    return app.batches.load(app.owner, batch.batch_id)


def batches_over(app: Application, gathering: Gathering | None = None) -> Batches:
    """Batches whose ids and moments count up."""
    numbers, hours = count(1), count(1)
    noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    identity = (lambda: noon + timedelta(hours=next(hours)), lambda prefix: f"{prefix}_{next(numbers)}")
    gathering = gathering or Gathering(app.market, app.datasets)
    return Batches(app.stores.batches, app.strategies, gathering, app.locks, identity)


class Job(Alone):
    """A job whose worker leaves, or which is cancelled, when enough cells are done."""

    def __init__(self, after: int, *, leaves: bool) -> None:
        super().__init__()
        self._after = after
        self._leaves = leaves
        self.done = 0
        self.cancelled = never if leaves else self._enough

    def leaving(self) -> bool:
        return self._leaves and self._enough()

    def hear(self, event: BatchEvent) -> None:
        self.done += len(event.data.get("cells", ())) if event.type == "cells.done" else 0

    def _enough(self) -> bool:
        return self.done >= self._after
