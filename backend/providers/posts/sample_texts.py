"""Sentences for the synthetic posts: what people say, by channel and feeling."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.domain.sentiment import Channel

NAMES = {"AAPL": "Apple", "FB": "Facebook", "GOOG": "Google", "IBM": "IBM", "MSFT": "Microsoft"}
GLAD, WARY = 0.35, -0.35
"""Feelings above the first are spoken as hopeful, below the second as worried."""


@dataclass(frozen=True)
class Voice:
    """How people write on one channel.

    Attributes:
        frequency: posts relative to the average channel.
        openings, endings: with ``{cash}`` for the cashtag, ``{name}`` for the company, ``{n}`` for a number.
        glad, plain, wary: what is said, by feeling.
    """

    frequency: float
    openings: tuple[str, ...]
    endings: tuple[str, ...]
    glad: tuple[str, ...]
    plain: tuple[str, ...]
    wary: tuple[str, ...]


CHAT_GLAD = (
    "looks bullish into earnings",
    "is breaking out on volume",
    "will beat estimates again",
    "calls are printing today",
    "chart is one clean uptrend",
    "got an upgrade and nobody noticed",
    "margins improved more than expected",
    "bulls are in control here",
    "is a strong buy on every dip",
    "short squeeze could start any day",
)
CHAT_PLAIN = (
    "reports after the close on Thursday",
    "is trading in a range",
    "volume is about average",
    "what do you think about the next event?",
    "anyone listening to the conference call?",
    "options expire on Friday",
    "opened flat with the index",
    "is one of the names on my list",
    "insider form filed, nothing special",
    "still waiting for a setup",
)
CHAT_WARY = (
    "looks bearish below the average",
    "is breaking down again",
    "will miss estimates this quarter",
    "puts are the only trade here",
    "bagholders are in denial",
    "got a downgrade this morning",
    "guidance cut is coming",
    "bears are in control here",
    "is a falling knife",
    "demand is weak and costs are rising",
)
NEWS_GLAD = (
    "tops quarterly profit estimates",
    "raises full-year guidance",
    "sees strong demand for new products",
    "wins large government contract",
    "announces share buyback",
    "upgraded to outperform",
    "shares rise to 52-week high",
    "reports record revenue",
)
NEWS_PLAIN = (
    "to present at technology conference",
    "names new board member",
    "schedules annual meeting",
    "files quarterly report",
    "opens regional office",
    "maintained at hold",
    "updates its product line",
    "sets date for quarterly call",
)
NEWS_WARY = (
    "misses quarterly sales estimates",
    "cuts full-year outlook",
    "faces patent lawsuit",
    "warns of slowing demand",
    "to cut jobs in restructuring",
    "downgraded to underperform",
    "shares fall after results",
    "recalls product after complaints",
)

VOICES: dict[Channel, Voice] = {
    "reddit": Voice(
        0.9,
        (
            "Thoughts on {name}:",
            "DD:",
            "Unpopular opinion:",
            "{name}",
            "Been watching {cash} for {n} weeks.",
            "Serious:",
        ),
        (
            "",
            "Not advice.",
            "Position: {n} shares.",
            "Change my mind.",
            "Holding through it.",
            "Edit: {n} comments already.",
        ),
        tuple(f"{{cash}} {said}" for said in CHAT_GLAD),
        tuple(f"{{cash}} {said}" for said in CHAT_PLAIN),
        tuple(f"{{cash}} {said}" for said in CHAT_WARY),
    ),
    "twitter": Voice(
        1.2,
        ("{cash}", "{cash} {name}", "#stocks {cash}", "Watching {cash}:", "$SPY {cash}", "{n} charts, {cash}:"),
        ("", "#trading", "http://example.com/{n}", "{n}% move?", "via @sample", "#stocks #watchlist"),
        CHAT_GLAD,
        CHAT_PLAIN,
        CHAT_WARY,
    ),
    "stocktwits": Voice(
        1.0,
        ("{cash}", "{cash} {cash}", "{name} {cash}", "{cash} imo", "{cash} day {n}:"),
        ("", "lol", "watch {n}", "in at {n}", "let's see", "my target is {n}"),
        CHAT_GLAD,
        CHAT_PLAIN,
        CHAT_WARY,
    ),
    "news": Voice(
        0.8,
        ("{name}", "{name} ({cash})", "UPDATE {n}: {name}", "BRIEF: {name}", "{name} Inc."),
        ("", "- sources", "- analyst", "in quarter {n}", "- filing", "on {n} million shares"),
        NEWS_GLAD,
        NEWS_PLAIN,
        NEWS_WARY,
    ),
}


def write_text(voice: Voice, symbol: str, feeling: float, picks: Sequence[float]) -> str:
    """One sentence of ``voice`` about ``symbol``.

    Args:
        voice: how people write there.
        symbol: one of ``NAMES``.
        feeling: about -2 .. 2.
        picks: four numbers in [0, 1) that choose opening, statement, ending and number.
    """
    said = voice.glad if feeling > GLAD else voice.wary if feeling < WARY else voice.plain
    chosen = [
        part[int(pick * len(part))] for part, pick in zip((voice.openings, said, voice.endings), picks, strict=False)
    ]
    facts = {"cash": f"${symbol}", "name": NAMES[symbol], "n": 2 + int(picks[3] * 90)}
    return " ".join(part for part in chosen if part).format(**facts)
