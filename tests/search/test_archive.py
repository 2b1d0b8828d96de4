"""The best attempt of each kind of behaviour."""

from backend.domain.results import Metrics
from backend.search.archive import Cell, archive, cell_of
from backend.search.context import TrainView
from backend.search.families import FAMILIES
from backend.search.objective import Objective
from tests.agents.records import metrics
from tests.search.sessions import goal_of

OBJECTIVE = Objective(goal_of(), 1_000)


def view(n: int, family: str, train: Metrics | None) -> TrainView:
    return TrainView(n, family, FAMILIES[family].build("long", None), train, None, None)


def test_the_cell_of_an_attempt() -> None:
    # 50 % of the time in 40 trades: 0.0125 of the period each, the second bucket; 15 % drawdown: the second
    assert cell_of("momentum", metrics(exposure=0.5, trades=40, max_drawdown=0.15)) == Cell("momentum", 1, 1)
    # held all the time without closing a trade: the last bucket
    assert cell_of("momentum", metrics(exposure=1.0, trades=0, max_drawdown=0.5)) == Cell("momentum", 3, 3)


def test_the_best_of_each_cell_stays() -> None:
    attempts = [
        view(1, "momentum", metrics(sharpe=0.5)),
        view(2, "momentum", metrics(sharpe=0.9)),
        view(3, "momentum", metrics(sharpe=0.7)),
        view(4, "momentum", metrics(sharpe=0.1, max_drawdown=0.5)),
        view(5, "breakout", metrics(sharpe=0.2)),
        view(6, "breakout", None),
    ]
    elites = archive(attempts, OBJECTIVE)
    assert [(cell.family, elite.view.n) for cell, elite in elites.items()] == [
        ("momentum", 2),
        ("momentum", 4),
        ("breakout", 5),
    ]


def test_it_is_rebuilt_alike_from_the_same_attempts() -> None:
    attempts = [view(n, "momentum", metrics(sharpe=n / 10, max_drawdown=n / 20)) for n in range(1, 10)]
    assert archive(attempts, OBJECTIVE) == archive(attempts, OBJECTIVE)
