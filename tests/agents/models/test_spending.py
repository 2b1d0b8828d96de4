"""Budgets: a call that might exceed what is left is not made, and what may have been spent counts."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.agents.models.asking import Prompt
from backend.agents.models.requesting import Form, Question, request_for
from backend.agents.models.spending import estimated_tokens, most_tokens, spending
from backend.agents.models.usable import refuse_unusable
from backend.domain.errors import BudgetSpent, InvalidInput
from backend.domain.models import Budget, ModelCall, ModelReply, Tokens
from tests.agents.models.samples import IDEA, NOON, PROMPT, SHAPE, Desk, choice
from tests.servers.openai_server import OpenAIServer, Say
from tests.servers.openai_server_faults import malformed


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        (Budget(tokens=4_500), r"may use up to 5,\d\d\d tokens, and 4,500 of 4,500 are left"),
        (Budget(usd=0.04), r"may cost up to \$0.04\d\d, and \$0.0400 of \$0.04 are left"),
        (Budget(usd=0.0001), r"may cost up to \$0.04\d\d, and \$0.0001 of \$0.0001 are left"),
    ],
)
def test_a_call_that_might_exceed_the_budget_is_not_made(
    openai_server: OpenAIServer, desks: Callable[..., Desk], budget: Budget, message: str
) -> None:
    desk = desks(budget=budget)
    with pytest.raises(BudgetSpent, match=message):
        desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    assert openai_server.requests == []
    assert desk.calls == []


@pytest.mark.parametrize("budget", [Budget(tokens=2_600), Budget(usd=0.0045)])
def test_a_session_never_spends_more_than_its_budget(
    openai_server: OpenAIServer, desks: Callable[..., Desk], budget: Budget
) -> None:
    desk, asked = desks(budget=budget), choice(openai_server, max_output=100)
    openai_server.script = lambda _: Say(IDEA)
    model = desk.model(asked)

    def ask_on() -> None:
        for n in range(1, 200):
            model.ask(desk.asker(f"{n:04d}.propose"), Prompt(f"{n}. {PROMPT.system}", PROMPT.messages), SHAPE)

    with pytest.raises(BudgetSpent):
        ask_on()
    spent = spending(desk.calls)
    assert spent.calls == openai_server.completions > 2
    assert spent.tokens == openai_server.usage
    assert spent.tokens.total <= (budget.tokens or 10**9)
    assert spent.usd <= (budget.usd or 10**9)


def test_what_a_dead_process_reserved_counts_in_full(openai_server: OpenAIServer, desks: Callable[..., Desk]) -> None:
    desk = desks(budget=Budget(tokens=9_000))
    reserved = ModelCall(
        session_id="ses_1", n=1, step="0001.propose", role="strategist", request_hash="x", status="reserved",
        tokens=Tokens(input=3_000, output=1_001), at=NOON,
    )  # fmt: skip
    desk.stores.models.reserve("me", reserved)
    with pytest.raises(BudgetSpent, match=r"and 4,999 of 9,000 are left"):
        desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)


def test_a_repair_is_refused_like_any_call(openai_server: OpenAIServer, desks: Callable[..., Desk]) -> None:
    desk = desks(budget=Budget(tokens=5_500))
    openai_server.script = lambda _: Say(IDEA)
    openai_server.fail_always(malformed)
    with pytest.raises(BudgetSpent):
        desk.model(choice(openai_server)).ask(desk.asker(), PROMPT, SHAPE)
    assert len(openai_server.requests) == 1


def test_dollars_without_a_price_are_refused() -> None:
    with pytest.raises(InvalidInput, match="price of openai:scripted-model is not known") as caught:
        refuse_unusable(choice(price=None), Budget(usd=1.0))
    assert "BACKPROOF_MODEL_PRICES=openai:scripted-model=0/0" in caught.value.hint
    refuse_unusable(choice(price=None), Budget(tokens=1))
    refuse_unusable(choice(), Budget(usd=1.0))


def test_a_model_that_nobody_can_call_is_refused_at_the_start() -> None:
    with pytest.raises(InvalidInput, match="langchain-anthropic"):
        refuse_unusable(choice(provider="anthropic"), Budget())
    with pytest.raises(InvalidInput, match="no provider"):
        refuse_unusable(choice(provider="nobody"), Budget())


def test_recorded_calls_are_free_and_counted_apart() -> None:
    def call(n: int, **facts: Any) -> ModelCall:
        given = {"session_id": "s", "n": n, "step": "x", "role": "analyst", "request_hash": "h", "at": NOON}
        return ModelCall.model_validate(given | {"status": "answered", "tokens": Tokens(input=10, output=1)} | facts)

    calls: Sequence[ModelCall] = [call(1, usd=0.5), call(2, recorded=True, tokens=Tokens()), call(3, status="failed")]
    spent = spending(calls)
    assert (spent.tokens, spent.usd, spent.calls, spent.recorded_calls) == (Tokens(input=20, output=2), 0.5, 2, 1)
    assert spending([]).tokens == Tokens()


@given(st.text(max_size=300))
def test_no_tokenizer_counts_more_than_the_bound(text: str) -> None:
    """A token is at least a byte of what is sent, and each message's frame is longer in JSON than in any template."""
    messages = [{"role": "user", "content": text}] * 3
    request = request_for(choice(), 0, messages, Question(Form("idea", {"type": "object"})))
    most = most_tokens(request, choice(max_output=7))
    assert most.input >= 3 * (len(text.encode()) + 20)
    assert most.output == 7


def test_an_uncounted_reply_longer_than_allowed_counts_its_bytes() -> None:
    most = Tokens(input=100, output=50)
    assert estimated_tokens(ModelReply(text="short"), most) == most
    assert estimated_tokens(ModelReply(text="x" * 80), most).output == 80
    spoken = ModelReply(tool_calls=({"id": "1", "name": "idea", "arguments": "y" * 60},))
    assert estimated_tokens(spoken, most).output == 60
