"""The words that requests are made of, as data: operators, channels, styles, times, and words that carry nothing."""

from backend.agents.understanding.reading import Lexicon, words
from backend.domain.goal import Direction, Operator
from backend.domain.sentiment import CHANNELS, Channel
from backend.domain.timeframes import Timeframe

_AT_MOST: Operator = "<="
_AT_LEAST: Operator = ">="
_BELOW: Operator = "<"
_ABOVE: Operator = ">"

_NOT_ABOVE = (
    "under", "below", "at most", "within", "up to", "no more than", "not more than", "never more than", "not above",
    "never above", "not over", "never over", "no higher than", "not exceed", "not exceeding", "never exceed",
    "never exceeding", "does not exceed", "must not exceed", "should not exceed", "no greater than", "no worse than",
    "capped at", "limited to",
)  # fmt: skip
_NOT_BELOW = (
    "over", "above", "at least", "no less than", "not less than", "no fewer than", "never less than", "not below",
    "never below", "not under", "never under", "no lower than", "exceeding", "exceeds", "beyond",
)  # fmt: skip
_LESS = ("less than", "smaller than", "lower than", "fewer than")
_MORE = ("more than", "greater than", "higher than", "larger than", "better than", "bigger than")
_SIGNS: dict[str, Operator] = {
    "<": "<",
    "<=": "<=",
    "=<": "<=",
    "\u2264": "<=",
    ">": ">",
    ">=": ">=",
    "=>": ">=",
    "\u2265": ">=",
}
_LIMITS: dict[str, Operator] = {
    "max": "<=",
    "maximum": "<=",
    "a maximum of": "<=",
    "maximum of": "<=",
    "limit": "<=",
    "cap": "<=",
    "min": ">=",
    "minimum": ">=",
    "a minimum of": ">=",
    "minimum of": ">=",
    "at least": ">=",
    "at most": "<=",
}

OPERATORS: Lexicon[Operator] = Lexicon(
    dict.fromkeys(_NOT_ABOVE, _AT_MOST)
    | dict.fromkeys(_NOT_BELOW, _AT_LEAST)
    | dict.fromkeys(_LESS, _BELOW)
    | dict.fromkeys(_MORE, _ABOVE)
    | _SIGNS
    | _LIMITS
)
"""Before a number: "under" and "over" include the number itself, "less than" and the signs mean what they say."""

LIMITS: Lexicon[Operator] = Lexicon(_LIMITS)
"""Before a metric: "maximum drawdown of 15 %"."""

AFTERTHOUGHTS: Lexicon[Operator] = Lexicon(
    _LIMITS | {"+": ">=", "or more": ">=", "or higher": ">=", "or better": ">=", "or less": "<=", "or lower": "<="}
)
"""After a number: "30 trades or more"."""

FILLERS = words(
    "a an are at be being by equal has have is its must of ratio remain remains should stay stays staying that"
    " the to value will"
)
"""May stand between the words of a target."""

_CHANNEL_WORDS: dict[str, tuple[Channel, ...]] = {
    **{name: (name,) for name in CHANNELS},
    "subreddit": ("reddit",),
    "wallstreetbets": ("reddit",),
    "wsb": ("reddit",),
    "tweet": ("twitter",),
    "tweets": ("twitter",),
    "stock twits": ("stocktwits",),
    "headlines": ("news",),
    "news headlines": ("news",),
    "edgar": ("sec",),
    "sec filings": ("sec",),
    "filings": ("sec",),
    "social media": ("reddit", "twitter", "stocktwits"),
    "social sentiment": ("reddit", "twitter", "stocktwits"),
    "all channels": CHANNELS,
    "every channel": CHANNELS,
    "all sources": CHANNELS,
}
CHANNEL_PHRASES: Lexicon[tuple[Channel, ...]] = Lexicon(_CHANNEL_WORDS)
"""Social media are the channels where anybody writes; news and filings are not among them."""

SENTIMENT_WORDS: Lexicon[None] = Lexicon(
    dict.fromkeys(("sentiment", "sentiments", "mood", "post", "posts", "mentions", "buzz", "hype", "chatter"))
)
"""Ask for a channel; without one the user is asked which."""

NO_SENTIMENT: Lexicon[None] = Lexicon(
    dict.fromkeys(
        ("without sentiment", "no sentiment", "without any sentiment", "price only", "prices only", "only price")
    )
)
EXCLUDING: Lexicon[None] = Lexicon(
    dict.fromkeys(("without", "no", "not", "excluding", "exclude", "except", "ignore", "ignoring", "skip", "but not"))
)

_STYLE_WORDS = {
    "momentum": "momentum relative~strength time~series~momentum winners",
    "trend": "trend trends trending trend~following trend~follower follow~the~trend moving~average moving~averages"
    " moving~average~crossover moving~average~cross sma ema crossover golden~cross ma~cross macd",
    "breakout": "breakout breakouts break~out break~outs donchian turtle new~highs new~high",
    "mean_reversion": "mean~reversion mean~reverting mean~revert reversion reversal reversals buy~the~dip buy~dips dip"
    " dips bollinger bollinger~bands zscore z~score",
    "rsi": "rsi relative~strength~index pullback pullbacks oversold",
    "volatility": "volatility squeeze volatility~squeeze volatility~breakout low~volatility",
    "sentiment_momentum": "sentiment~momentum follow~the~crowd follow~sentiment follow~the~sentiment",
    "sentiment_contrarian": "sentiment~contrarian contrarian~sentiment against~the~crowd fade~the~crowd fade~sentiment",
    "contrarian": "contrarian",
    "attention": "attention attention~spike attention~spikes",
}
STYLES: Lexicon[str] = Lexicon(
    {phrase.replace("~", " "): style for style, phrases in _STYLE_WORDS.items() for phrase in phrases.split()}
)
"""What each phrase asks of the search grammar; ``~`` joins the words of a phrase."""

_DIRECTION_WORDS: dict[Direction, str] = {
    "long": "long~only only~long longs~only only~longs long no~shorts no~short no~shorting no~short~selling"
    " without~shorts without~shorting without~short~selling never~short buy~only",
    "short": "short~only only~short shorts~only only~shorts short go~short shorting short~selling short~sell",
    "both": "long~short long~and~short long~or~short short~and~long both~directions both~sides allow~shorts"
    " allow~shorting shorts~allowed shorting~allowed also~short with~shorts",
}
DIRECTIONS: Lexicon[Direction] = Lexicon(
    {phrase.replace("~", " "): side for side, phrases in _DIRECTION_WORDS.items() for phrase in phrases.split()}
)
NO_DIRECTION: Lexicon[None] = Lexicon(
    dict.fromkeys(("long term", "short term", "short time", "long time", "as long as", "long run", "short list"))
)
"""Phrases whose "long" and "short" are no sides; they are left over."""

TIMEFRAMES: Lexicon[Timeframe | str] = Lexicon(
    {
        "daily": Timeframe.DAY,
        "1d": Timeframe.DAY,
        "day bars": Timeframe.DAY,
        "end of day": Timeframe.DAY,
        "eod": Timeframe.DAY,
        "hourly": Timeframe.HOUR,
        "1h": Timeframe.HOUR,
        "1m": Timeframe.MINUTE,
        "5m": Timeframe.FIVE_MINUTES,
        "15m": Timeframe.QUARTER_HOUR,
        "minute bars": Timeframe.MINUTE,
        "1 minute": Timeframe.MINUTE,
        "one minute": Timeframe.MINUTE,
        "5 minute": Timeframe.FIVE_MINUTES,
        "five minute": Timeframe.FIVE_MINUTES,
        "15 minute": Timeframe.QUARTER_HOUR,
        "intraday": "intraday",
        "day trading": "intraday",
        "weekly bars": "weekly",
        "weekly candles": "weekly",
        "monthly bars": "monthly",
    }
)

NUMBER_WORDS = {
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "twelve": 12.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "hundred": 100.0,
}

MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for word in words.split()
}  # fmt: skip

STOP_WORDS = words(
    """
    a about all also am an and any anything are as asset at back backtest backtested backtesting bars based be
    because been best bot build built but by can candles chart charts combine combined combining company could
    create data design develop did do does each etc every find for from generate get
    give go goal goals good great had has have hello help hey hi hold holding how i idea if in include
    including into is it its just keep keeping kindly know let like look looking made make makes making market markets
    may maybe me might model must my name need of on one or our own performance please plus
    position positions possible price prices profit profitable propose put really request rule rules run say search
    see set share shares should show signal signals so some something start stay still stock stocks strategies
    strategy such system take target targets test tested testing thank thanks that the their them then there these
    they thing this those ticker tickers to trade traded trader trades trading try trying us use used uses
    using via want was way we well were what when where which while who will with work working works would
    yield you your
    """
)
"""Words that ask for nothing a rule could miss; negations are not among them."""

NEUTRAL: Lexicon[None] = Lexicon(dict.fromkeys(("after costs", "net of costs", "after fees", "net of fees")))
"""True of every result anyway: all returns are net."""
