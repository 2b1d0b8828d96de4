"""What a report holds, for runs of every kind."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from html.parser import HTMLParser

import pytest

from backend.domain.errors import InvalidInput
from backend.domain.execution import Costs, Execution
from backend.domain.periods import Period
from backend.domain.results import BacktestRun, Financing, PriceLine
from backend.domain.spec import Rotation, StrategySpec
from backend.services.reports.page import report_page
from backend.services.reports.page.wording import command_line, strategy_lines
from tests.samples import aapl_bars, minute_bars
from tests.services.reports.runs import SPEC, simulated_run, trade, written_run

DAYS = ("2011-11-30", "2011-12-30", "2012-01-03", "2012-01-31", "2012-02-01")

PORTFOLIO = written_run(
    DAYS,
    [110, 121, 60.5, 90.75, 133.1],
    benchmark=[100, 105, 110, 115, 120],
    exposure=[0.5, 1.0, -0.2, 0.0, 0.0],
    trades=[trade("2012-01-31", 30.0, "AAPL"), trade("2012-02-01", -10.0, "MSFT")],
    symbols=("AAPL", "MSFT"),
)
PRICES = tuple(
    PriceLine(symbol=symbol, time=PORTFOLIO.equity_time, close=(10, 11, 12, 11, 10)) for symbol in PORTFOLIO.symbols
)
IDLE = SPEC.model_copy(update={"long_entry": "close > 9 * highest(close, 9)"})

MAKERS: dict[str, Callable[[], BacktestRun]] = {
    "daily": lambda: simulated_run(aapl_bars()),
    "minutes": lambda: simulated_run(minute_bars(date(2019, 3, 7), date(2019, 3, 12))),
    "idle": lambda: simulated_run(aapl_bars(), IDLE),
    "one bar": lambda: written_run(DAYS[:1], [99], benchmark=[101], exposure=[0.0]),
    "old": lambda: written_run(DAYS, [100] * 5),
    "ruined": lambda: written_run(DAYS, [50, 0, 0, 0, 0], benchmark=[100] * 5, exposure=[1, 0, 0, 0, 0]),
    "portfolio": lambda: PORTFOLIO.model_copy(
        update={"prices": PRICES, "financing": Financing(interest_earned=1.5, borrow_paid=0.5)}
    ),
}


@cache
def page_of(kind: str) -> str:
    return report_page(MAKERS[kind]())


class References(HTMLParser):
    """Every address that a page names, and the texts that people read."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [named[name] or "" for name in ("src", "href", "srcset", "action", "data") if name in named]
        self.ids += [named["id"] or ""] if "id" in named else []
        self._open.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.texts.append(data)


def read(page: str) -> References:
    found = References()
    found.feed(page)
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_a_report_asks_nobody_and_shows_only_numbers(kind: str) -> None:
    page = page_of(kind)
    found = read(page)
    assert [address for address in found.addresses if not address.startswith(("#", "data:,"))] == []
    assert re.search(r"https?:|@import|url\(", page) is None
    assert not re.search(r"\b(NaN|nan|inf|Infinity|None|undefined)\b", " ".join(found.texts))
    assert not re.search(r"NaN|nan|Infinity", page.partition('id="readout"')[2])
    assert not re.search(r'(?:d|x|y|width)="[^"]*(?:nan|inf)', page)
    assert len(found.ids) == len(set(found.ids))


@pytest.mark.parametrize("kind", MAKERS)
def test_each_chart_is_told_in_words(kind: str) -> None:
    page = page_of(kind)
    labelled = re.findall(r'role="img" aria-labelledby="(\S+) (\S+)"', page)
    assert len(labelled) >= 2
    assert {name for pair in labelled for name in pair} <= set(read(page).ids)


def test_the_same_run_makes_the_same_page() -> None:
    assert page_of("daily") == report_page(MAKERS["daily"]())


def test_a_run_without_trades_says_so() -> None:
    assert "The strategy never traded" in page_of("idle")


def test_a_portfolio_has_a_chart_and_a_row_for_each_symbol() -> None:
    page = page_of("portfolio")
    assert page.count('class="plot plot-price"') == 2
    assert '<th scope="row">MSFT</th><td class="n down">\N{MINUS SIGN}10.00</td>' in page
    assert "Interest earned" in page
    assert "Borrowing paid" in page


def test_periods_are_named_behind_the_equity() -> None:
    periods = [("train", Period(start=date(2000, 3, 1), end=date(2006, 8, 25)))]
    page = report_page(MAKERS["daily"](), periods)
    assert re.search(r'class="name"[^>]*>train<', page)
    assert page.count('class="band period period-0"') == 1


def test_many_trades_fold_away() -> None:
    trades = [trade("2012-01-31", 1.0)] * 203
    page = report_page(PORTFOLIO.model_copy(update={"trades": tuple(trades)}))
    assert "<summary>3 more trades</summary>" in page
    assert page.partition("3 more trades")[2].count("<tr><td") == 3


def test_a_year_of_minutes_stays_small() -> None:
    run = big_run()
    assert (run.bars, len(run.trades)) == (97_740, 2_000)
    assert len(report_page(run).encode()) < 1_500_000


def big_run() -> BacktestRun:
    """98,000 minutes of a line that never rests, with 2,000 trades written on it."""
    bars = minute_bars(date(2019, 1, 2), date(2019, 12, 31))
    run = simulated_run(bars, IDLE)
    step = len(bars) // 2_001
    fills = [run.equity_time[place * step] for place in range(2_001)]
    trades = tuple(
        trade("2012-01-31", float(place % 7 - 3)).model_copy(
            update={"symbol": "TEST", "entry_time": fills[place], "exit_time": fills[place + 1], "units": 12.345}
        )
        for place in range(2_000)
    )
    return run.model_copy(update={"trades": trades, "equity_value": tuple((1e5 * bars.close).tolist())})


def test_the_command_states_what_is_not_usual() -> None:
    stated = Execution(
        capital=5_000, costs=Costs(commission_fixed=1.0), whole_shares=True, borrow_rate=0.02, max_positions=3
    )
    words = command_line(PORTFOLIO.model_copy(update={"execution": stated}))
    assert words == (
        "backproof backtest run --spec strategy.json --symbols AAPL,MSFT --start 2011-11-30 --end 2012-02-01 "
        "--timeframe 1d --capital 5000 --commission 0.0005 --slippage 0.0005 --commission-fixed 1 --borrow-rate 0.02 "
        "--max-positions 3 --whole-shares"
    )


def test_a_rotation_is_told_in_words() -> None:
    spec = StrategySpec(name="Best", rotation=Rotation(rank="change(close, 60)", top=2, every=20))
    assert strategy_lines(spec)[0] == ("rotation", "the top 2 by change(close, 60), chosen every 20 bars")


def test_several_symbols_share_the_equity() -> None:
    assert strategy_lines(SPEC)[-1] == ("size", "100.0\N{NARROW NO-BREAK SPACE}% of the equity")
    assert strategy_lines(SPEC, 2)[-1] == ("size", "100.0\N{NARROW NO-BREAK SPACE}% of its share of the equity")


def test_a_run_without_equity_has_no_report() -> None:
    with pytest.raises(InvalidInput, match="No equity is stored with run_1"):
        report_page(PORTFOLIO.model_copy(update={"equity_time": (), "equity_value": ()}))


def test_texts_of_people_are_texts() -> None:
    name = "<script>alert(1)</script>\"'>\u202e"
    run = written_run(DAYS, [100] * 5, spec=SPEC.model_copy(update={"name": name}))
    page = report_page(run.model_copy(update={"notices": ("<b onclick=x>",)}))
    assert "<script>alert" not in page
    assert "<b onclick" not in page
    # what turns the direction of writing stays within its own element
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;\u202e</bdi>" in page
