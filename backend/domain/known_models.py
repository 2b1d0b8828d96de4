"""Prices and knowledge cutoffs of well-known models, as their maker states them; add a line to ``KNOWN_MODELS``.

Read from https://developers.openai.com/api/docs/models and /pricing in November 2026: US dollars a million tokens of
standard requests with at most 272,000 input tokens, of which ours have a small part. Settings override each line.
"""

import re
from dataclasses import dataclass
from datetime import date

from backend.domain.models import ModelPrice


@dataclass(frozen=True)
class KnownModel:
    """What a maker states about a model.

    Attributes:
        knowledge_cutoff: last day that it was trained on; None where it is not stated.
    """

    price: ModelPrice
    knowledge_cutoff: date | None


def _known(fresh: float, cached: float, written: float, reply: float, cutoff: date | None) -> KnownModel:
    return KnownModel(ModelPrice(input=fresh, cached_input=cached, cache_write=written, output=reply), cutoff)


KNOWN_MODELS = {
    "openai:gpt-6.1-sol": _known(2.00, 0.10, 2.50, 10.00, None),
    "openai:gpt-6.1-terra": _known(1.00, 0.05, 1.25, 5.00, date(2026, 6, 1)),
    "openai:gpt-6-sol": _known(2.00, 0.20, 2.50, 10.00, date(2026, 4, 20)),
    "openai:gpt-6-luna": _known(0.10, 0.01, 0.125, 0.50, date(2026, 5, 18)),
    "openai:gpt-5.6-terra": _known(2.00, 0.20, 2.50, 12.00, date(2026, 2, 16)),
    "openai:gpt-5.6-luna": _known(0.20, 0.02, 0.25, 1.20, date(2026, 2, 16)),
    "openai:gpt-5.4-mini": _known(0.75, 0.075, 0.75, 4.50, date(2025, 8, 31)),
    "openai:gpt-5.4-nano": _known(0.20, 0.02, 0.20, 1.25, date(2025, 8, 31)),
}

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def known_model(label: str) -> KnownModel | None:
    """What is known about a model of this label, e.g. ``openai:NAME``; a dated snapshot is the model of its name."""
    return KNOWN_MODELS.get(label) or KNOWN_MODELS.get(_SNAPSHOT.sub("", label))
