"""The registry of the language's functions; to add one, write ``engine/indicators/<x>.py`` and a line in FUNCTIONS."""

from backend.engine.indicators import (
    arithmetic,
    averages,
    crossings,
    crowd,
    dispersion,
    extremes,
    gaps,
    occurrences,
    past,
    ranges,
    rank,
    session_prices,
    sessions,
    volumes,
)
from backend.engine.indicators.adx import adx
from backend.engine.indicators.macd import macd
from backend.engine.indicators.rsi import rsi
from backend.engine.indicators.smoothing import ema
from backend.language.columns import COLUMNS
from backend.language.function import FRAME, Accepts, Argument, Function, Missing, Step
from backend.language.rules import (
    always,
    lagged,
    logarithm,
    no_bars,
    one_bar,
    root,
    same,
    shared,
    slower,
    twice,
    window,
)
from backend.language.units import COUNT, PRICE, RATIO, VOLUME

X = Argument("x", Accepts.SERIES)
A, B = Argument("a", Accepts.VALUE), Argument("b", Accepts.VALUE)
LOW, HIGH, VALUE = Argument("low", Accepts.VALUE), Argument("high", Accepts.VALUE), Argument("value", Accepts.VALUE)
N, N2 = Argument("n", Accepts.WINDOW), Argument("n", Accepts.WINDOW, low=2)
FAST, SLOW, SIGNAL = (Argument(name, Accepts.WINDOW) for name in ("fast", "slow", "signal"))
MAX_AGE = Argument("max_age", Accepts.WINDOW)
WIDTH = Argument("width", Accepts.NUMBER)
CONDITION = Argument("condition", Accepts.CONDITION)
CHANNEL = Argument("channel", Accepts.CHANNEL)
XN, AB = (X, N), (A, B)

ratio, count, price, volume = always(RATIO), always(COUNT), always(PRICE), always(VOLUME)

MEAN = Step(averages.mean_of_sums, (Step(averages.running_sums, (0,)), 1))
STD = Step(dispersion.std, (0, 1))
MACD = Step(macd, (0, 1, 2))
TRUE_RANGE = Step(ranges.true_range, (FRAME,))
POSTS = Step(crowd.post_count, (FRAME, 0))
USUAL_POSTS = Step(averages.mean_of_sums, (Step(averages.running_sums, (POSTS,)), 1))
BAR_VALUE = Step(volumes.traded_value, (FRAME,))
TRADED_VALUE = Step(averages.running_sums, (BAR_VALUE,))
TRADED_VOLUME = Step(averages.running_sums, (Step(COLUMNS["volume"].read, (FRAME,)),))
HOURS = Step(sessions.hours, (FRAME,))
VWAP = Step(
    volumes.vwap, (Step(averages.mean_of_sums, (TRADED_VALUE, 0)), Step(averages.mean_of_sums, (TRADED_VOLUME, 0)))
)

# fmt: off
_ENTRIES = (
    # the past of a line
    Function("lag", XN, same, lagged, Missing.BACK, "x as it was n bars ago.", "close > lag(high, 1)",
             Step(past.lag, (0, 1))),
    Function("change", XN, ratio, lagged, Missing.ENDS, "Change of x over n bars as a fraction: 0.05 is 5 %.",
             "change(close, 20) > 0.05", Step(past.change, (0, 1))),
    Function("roc", XN, ratio, lagged, Missing.ENDS, "Rate of change, the usual name of change: 0.05 is 5 %.",
             "roc(close, 20) > 0.05", Step(past.change, (0, 1))),
    Function("diff", XN, same, lagged, Missing.ENDS, "x minus x n bars ago.", "diff(close, 5) > 0",
             Step(past.diff, (0, 1))),
    # averages and windows
    Function("sma", XN, same, window, Missing.WINDOW, "Mean of the last n values.", "close > sma(close, 50)", MEAN),
    Function("ema", XN, same, window, Missing.RESTART, "Exponential average with weight 2 / (n + 1).",
             "close > ema(close, 50)", Step(ema, (0, 1))),
    Function("wma", XN, same, window, Missing.WINDOW, "Mean of the last n values; linear weights, the newest most.",
             "close > wma(close, 50)", Step(averages.wma, (0, 1))),
    Function("std", XN, same, window, Missing.WINDOW, "Standard deviation of the last n values (population).",
             "std(change(close, 1), 20) < 0.02", STD),
    Function("zscore", (X, N2), ratio, window, Missing.WINDOW,
             "Distance of x from its mean over n bars, in standard deviations; missing where x is constant.",
             "zscore(close, 20) < -2", Step(dispersion.zscore, (0, MEAN, STD))),
    Function("highest", XN, same, window, Missing.WINDOW, "Highest of the last n values, this bar included.",
             "close > lag(highest(high, 20), 1)", Step(extremes.highest, (0, 1))),
    Function("lowest", XN, same, window, Missing.WINDOW, "Lowest of the last n values, this bar included.",
             "close < lag(lowest(low, 20), 1)", Step(extremes.lowest, (0, 1))),
    Function("percentile_rank", (X, N2), ratio, window, Missing.WINDOW,
             "Share of the n - 1 values before this one that lie below it, 0..1; equal ones count half.",
             "percentile_rank(volume, 100) > 0.9", Step(rank.percentile_rank, (0, 1))),
    # bar by bar
    Function("min", AB, shared, no_bars, Missing.BAR, "The lower of two values.", "close < min(open, lag(close, 1))",
             Step(arithmetic.minimum, (0, 1))),
    Function("max", AB, shared, no_bars, Missing.BAR, "The higher of two values.", "close > max(open, lag(close, 1))",
             Step(arithmetic.maximum, (0, 1))),
    Function("abs", (X,), same, no_bars, Missing.BAR, "Size without sign.", "abs(change(close, 1)) > 0.03",
             Step(arithmetic.absolute, (0,))),
    Function("log", (X,), logarithm, no_bars, Missing.BAR, "Natural logarithm; missing where x is not above zero.",
             "log(close / lag(close, 1)) > 0.02", Step(arithmetic.logarithm, (0,))),
    Function("sqrt", (X,), root, no_bars, Missing.BAR, "Square root; missing where x is below zero.",
             'sentiment("reddit") * sqrt(post_count("reddit")) > 1', Step(arithmetic.square_root, (0,))),
    Function("clip", (X, LOW, HIGH), shared, no_bars, Missing.BAR, "x held between low and high.",
             "sma(clip(change(close, 1), -0.05, 0.05), 20) > 0", Step(arithmetic.clip, (0, 1, 2))),
    # conditions
    Function("cross_above", AB, None, one_bar, Missing.WINDOW,
             "True at the bar where a rises above b, having been at or below it one bar before.",
             "cross_above(sma(close, 10), sma(close, 30))",
             Step(crossings.cross_above, (0, 1))),
    Function("cross_below", AB, None, one_bar, Missing.WINDOW,
             "True at the bar where a falls below b, having been at or above it one bar before.",
             "cross_below(rsi(close, 14), 70)",
             Step(crossings.cross_below, (0, 1))),
    Function("rising", XN, None, lagged, Missing.WINDOW, "True where each of the last n steps of x went up.",
             "rising(sma(close, 50), 5)", Step(crossings.rising, (0, 1))),
    Function("falling", XN, None, lagged, Missing.WINDOW, "True where each of the last n steps of x went down.",
             "falling(volume, 3)", Step(crossings.falling, (0, 1))),
    Function("count", (CONDITION, N), count, window, Missing.WINDOW, "On how many of the last n bars it held.",
             "count(close > open, 10) >= 7", Step(occurrences.count, (0, 1))),
    Function("bars_since", (CONDITION,), count, no_bars, Missing.SINCE,
             "Bars since the condition last held; 0 where it does.",
             "bars_since(cross_above(close, sma(close, 50))) <= 5", Step(occurrences.bars_since, (0,))),
    # indicators
    Function("rsi", XN, ratio, lagged, Missing.RESTART, "Wilder's relative strength index, 0..100.",
             "rsi(close, 14) < 30", Step(rsi, (0, 1))),
    Function("atr", (N,), price, lagged, Missing.NEVER, "Wilder's average true range of the bars; a price.",
             "close > sma(close, 20) + 2 * atr(14)", Step(ranges.atr, (TRUE_RANGE, 0))),
    Function("adx", (N2,), ratio, twice, Missing.QUIET, "Wilder's strength of trend, 0..100, whatever its direction.",
             "adx(14) > 25", Step(adx, (FRAME, 0))),
    Function("macd", (X, FAST, SLOW), same, slower, Missing.RESTART, "Fast minus slow exponential average.",
             "macd(close, 12, 26) > 0", MACD),
    Function("macd_signal", (X, FAST, SLOW, SIGNAL), same, slower, Missing.RESTART, "Exponential average of macd.",
             "cross_above(macd(close, 12, 26), macd_signal(close, 12, 26, 9))", Step(ema, (MACD, 3))),
    Function("bollinger_upper", (X, N, WIDTH), same, window, Missing.WINDOW, "Mean plus width standard deviations.",
             "close > bollinger_upper(close, 20, 2)", Step(dispersion.upper_band, (MEAN, STD, 2))),
    Function("bollinger_lower", (X, N, WIDTH), same, window, Missing.WINDOW, "Mean minus width standard deviations.",
             "close < bollinger_lower(close, 20, 2)", Step(dispersion.lower_band, (MEAN, STD, 2))),
    Function("stochastic", (N,), ratio, window, Missing.QUIET,
             "Where the close lies between the lowest low (0) and the highest high (100) of n bars.",
             "stochastic(14) < 20", Step(ranges.stochastic, (FRAME, 0))),
    Function("obv", (), volume, no_bars, Missing.NEVER, "On-balance volume; only its movement means something.",
             "obv() > sma(obv(), 20)", Step(volumes.obv, (FRAME,))),
    Function("vwap", (N,), price, window, Missing.QUIET, "Average price of the last n bars, weighted by volume.",
             "close > vwap(20)", VWAP),
    # calendar
    Function("day_of_week", (), count, no_bars, Missing.NEVER, "Weekday of the session: Monday 0 ... Friday 4.",
             "day_of_week() < 1", Step(sessions.day_of_week, (FRAME,))),
    Function("month", (), count, no_bars, Missing.NEVER, "Month of the session, 1..12.", "10 <= month()",
             Step(sessions.month, (FRAME,))),
    Function("minute_of_session", (), count, no_bars, Missing.SESSION,
             "Minutes from the open of the session to the start of the bar; 0 for the first.",
             "30 <= minute_of_session()", Step(sessions.minute_of_session, (FRAME, HOURS))),
    Function("minutes_to_close", (), count, no_bars, Missing.SESSION,
             "Minutes from the end of the bar to the close of the session, early on half days; 0 for the last.",
             "minutes_to_close() <= 5", Step(sessions.minutes_to_close, (FRAME, HOURS))),
    # the session so far
    Function("session_open", (), price, no_bars, Missing.NEVER, "First price of the session.",
             "close > 1.01 * session_open()", Step(session_prices.session_open, (FRAME,))),
    Function("session_high", (), price, no_bars, Missing.NEVER, "Highest price of the session up to this bar.",
             "close > lag(session_high(), 1)", Step(session_prices.session_high, (FRAME,))),
    Function("session_low", (), price, no_bars, Missing.NEVER, "Lowest price of the session up to this bar.",
             "close < 1.005 * session_low()", Step(session_prices.session_low, (FRAME,))),
    Function("session_vwap", (), price, no_bars, Missing.QUIET,
             "Average price since the open of the session, weighted by volume.",
             "close > session_vwap()", Step(session_prices.session_vwap, (FRAME, BAR_VALUE))),
    # sentiment
    Function("sentiment", (CHANNEL,), ratio, no_bars, Missing.SOURCE, "Mean sentiment of the bar's posts, -1..1.",
             'sentiment("reddit") > 0.2', Step(crowd.sentiment, (FRAME, 0))),
    Function("sentiment_std", (CHANNEL,), ratio, no_bars, Missing.SOURCE, "Disagreement of the bar's posts; needs two.",
             'sentiment_std("reddit") < 0.4', Step(crowd.sentiment_std, (FRAME, 0))),
    Function("post_count", (CHANNEL,), count, no_bars, Missing.FETCHED, "Number of the bar's posts.",
             'post_count("all") >= 5', POSTS),
    Function("attention", (CHANNEL, N), ratio, window, Missing.WINDOW,
             "Post count against its own mean over n bars; 1 is as usual.", 'attention("reddit", 20) > 2',
             Step(arithmetic.divide, (POSTS, USUAL_POSTS))),
    # missing values
    Function("last_known", (X, MAX_AGE), same, no_bars, Missing.HOLDS, "The latest known x, at most max_age bars old.",
             'last_known(sentiment("news"), 5) > 0', Step(gaps.last_known, (0, 1))),
    Function("fill", (X, VALUE), shared, no_bars, Missing.FILLS, "x, and value where x is missing.",
             'fill(sentiment("sec"), 0) >= 0', Step(gaps.fill, (0, 1))),
)
# fmt: on

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ENTRIES}
