"""What a chart of a backtest shows, and what it no longer can."""

from typing import Any

import numpy as np

from backend.services.charts import OTHER_BARS
from tests.api.backtests.conftest import SPEC, YEARS, Ran
from tests.api.serving import Service
from tests.samples import aapl_bars


def chart_of(served: Service, body: dict[str, Any]) -> dict[str, Any]:
    client = served.client()
    ran = client.post("backtest", json=body)
    assert ran.status_code == 200, ran.text
    answer = client.get(f"backtest/{ran.json()['run_id']}/chart")
    assert answer.status_code == 200
    return dict(answer.json())


def test_the_bars_are_those_of_the_period(ran: Ran) -> None:
    chart = ran.client.get(f"{ran.path}/chart").json()
    bars = aapl_bars()
    rows = np.flatnonzero((bars.session >= np.datetime64("2008-01-02")) & (bars.session <= np.datetime64("2011-12-30")))
    [series] = chart["series"]
    for name in ("open", "high", "low", "close", "volume"):
        assert series[name] == getattr(bars, name)[rows].tolist()
    assert series["time"] == ran.first["equity"]["time"] == chart["equity"]["time"]
    assert chart["equity"]["value"] == ran.first["equity"]["value"]
    assert (chart["same_data"], chart["notices"], chart["periods"]) == (True, [], None)


def test_each_trade_is_marked_twice(ran: Ran) -> None:
    chart = ran.client.get(f"{ran.path}/chart").json()
    markers = [marker for marker in chart["markers"] if marker["trade"]]
    assert len(markers) == 2 * len(ran.first["trades"])
    for entry, left, trade in zip(markers[::2], markers[1::2], ran.first["trades"], strict=True):
        assert (entry["kind"], entry["time"], entry["price"]) == ("entry", trade["entry_time"], trade["entry_price"])
        assert (left["kind"], left["time"], left["reason"]) == ("exit", trade["exit_time"], trade["exit_reason"])


def test_the_lines_are_what_the_conditions_compare(ran: Ran) -> None:
    """SMA 10 of the last bar is the mean of the last ten closes; what is in units of price lies over the prices."""
    [series] = ran.client.get(f"{ran.path}/chart").json()["series"]
    lines = {line["name"]: line for line in series["lines"]}
    assert {name: line["pane"] for name, line in lines.items()} == {
        "fast": "price",
        "sma(close, 50)": "price",
        "rsi(close, 14)": "ratio",
    }
    assert lines["fast"]["expression"] == "sma(close, 10)"
    assert abs(lines["fast"]["values"][-1] - sum(series["close"][-10:]) / 10) < 1e-9
    assert all(len(line["values"]) == len(series["time"]) for line in lines.values())
    assert None not in lines["sma(close, 50)"]["values"]  # warmed up before the period


def test_what_is_not_known_yet_is_null(served: Service) -> None:
    slow = {"name": "slow", "long_entry": "close > sma(close, 200)"}
    chart = chart_of(served, {"spec": slow, "symbols": ["AAPL"]})
    values = chart["series"][0]["lines"][0]["values"]
    assert values[:199] == [None] * 199
    assert None not in values[199:]


def test_sentiment_is_shown_by_channel(served: Service) -> None:
    spec = {"name": "calm", "long_entry": "sentiment('reddit') > 0.1 and sentiment('news') > 0"}
    chart = chart_of(served, YEARS | {"spec": spec})
    [series] = chart["series"]
    assert [told["channel"] for told in series["sentiment"]] == ["reddit", "news"]
    assert all(len(told["mean"]) == len(series["time"]) == len(told["posts"]) for told in series["sentiment"])
    assert chart["same_data"]


def bring(served: Service, first: int) -> None:
    """Import bars of the first weeks of half a year, each a dollar above the one before."""
    days = [f"2020-{month:02}-{day:02}" for month in range(1, 7) for day in range(1, 27)]
    rows = [f"{day},{price},{price},{price},{price}" for price, day in enumerate(days, start=first)]
    file = "\n".join(["date,open,high,low,close", *rows])
    form = {"kind": "prices", "symbol": "OWN"}
    sent = served.client().post("data/import", data=form, files={"file": ("own.csv", file)})
    assert sent.status_code == 200, sent.text


def test_bars_that_are_others_now_give_way_to_the_closes_of_the_run(served: Service) -> None:
    client = served.client()
    bring(served, 20)
    run = client.post("backtest", json={"spec": SPEC, "symbols": ["OWN"]}).json()
    path = f"backtest/{run['run_id']}/chart"
    assert client.get(path).json()["same_data"]
    bring(served, 21)
    chart = client.get(path).json()
    assert (chart["same_data"], chart["notices"]) == (False, [OTHER_BARS])
    [series] = chart["series"]
    assert (series["open"], series["volume"], series["lines"]) == (None, None, [])
    assert series["close"][-1] == 175.0  # 6 months of 26 days from 20 on; the last day, a Friday, is the 156th
    assert len(series["time"]) == run["bars"] == len(series["close"])
    assert client.delete("data/bars?symbol=OWN").json()["bars"] == run["bars"]
    assert not client.get(path).json()["same_data"]


def test_later_bars_are_not_shown(served: Service) -> None:
    """A run up to 2010 shows nothing of 2011, although its bars are stored and others read them."""
    client = served.client()
    client.post("backtest", json=YEARS | {"spec": SPEC})
    chart = chart_of(served, YEARS | {"spec": SPEC, "end": "2010-06-30"})
    assert chart["same_data"]
    assert max(chart["series"][0]["time"]) < "2010-07-01"


def test_of_many_symbols_the_first_are_shown_and_any_by_name(served: Service) -> None:
    five = ["AAPL", "MSFT", "IBM", "GOOG", "FB"]
    client = served.client()
    body = YEARS | {"spec": SPEC, "symbols": [*five[:4]], "end": "2009-12-31"}
    run = client.post("backtest", json=body).json()["run_id"]
    chart = client.get(f"backtest/{run}/chart").json()
    assert [series["symbol"] for series in chart["series"]] == five[:4]
    one = client.get(f"backtest/{run}/chart?symbol=ibm").json()
    assert [series["symbol"] for series in one["series"]] == ["IBM"]
    assert {marker["symbol"] for marker in one["markers"]} <= {"IBM"}
