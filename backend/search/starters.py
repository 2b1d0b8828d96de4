"""A dozen strategies that ship with the product, to run as they are, to change, or to begin a search from.

To add one, write it below and name it in ``STARTERS``; a test runs each of them on sample data.
"""

from collections.abc import Mapping

from backend.domain.spec import Risk, Series, Sizing, StrategySpec
from backend.search.families.family import mood, real, whole

POSTS = '"reddit"'
"""The channel that they read; another one takes its place in a copy."""

GOLDEN_CROSS = StrategySpec(
    name="Golden cross",
    rationale="Prices that have risen for months tend to go on rising. Holding only while the average of ten weeks "
    "lies above that of forty gives up the turns, and misses the long declines.",
    parameters=(whole("fast", 50, 10, 90), whole("slow", 200, 100, 300)),
    long_entry="sma(close, fast) > sma(close, slow)",
    long_exit="sma(close, fast) < sma(close, slow)",
)

YEARLY_MOMENTUM = StrategySpec(
    name="Yearly momentum",
    rationale="Winners of the last year tend to win for a little longer. The latest month is left out, since it more "
    "often reverts.",
    parameters=(whole("reach", 250, 120, 300), whole("skipped", 21, 1, 40), real("hurdle", 0.05, 0.0, 0.2)),
    series=(Series(name="gain", expression="lag(close, skipped) / lag(close, reach) - 1"),),
    long_entry="gain > hurdle",
    long_exit="gain < 0",
)

CHANNEL_BREAKOUT = StrategySpec(
    name="Channel breakout",
    rationale="A close above the range of many weeks shows that buyers have taken over. Each position risks the same "
    "small share of the money, and a stop that follows the price ends it.",
    parameters=(whole("reach", 55, 20, 120), whole("retreat", 20, 5, 60)),
    long_entry="close > lag(highest(high, reach), 1)",
    long_exit="close < lag(lowest(low, retreat), 1)",
    sizing=Sizing(kind="risk_per_trade", value=0.02),
    risk=Risk(stop_loss=0.08, trailing_stop=0.15),
)

DIP_BUYING = StrategySpec(
    name="Dip in a rise",
    rationale="A price that fell unusually far below its average within a long rise tends to come part of the way "
    "back. What has not recovered in two weeks is left.",
    parameters=(whole("window", 20, 5, 60), real("depth", 1.5, 0.5, 2.5), whole("trend", 150, 60, 250)),
    long_entry="zscore(close, window) < -depth and close > sma(close, trend)",
    long_exit="zscore(close, window) > 0",
    risk=Risk(max_holding_bars=10),
)

RSI_PULLBACK = StrategySpec(
    name="RSI pullback",
    rationale="Two or three weak days within a rise are mostly noise. A short relative strength index finds them, and "
    "the first close above the average of the week ends the trade.",
    parameters=(real("oversold", 15.0, 5.0, 30.0), whole("trend", 200, 100, 250), whole("rest", 5, 3, 15)),
    long_entry="rsi(close, 2) < oversold and close > sma(close, trend)",
    long_exit="close > sma(close, rest)",
    risk=Risk(stop_loss=0.1),
)

VOLATILITY_SQUEEZE = StrategySpec(
    name="Volatility squeeze",
    rationale="Calm and turmoil alternate. When the bands around the price have become narrow, the first close beyond "
    "the upper one often starts a longer move.",
    parameters=(whole("window", 20, 10, 50), whole("history", 120, 60, 250), real("calm", 0.4, 0.1, 0.8)),
    series=(Series(name="width", expression="std(close, window) / sma(close, window)"),),
    long_entry="lowest(percentile_rank(width, history), 5) < calm and close > bollinger_upper(close, window, 2)",
    long_exit="close < sma(close, window)",
    risk=Risk(trailing_stop=0.1),
)

MOOD_MOMENTUM = StrategySpec(
    name="Mood momentum",
    rationale="When people speak better of a company than they usually do, its price tends to follow within days.",
    parameters=(whole("recent", 3, 1, 10), whole("usual", 60, 30, 150), real("margin", 0.02, 0.0, 0.1)),
    series=(
        Series(name="mood", expression=mood(POSTS, "recent")),
        Series(name="custom", expression=mood(POSTS, "usual")),
    ),
    long_entry="mood > custom + margin",
    long_exit="mood < custom",
)

MOOD_CONTRARIAN = StrategySpec(
    name="Against the crowd",
    rationale="A crowd that agrees has already sold. An unusually bad mood is bought, until it is ordinary again.",
    parameters=(whole("recent", 3, 1, 10), whole("history", 60, 30, 150), real("extreme", 1.25, 0.5, 2.5)),
    series=(Series(name="mood", expression=mood(POSTS, "recent")),),
    long_entry="zscore(mood, history) < -extreme",
    long_exit="zscore(mood, history) > 0",
    risk=Risk(max_holding_bars=20),
)

ATTENTION = StrategySpec(
    name="Attention with a rise",
    rationale="A rise that suddenly everybody talks about draws further buyers for a few days, and no longer.",
    parameters=(whole("window", 30, 10, 90), real("spike", 1.5, 1.1, 4.0), whole("reaction", 3, 1, 15)),
    long_entry=f"attention({POSTS}, window) > spike and change(close, reaction) > 0",
    long_exit="change(close, reaction) < 0",
    risk=Risk(max_holding_bars=8),
)

TREND_WITH_MOOD = StrategySpec(
    name="Trend that people believe in",
    rationale="A trend that people believe in lasts longer than one that they doubt. Either the price or the mood ends "
    "the position.",
    parameters=(whole("trend", 80, 20, 200), whole("recent", 10, 3, 40), real("level", 0.0, -0.2, 0.2)),
    series=(Series(name="mood", expression=mood(POSTS, "recent")),),
    long_entry="close > ema(close, trend) and mood > level",
    long_exit="close < ema(close, trend) or mood < level - 0.05",
)

STEADY_TREND = StrategySpec(
    name="Steady trend",
    rationale="The risk of a market changes more slowly than its direction. Positions are as large as a yearly "
    "volatility of 12 % allows, and turmoil is sat out.",
    parameters=(whole("trend", 120, 50, 250), real("turmoil", 0.9, 0.6, 1.0)),
    long_entry="close > sma(close, trend) and percentile_rank(std(change(close, 1), 20), 200) < turmoil",
    long_exit="close < 0.98 * sma(close, trend)",
    sizing=Sizing(kind="volatility_target", value=0.12),
)

BOTH_WAYS = StrategySpec(
    name="Both ways with the trend",
    rationale="Declines can be as lasting as rises. Where a trend is strong the position follows it up or down, with "
    "half of the money, a stop, and a target at which it is enough.",
    parameters=(whole("fast", 12, 5, 20), whole("slow", 40, 25, 90), real("strength", 18.0, 10.0, 30.0)),
    series=(Series(name="pull", expression="macd(close, fast, slow)"),),
    long_entry="pull > 0 and adx(14) > strength",
    long_exit="pull < 0",
    short_entry="pull < 0 and adx(14) > strength",
    short_exit="pull > 0",
    sizing=Sizing(kind="fraction", value=0.5),
    risk=Risk(stop_loss=0.08, take_profit=0.3, max_holding_bars=120),
)

STARTERS: Mapping[str, StrategySpec] = {
    "golden_cross": GOLDEN_CROSS,
    "yearly_momentum": YEARLY_MOMENTUM,
    "channel_breakout": CHANNEL_BREAKOUT,
    "dip_buying": DIP_BUYING,
    "rsi_pullback": RSI_PULLBACK,
    "volatility_squeeze": VOLATILITY_SQUEEZE,
    "mood_momentum": MOOD_MOMENTUM,
    "mood_contrarian": MOOD_CONTRARIAN,
    "attention": ATTENTION,
    "trend_with_mood": TREND_WITH_MOOD,
    "steady_trend": STEADY_TREND,
    "both_ways": BOTH_WAYS,
}
"""By the short name that their ids end with, the simplest ones first."""
