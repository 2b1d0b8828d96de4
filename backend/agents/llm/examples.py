"""A worked example of a reply as the prompt shows it; a test holds that it would be accepted."""

from backend.agents.llm.proposals import Proposal

EXAMPLE = Proposal.model_validate(
    {
        "candidates": [
            {
                "name": "Pullback in an uptrend",
                "rationale": "Buyers of a rising market step in when it falls back; the rise is resumed within days.",
                "changes_attempt": None,
                "why": "a fresh idea for a market that has trended",
                "parameters": [
                    {"name": "slow", "kind": "int", "value": 150, "low": 80, "high": 250},
                    {"name": "weak", "kind": "float", "value": 35, "low": 15, "high": 45},
                ],
                "series": [{"name": "strength", "expression": "rsi(close, 5)"}],
                "long_entry": "close > sma(close, slow) and strength < weak",
                "long_exit": "strength > 65 or close < sma(close, slow)",
                "sizing_kind": "volatility_target",
                "sizing_value": 0.15,
                "max_holding_bars": 20,
            },
            {
                "name": "Mood leads",
                "rationale": "People who speak better of a company than usual buy it in the days that follow.",
                "changes_attempt": None,
                "why": "the goal names a channel",
                "parameters": [{"name": "usual", "kind": "int", "value": 60, "low": 20, "high": 120}],
                "series": [{"name": "mood", "expression": 'sma(last_known(sentiment("reddit"), 3), 5)'}],
                "long_entry": "mood > sma(mood, usual)",
                "long_exit": "mood < sma(mood, usual)",
                "sizing_kind": "fraction",
                "sizing_value": 1.0,
                "stop_loss": 0.1,
            },
        ]
    }
)


def example_proposal() -> str:
    """The example as JSON."""
    return EXAMPLE.model_dump_json()
