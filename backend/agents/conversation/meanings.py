"""What the words of a verdict mean, in a sentence or two each."""

from backend.agents.understanding.reading import Lexicon

_MEANINGS = {
    "proven": "Proven: every required check holds, on data that no attempt was tuned or chosen on. It is no promise.",
    "unproven": "Unproven: the targets hold on validation, but at least one required check does not; which ones is said"
    " beside the verdict. The evidence is short, not necessarily the strategy.",
    "rejected": "Rejected: no attempt met the targets on validation. That opens no hold-out, so no look is spent.",
    "verdict": "The verdict is proven, unproven or rejected: what all required checks together say about the strategy.",
    "hold-out": "The hold-out is the last part of the history. It is sealed until the verdict; each further look at it"
    " is counted and makes the p-value larger.",
    "validation": "Validation is the middle part of the history: attempts are compared on it, and no number is"
    " tuned on it.",
    "train": "Train is the first part of the history: numbers of a strategy are tuned on it, and diagnoses are made"
    " of it.",
    "attempt": "An attempt is one strategy with its numbers tuned on train, and its results on train and validation.",
    "trial": "A trial is one evaluated set of numbers. An attempt consists of many, and all of them count as luck"
    " spent.",
    "effective trials": "Effective trials say how many independent strategies the trials amount to: fifty copies"
    " are one.",
    "opening": "An opening is one look at a period of a market with one strategy. The j-th one multiplies p by j"
    " squared.",
    "p-value": "The p-value is the chance that luck alone shows such an edge on the hold-out; adjusted, every earlier"
    " look is counted. At most 0.05 is asked for.",
    "edge": "The edge check asks whether timing or alpha on the hold-out is more than chance and the market explain.",
    "deflated sharpe": "The deflated Sharpe ratio is the probability that the Sharpe ratio is above what luck gives the"
    " best of all trials.",
    "causality": "The causality check changes the future and looks whether any earlier decision changes: then it"
    " had peeked.",
    "overfitting": "Overfitting is fitting luck: numbers that were good on the past they were chosen on, and"
    " nowhere else.",
    "null league": "The null league is players without skill on the same hold-out: buy and hold, random entries.",
    "sharpe": "The Sharpe ratio is the yearly mean return over its yearly deviation, in excess of the interest on"
    " cash.",
    "drawdown": "The drawdown is how far the equity fell below an earlier peak; the maximum one is the deepest.",
    "benchmark": "The benchmark is the same capital bought at the first open and held, free of costs.",
    "bot": "A bot is a strategy that you kept, with its verdict and the very data behind it. It does not trade.",
    "diagnosis": "A diagnosis says what held an attempt back and what to change, made from train alone.",
    "coverage": "Coverage is the share of trading sessions whose posts were fetched, with posts or without.",
    "lift": "The lift is the model's best validation Sharpe ratio less that of search alone, at equal budget.",
}
_SAME = {
    "holdout": "hold-out", "hold out": "hold-out", "out of sample": "hold-out", "p value": "p-value", "p": "p-value",
    "attempts": "attempt", "trials": "trial", "openings": "opening", "sharpe ratio": "sharpe", "dsr": "deflated sharpe",
    "deflated sharpe ratio": "deflated sharpe", "max drawdown": "drawdown", "maximum drawdown": "drawdown",
    "overfitted": "overfitting", "overfit": "overfitting", "look": "opening", "looks": "opening", "ledger": "opening",
    "hold - out": "hold-out", "training": "train", "effective trial": "effective trials", "bots": "bot",
}  # fmt: skip

MEANINGS: Lexicon[str] = Lexicon(
    {name.replace("-", " "): text for name, text in _MEANINGS.items()}
    | {name: _MEANINGS[meant] for name, meant in _SAME.items()}
)
