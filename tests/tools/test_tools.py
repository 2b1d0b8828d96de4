"""The tools of a strategist: bounded, of the train period alone, and counted where they look at results."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.domain.execution import Execution
from backend.domain.frames import Frame, LoopFrame, SentimentColumns
from backend.domain.models import Budget
from backend.domain.sessions import Diagnosis
from backend.domain.spec import StrategySpec
from backend.language import FUNCTIONS, compile_spec
from backend.search.context import SearchContext, TrainView
from backend.services.evaluation import evaluate
from backend.services.preparation import LoopData
from backend.services.probes import Probes
from backend.stores import Stores, open_database
from backend.tools.attempts import details_of
from backend.tools.language import look_up
from backend.tools.probe import MOST_PROBES
from backend.tools.registry import TOOLS, tools_of
from backend.tools.workbench import Workbench
from tests.agents.llm.scripted_model import SESSION
from tests.agents.records import attempt, goal, metrics
from tests.samples import aapl_bars

TRAIN = slice(250, 1_500)
CROSS = StrategySpec(name="Cross", long_entry="close > sma(close, 20)", long_exit="close < sma(close, 20)")
WRITTEN = {
    "name": "Cross",
    "rationale": "",
    "parameters": [],
    "series": [],
    "long_entry": "close > sma(close, 20)",
    "long_exit": "close < sma(close, 20)",
    "sizing_kind": "fraction",
    "sizing_value": 1.0,
}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with closing(open_database(f"sqlite:///{tmp_path / 'b.sqlite'}", 0.05)) as database:
        stores = Stores.over(database, "local")
        stores.sessions.add_session(SESSION)
        yield stores


def loop_data() -> LoopData:
    bars = aapl_bars().window(0, 2_000)
    posts = np.where(np.arange(2_000) % 2 == 0, 3.0, 0.0)
    posts[1_400:] = np.nan
    columns = SentimentColumns(mean=posts / 10, std=posts, posts=posts)
    frame = LoopFrame(Frame(bars, {"reddit": columns, "all": columns}))
    return LoopData(goal(channels=("reddit",)), frame, TRAIN, slice(1_500, 2_000))


def bench(stores: Stores, **fields: Budget) -> Workbench:
    changed = CROSS.model_copy(update={"long_entry": "close > sma(close, 20) and close > open"})
    held_back = Diagnosis(limiting_factor="weak_edge", evidence=("little",), suggested_changes=())
    views = (
        TrainView.of(attempt(1, metrics(sharpe=7.77), spec=CROSS, train=metrics(sharpe=0.5))),
        TrainView.of(
            attempt(2, metrics(sharpe=8.88), spec=changed, parent=1, train=metrics(sharpe=0.75), diagnosis=held_back)
        ),
    )
    request = SESSION.request.model_copy(update=fields)
    session = SESSION.model_copy(update={"request": request})
    return Workbench(session, SearchContext(goal(), 3, views), loop_data(), Probes(stores.sessions), 3)


def used(bench: Workbench, tool: str, /, **arguments: object) -> str:
    return str(TOOLS[tool](bench).invoke(arguments))


def test_each_tool_is_named_once_and_says_what_it_does(stores: Stores) -> None:
    tools = tools_of(bench(stores))
    assert [tool.name for tool in tools] == ["language", "attempts", "compare", "datasets", "backtest"]
    assert all(tool.description for tool in tools)


def test_every_function_is_looked_up() -> None:
    assert [name for name in FUNCTIONS if FUNCTIONS[name].doc not in look_up(name)] == []


def test_language_checks_with_a_caret_and_suggests(stores: Stores) -> None:
    at = bench(stores)
    assert used(at, "language", kind="expression", text="close > sma(close, 20)") == "ok: a condition, warm-up 19 bars"
    wrong = used(at, "language", kind="expression", text="close > smaa(close, 20)")
    assert "^^^^" in wrong
    assert 'did you mean "sma"' in wrong
    assert 'did you mean "sma"' in used(at, "language", kind="function", text="smaa")


def test_attempts_are_shown_by_number_and_as_a_table(stores: Stores) -> None:
    at = bench(stores)
    assert "1 | - | " in used(at, "attempts", numbers=[])
    second = used(at, "attempts", numbers=[2])
    assert '"changed": ["+ long_entry: close > open"]' in second
    assert "weak_edge" not in second
    assert "little" in second
    assert used(at, "attempts", numbers=[9]) == used(at, "attempts", numbers=[])
    assert details_of(at.context, (9,)) == ""


def test_two_attempts_are_compared_on_train(stores: Stores) -> None:
    said = used(bench(stores), "compare", earlier=1, later=2)
    assert said.splitlines()[:2] == ["+ long_entry: close > open", "Sharpe on train: 0.5 -> 0.75"]


def test_datasets_are_told_of_the_train_period(stores: Stores) -> None:
    # train rows 250..1499: of 250..1399 every second has posts, 575 of 1150; the last 100 are not known
    said = used(bench(stores), "datasets").splitlines()
    assert said == [
        "train: 1250 bars of 1d, 250 before it to warm up",
        "all: posts on 575 bars, none on 575, unknown on 100",
        "reddit: posts on 575 bars, none on 575, unknown on 100",
    ]


def test_a_probe_tells_train_figures_and_counts_as_a_trial(stores: Stores) -> None:
    at = bench(stores)
    said = used(at, "backtest", **WRITTEN)
    train = evaluate(compile_spec(CROSS), at.data.frame, TRAIN, Execution()).metrics
    assert f'"Sharpe": "{train.sharpe:.3g}"' in said
    assert '"close > sma(close, 20)": 0.' in said
    (batch,) = stores.sessions.list_trials(SESSION.session_id)
    assert (batch.step, batch.count) == ("0003.t1.probe.1", 1)


def test_the_same_probe_again_after_a_restart_is_one_trial(stores: Stores) -> None:
    assert used(bench(stores), "backtest", **WRITTEN) == used(bench(stores), "backtest", **WRITTEN)
    assert len(stores.sessions.list_trials(SESSION.session_id)) == 1
    spent = bench(stores, budget=Budget(backtests=1))
    assert "Sharpe" in used(spent, "backtest", **WRITTEN)


def test_probes_are_bounded_in_number_and_by_the_budget(stores: Stores) -> None:
    tool = TOOLS["backtest"](bench(stores))
    said = [str(tool.invoke(WRITTEN)) for _ in range(MOST_PROBES + 1)]
    assert "propose now" in said[-1]
    assert "Sharpe" in said[-2]
    assert len(stores.sessions.list_trials(SESSION.session_id)) == MOST_PROBES
    later = replace(bench(stores, budget=Budget(backtests=MOST_PROBES)), n=4)
    assert "budget are spent" in used(later, "backtest", **WRITTEN)


def test_what_cannot_be_tested_is_told_and_counts_as_nothing(stores: Stores) -> None:
    assert "^^^^" in used(bench(stores), "backtest", **(WRITTEN | {"long_entry": "close > smaa(close, 20)"}))
    assert stores.sessions.list_trials(SESSION.session_id) == ()


def test_no_tool_tells_a_figure_of_validation(stores: Stores) -> None:
    at = bench(stores)
    said = [
        used(at, "attempts", numbers=[1, 2]),
        used(at, "attempts", numbers=[]),
        used(at, "compare", earlier=1, later=2),
        used(at, "datasets"),
    ]
    assert not any(figure in text for text in said for figure in ("7.77", "8.88"))
