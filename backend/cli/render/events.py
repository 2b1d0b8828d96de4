"""An event of a session as one line of text."""

from collections.abc import Callable, Mapping
from typing import Any

from backend.cli.render.format import count, percent, plain, ratio, signed_percent
from backend.domain.goal import DIRECTION_WORDS
from backend.domain.sessions import Event

Facts = Mapping[str, Any]

LONGEST = 1_000
"""Characters of a line; words of a request or of a model may be longer."""

METRICS_LINE = (
    ("sharpe", "Sharpe", ratio),
    ("total_return", "return", signed_percent),
    ("max_drawdown", "max drawdown", percent),
    ("trades", "trades", count),
)


def event_line(event: Event) -> str:
    """What happened, without the moment; an event of a kind that is new here is named by its type."""
    write = _LINES.get(event.type)
    return plain(write(event.data), LONGEST) if write else event.type


def goal_line(goal: Facts) -> str:
    """Symbols, timeframe, period, direction, channels and targets of a goal."""
    parts = [", ".join(goal["symbols"]) or "no symbol", goal["timeframe"]]
    parts += [text] if (text := _period_text(goal.get("start"), goal.get("end"))) else []
    parts += [DIRECTION_WORDS[goal["direction"]]] if goal.get("direction") else []
    parts += ["with " + ", ".join(goal["channels"])] if goal["channels"] else []
    parts += [f"{', '.join(goal['style'])}"] if goal.get("style") else []
    if goal["targets"]:
        parts.append("wanted: " + ", ".join(target_text(target) for target in goal["targets"]))
    if goal["not_understood"]:
        parts.append("not understood: " + ", ".join(f'"{phrase}"' for phrase in goal["not_understood"]))
    return " · ".join(parts)


def _period_text(start: str | None, end: str | None) -> str:
    if start and end:
        return f"{start} to {end}"
    if start:
        return f"from {start} on"
    return f"up to {end}" if end else ""


def target_text(target: Facts) -> str:
    """``max_drawdown <= 0.35`` as people say it."""
    from backend.cli.render.metrics import FORMATS

    name = target["metric"]
    label, write = FORMATS.get(name, (name, ratio))
    text = percent(target["value"]) if write in (percent, signed_percent) else write(target["value"])
    return f"{label[0].lower()}{label[1:]} {target['op']} {text}"


def diagnosis_text(diagnosis: Facts) -> str:
    """The limiting factor in words."""
    factor = str(diagnosis["limiting_factor"])
    return "nothing held it back" if factor == "none" else factor.replace("_", " ")


def dataset_line(link: Facts) -> str:
    """A dataset version with what it covers."""
    return (
        f"{link['symbol']} {link['channel']} from {link['provider']}: posts on {link['days_with_data']:,} of "
        f"{link['total_days']:,} sessions, {percent(link['coverage'])} fetched"
    )


def metrics_line(metrics: Facts | None) -> str:
    """The four numbers that are looked at first."""
    if metrics is None:
        return "no result"
    return ", ".join(f"{label} {write(metrics[name])}" for name, label, write in METRICS_LINE)


def by_model(facts: Facts) -> str:
    """Words for an attempt that a language model proposed; the built-in search needs none."""
    return " by the model" if facts.get("author") == "llm" else ""


def _proposed(facts: Facts) -> str:
    others = facts.get("among", 1) - 1
    beside = f" and {count(others)} {'other' if others == 1 else 'others'}" if others > 0 else ""
    return f"attempt {facts['n']}{by_model(facts)}: testing {facts['name']} ({facts['family']}){beside}"


def _backtested(facts: Facts) -> str:
    if facts["failed_reason"]:
        return f"attempt {facts['n']}{by_model(facts)}: failed: {facts['failed_reason']}"
    return (
        f"attempt {facts['n']}{by_model(facts)}: {facts['name']} ({facts['family']}), {count(facts['trials'])} trials; "
        f"train: {metrics_line(facts['train'])}; validation: {metrics_line(facts['validation'])}"
    )


def _started(facts: Facts) -> str:
    if facts.get("turn", 1) == 1:
        return f"started: {facts['request']}"
    understood = "; ".join(facts.get("understood", ()))
    return f"turn {facts['turn']}: {facts['request']}" + (f" (understood: {understood})" if understood else "")


def _said(facts: Facts) -> str:
    return f"turn {facts.get('turn', 1)}: {facts.get('text', '')}"


def _ended(facts: Facts) -> str:
    reason = facts.get("reason")
    return f"ended: {facts['status']}" + (f": {reason}" if reason else "")


_LINES: dict[str, Callable[[Facts], str]] = {
    "session.started": _started,
    "message.delta": _said,
    "goal.understood": lambda facts: "goal: " + goal_line(facts["goal"]),
    "question.asked": lambda facts: "question: " + facts["question"],
    "data.progress": lambda facts: "data: " + facts["text"],
    "dataset.ready": lambda facts: "dataset: " + dataset_line(facts),
    "notice": lambda facts: "notice: " + facts["text"],
    "attempt.proposed": _proposed,
    "attempt.progress": lambda facts: str(facts.get("text", "attempt.progress")),
    "attempt.backtested": _backtested,
    "attempt.analysed": lambda facts: f"attempt {facts['n']}: diagnosis on train: {diagnosis_text(facts['diagnosis'])}",
    "verdict.reached": lambda facts: f"verdict: {facts['outcome']}",
    "session.ended": _ended,
}
