"""What the calls of a session add up to, and whether the next one fits into what is left of its budget."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from backend.domain.errors import BudgetSpent, InvalidInput
from backend.domain.models import Budget, ModelCall, ModelChoice, ModelReply, ModelRequest, Tokens

FRAME = 500
"""Tokens that a maker may put around a request, e.g. to explain tools, on top of what is sent."""


class Spending(NamedTuple):
    """Sums over the calls of a session.

    Attributes:
        tokens, usd: of all calls; what was reserved and never settled counts in full.
        calls: those that may have cost something; ``recorded_calls`` were answered by a recorded reply.
    """

    tokens: Tokens
    usd: float
    calls: int
    recorded_calls: int


def spending(calls: Sequence[ModelCall]) -> Spending:
    """What a session has spent on models so far."""
    paid = [call for call in calls if not call.recorded]
    tokens = sum((call.tokens for call in paid), Tokens())
    return Spending(tokens, sum(call.usd for call in paid), len(paid), len(calls) - len(paid))


def price_of(choice: ModelChoice, tokens: Tokens) -> float:
    """US dollars; 0 where nobody stated a price."""
    return choice.price.of(tokens) if choice.price else 0.0


def most_tokens(request: ModelRequest, choice: ModelChoice) -> Tokens:
    """The most that one request can use.

    A token stands for at least one byte of text, whatever the tokenizer, and the names of JSON around each message
    are longer than what a server puts in their place: bytes are a bound that no count exceeds.
    """
    sent = json.dumps(request.model_dump(mode="json"), ensure_ascii=False)
    return Tokens(input=len(sent.encode()) + FRAME, output=choice.max_output)


def estimated_tokens(reply: ModelReply, most: Tokens) -> Tokens:
    """Tokens of a reply whose server counted none, from above: hidden reasoning may have filled the longest reply."""
    words = reply.text + "".join(str(call["arguments"]) for call in reply.tool_calls)
    return Tokens(input=most.input, output=max(most.output, len(words.encode())))


def dollars(usd: float) -> str:
    """``0.25``, or as many digits as it takes where cents do not tell it: ``0.0001``."""
    cents = f"{usd:.2f}"
    return cents if float(cents) == usd else f"{usd:g}"


def refuse_unpriced(choice: ModelChoice, budget: Budget) -> None:
    """Raises InvalidInput for a budget in dollars that nobody can keep to."""
    if budget.usd is not None and choice.price is None:
        raise InvalidInput(
            f"The price of {choice.label} is not known, so a budget of {dollars(budget.usd)} US dollars "
            "cannot be kept.",
            f"state it, e.g. BACKPROOF_MODEL_PRICES={choice.label}=0/0 for a server that costs nothing, or give a "
            "budget in tokens",
        )


def refuse_overspending(budget: Budget, spent: Spending, choice: ModelChoice, most: Tokens) -> None:
    """Raises BudgetSpent where the next call might exceed what is left."""
    tokens = spent.tokens.total + most.total
    if budget.tokens is not None and tokens > budget.tokens:
        left = max(0, budget.tokens - spent.tokens.total)
        raise BudgetSpent(
            f"The next call of {choice.label} may use up to {most.total:,} tokens, and {left:,} of {budget.tokens:,} "
            "are left.",
            "raise the budget of tokens (a call is counted from above before it is made) and resume",
        )
    usd = price_of(choice, most)
    if budget.usd is not None and spent.usd + usd > budget.usd:
        left_usd = max(0.0, budget.usd - spent.usd)
        raise BudgetSpent(
            f"The next call of {choice.label} may cost up to ${usd:.4f}, and ${left_usd:.4f} of ${dollars(budget.usd)} "
            "are left.",
            "raise the budget in dollars (a call is counted from above before it is made) and resume",
        )
