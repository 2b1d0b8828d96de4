"""Answers about everything around the results: the verdict, its checks, data, costs, periods, words."""

from backend.agents.conversation.answers.results import prefix_of
from backend.agents.conversation.answers.teller import SEALED, Teller
from backend.agents.conversation.meanings import MEANINGS
from backend.agents.conversation.questions import Asked
from backend.agents.understanding.reading import Reading

AGAINST_LUCK = ("deflated_sharpe", "overfitting", "neighbours", "edge")
"""Checks that speak of luck."""


def meaning(_: Teller, asked: Asked) -> str | None:
    """What a word means."""
    wanted = asked.says("mean", "means", "meaning", "definition", "define", "explain", "meant")
    if not wanted and not asked.text.startswith((" what is a ", " what is an ", " what are ", " whats a ")):
        return None
    reading = Reading(asked.text)
    found = (MEANINGS.at(reading, position) for position in range(len(reading)))
    return next((meaning[0] for meaning in found if meaning is not None), None)


def overfitted(teller: Teller, asked: Asked) -> str | None:
    """What speaks for luck."""
    if not asked.says(
        "overfitted", "overfit", "overfitting", "luck", "lucky", "curve fitted", "fitted", "chance", "random"
    ):
        return None
    parts = []
    if teller.knows("session.trials"):
        parts.append(
            teller.fill("{session.trials} trials were made, worth {session.effective_trials} independent ones.")
        )
    made = [name for name in AGAINST_LUCK if teller.knows(f"check.{name}.state")]
    parts += [teller.fill(f"{name.replace('_', ' ')} {{check.{name}.state}}: {{check.{name}.note}}") for name in made]
    if not parts:
        return "Nothing is known about that before a verdict."
    train = teller.fill("Sharpe ratio {chosen.train.sharpe} on train and {chosen.validation.sharpe} on validation")
    held = teller.fill(", {holdout.sharpe} on the hold-out.") if teller.opened else f". {SEALED}"
    return " ".join([*parts, train + held])


def counts(teller: Teller, asked: Asked) -> str | None:
    """How many attempts, trials or looks."""
    if asked.metrics or not asked.says("how many", "number of", "how often"):
        return None
    if asked.says("attempts", "attempt", "iterations"):
        return teller.fill("{attempts.count} attempts, of which {attempts.failed} failed.")
    if asked.says("trials", "trial", "backtests"):
        return teller.fill("{session.trials} trials, worth {session.effective_trials} independent ones.")
    if asked.says("openings", "looks", "look", "opened"):
        if not teller.opened:
            return SEALED
        return teller.fill("It was look number {holdout.openings} at this market and period.")
    return None


def spent(teller: Teller, asked: Asked) -> str | None:
    """What the session consumed."""
    if (
        not asked.says("tokens", "dollars", "usd", "how long", "spent", "did it cost", "did this cost", "budget")
        or asked.metrics
    ):
        return None
    return teller.fill(
        "{usage.backtests} backtests, {usage.calls} calls of a language model with {usage.tokens_in} tokens in and"
        " {usage.tokens_out} out, {usage.usd}; {session.seconds} of work."
    )


def checks(teller: Teller, asked: Asked) -> str | None:
    """What checks found."""
    verdict = teller.told.session.verdict
    named = [c.name for c in verdict.checks if asked.says(c.name.replace("_", " "))] if verdict else []
    if named:
        told = (f"{n.replace('_', ' ')} ({{check.{n}.role}}) {{check.{n}.state}}: {{check.{n}.note}}" for n in named)
        return teller.fill(" ".join(told))
    if asked.says("p value", "p values", "pvalue", "significant", "significance"):
        if not teller.opened:
            return SEALED
        return teller.fill(
            "p is {holdout.p_value}, and {holdout.p_value_adjusted} with every look counted; this was look number"
            " {holdout.openings}."
        )
    if asked.says("check", "checks", "failed", "pass", "passed"):
        if verdict is None:
            return "There is no verdict yet."
        return teller.fill("Required checks that failed: {verdict.failed}.")
    return None


def data(teller: Teller, asked: Asked) -> str | None:
    """Which data it rests on."""
    if not asked.says(
        "data", "dataset", "datasets", "source", "sources", "posts", "coverage", "symbol", "channel", "channels"
    ):
        return None
    if not teller.knows("period.train.start"):
        return "There is no data yet."
    lines = [
        teller.fill(
            "Bars of {goal.symbol} ({goal.timeframe}) from {period.train.start} to {period.holdout.end}; data hash"
            " {session.data_hash}."
        )
    ]
    for link in teller.told.session.datasets:
        key = f"dataset.{link.channel}"
        lines.append(teller.fill(
            f"{link.channel} from {{{key}.provider}}: posts on {{{key}.days_with_data}} of {{{key}.total_days}} trading"
            f" sessions, {{{key}.coverage}} of them fetched."
        ))  # fmt: skip
    return " ".join(lines if teller.told.session.datasets else [*lines, "No sentiment."])


def costs(teller: Teller, asked: Asked) -> str | None:
    """What trading costs."""
    if not asked.says("costs", "cost", "commission", "slippage", "fees", "fee", "capital", "interest") or asked.metrics:
        return None
    if asked.says("tokens", "model", "usd", "dollars", "did it cost", "did this cost", "spent", "check"):
        return None
    return teller.fill(
        "Each fill costs a commission of {costs.commission} and slippage of {costs.slippage}, and"
        " {costs.commission_fixed} an order; the capital is {costs.capital}, borrowing costs {costs.borrow_rate} and"
        " cash earns {costs.interest_rate} a year."
    )


def periods(teller: Teller, asked: Asked) -> str | None:
    """How the history was cut."""
    wanted = asked.says("period", "periods", "split", "dates", "cut", "which years")
    if not (wanted or (asked.periods and asked.says("when"))) or asked.metrics:
        return None
    if not teller.knows("period.train.start"):
        return "The history was not cut yet."
    named = asked.periods or ("train", "validation", "holdout")
    told = [f"{p.replace('holdout', 'hold-out')} {{period.{p}.start}} to {{period.{p}.end}}" for p in named]
    return teller.fill("; ".join(told)).capitalize() + "."


def goal(teller: Teller, asked: Asked) -> str | None:
    """What was asked for."""
    if not asked.says("goal", "target", "targets", "ask for", "asked", "asked for", "want", "wanted", "request"):
        return None
    if not teller.knows("goal.symbol"):
        return "There is no goal yet."
    return teller.fill(
        "On {goal.symbol}, {goal.direction}, sentiment: {goal.channels}, style: {goal.style}; targets: {goal.targets}."
    )


def strategy(teller: Teller, asked: Asked) -> str | None:
    """The rules of a strategy."""
    rules = asked.says(
        "rule", "rules", "strategy", "strategies", "entry", "exit", "buy", "sell", "parameters", "trade on"
    )
    if not rules or asked.metrics or asked.says("best", "buy and hold"):
        return None
    prefix = prefix_of(asked)
    if not teller.knows(f"{prefix}.name"):
        return "No strategy was chosen yet."
    named = [n for n in ("long_entry", "long_exit", "short_entry", "short_exit") if teller.knows(f"{prefix}.{n}")]
    told = "; ".join(f"{name.replace('_', ' ')}: {{{prefix}.{name}}}" for name in named)
    numbers = f"; with {{{prefix}.parameters}}" if teller.knows(f"{prefix}.parameters") else ""
    return teller.fill(f"Attempt {{{prefix}.n}}, {{{prefix}.name}}: {told}{numbers}.")


def proposer(teller: Teller, asked: Asked) -> str | None:
    """Who proposed it."""
    if not asked.says("model", "lift", "proposed", "proposes", "strategist", "search", "came up", "invented"):
        return None
    parts = [teller.fill("Strategies are proposed by {session.strategist}.")]
    if teller.knows("lift.difference"):
        parts.append(teller.fill(
            "The best validation Sharpe ratio is {lift.model_sharpe} by the model and {lift.search_sharpe} by search:"
            " a difference of {lift.difference}."
        ))  # fmt: skip
    if teller.knows("chosen.author"):
        parts.append(teller.fill("Attempt {chosen.n} was proposed by {chosen.author}: {chosen.origin}."))
    return " ".join(parts)


def verdict(teller: Teller, asked: Asked) -> str | None:
    """The outcome and its reasons."""
    if not asked.says(
        "verdict", "proven", "unproven", "rejected", "outcome", "result", "results", "work", "works", "good"
    ):
        return None
    if not teller.knows("verdict.outcome"):
        return "There is no verdict yet."
    return teller.text("verdict.reasons")
