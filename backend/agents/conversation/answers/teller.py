"""Fills sentences with stored values by their keys."""

import re
from dataclasses import dataclass

from backend.agents.conversation.facts import Fact, Facts, Told, facts_of

_KEY = re.compile(r"\{([a-z0-9_.]+)\}")
UNKNOWN = "unknown"
SEALED = "The hold-out was not opened, so nothing of it is known."


@dataclass(frozen=True)
class Teller:
    """Fills sentences from the facts of one session."""

    told: Told
    facts: Facts

    @classmethod
    def of(cls, told: Told) -> "Teller":
        """Of a session as it is stored now."""
        return cls(told, facts_of(told))

    def fill(self, template: str) -> str:
        """The template with every ``{key}`` replaced by its value; what is not known is said to be unknown."""
        return _KEY.sub(lambda match: self.text(match.group(1)), template)

    def text(self, key: str) -> str:
        """One value as people read it."""
        fact: Fact | None = self.facts.get(key)
        return fact.text if fact else UNKNOWN

    def knows(self, key: str) -> bool:
        """Whether there is a value."""
        return key in self.facts

    @property
    def opened(self) -> bool:
        """Whether the hold-out was opened by the last verdict."""
        return self.knows("holdout.openings")

    def periods(self) -> list[str]:
        """Those of which figures are known."""
        return ["train", "validation", *(["holdout"] if self.opened else [])]
