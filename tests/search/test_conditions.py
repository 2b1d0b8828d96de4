"""Conditions taken apart and put together again."""

from backend.domain.spec import Series, StrategySpec
from backend.search.conditions import and_parts, join_and, names_in, or_parts, pruned, reads_sentiment
from backend.search.families.family import whole


def test_parts_keep_their_text() -> None:
    assert and_parts("close > open and (volume > 0 or high > low) and not low > open") == (
        "close > open",
        "volume > 0 or high > low",
        "not low > open",
    )
    assert and_parts("close > open or high > low") == ("close > open or high > low",)
    assert or_parts("close > open or high > low") == ("close > open", "high > low")


def test_joining_brackets_only_alternatives() -> None:
    assert join_and(["close > open", "high > low or low > open"]) == "close > open and (high > low or low > open)"
    assert join_and(["high > low or low > open"]) == "high > low or low > open"


def test_names() -> None:
    assert names_in('sma(close, n) > sentiment("reddit")') == {"sma", "close", "n", "sentiment"}


SPEC = StrategySpec(
    name="test",
    parameters=(whole("n", 5, 2, 9), whole("unused", 5, 2, 9)),
    series=(
        Series(name="mood", expression='sma(sentiment("reddit"), n)'),
        Series(name="calm", expression="mood * 2"),
        Series(name="idle", expression="close"),
    ),
    long_entry="calm > 0",
)


def test_pruning_keeps_what_is_reached_through_series() -> None:
    kept = pruned(SPEC)
    assert [p.name for p in kept.parameters] == ["n"]
    assert [s.name for s in kept.series] == ["mood", "calm"]


def test_sentiment_is_seen_through_series() -> None:
    assert reads_sentiment("calm > 0", SPEC)
    assert reads_sentiment('attention("news", 5) > 1', SPEC)
    assert not reads_sentiment("idle > open", SPEC)
