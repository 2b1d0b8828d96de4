"""What the user wrote, turned into a goal by rules and a lexicon: what no rule can use is listed, never guessed."""

from backend.agents.understanding.goals import DataSpan, understand

__all__ = ["DataSpan", "understand"]
