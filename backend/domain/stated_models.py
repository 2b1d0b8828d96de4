"""What a user states about models in one line of text, in short or as JSON."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import ValidationError

from backend.domain.models import ModelPrice

Stated = TypeVar("Stated")

PRICES_EXAMPLE = "openai:NAME=0.25/2.0/0.025"
CUTOFFS_EXAMPLE = "openai:NAME=2025-08-31"


def stated_prices(text: str) -> dict[str, ModelPrice]:
    """Prices by label: ``openai:NAME=0.25/2.0/0.025, ...`` (input, output, cached input) or a JSON object.

    Raises:
        ValueError: saying what is wrong; the text itself is left out.
    """
    return _by_label(text, _price, PRICES_EXAMPLE)


def stated_cutoffs(text: str) -> dict[str, date]:
    """Knowledge cutoffs by label: ``openai:NAME=2025-08-31, ...`` or a JSON object.

    Raises:
        ValueError: saying what is wrong.
    """
    return _by_label(text, _cutoff, CUTOFFS_EXAMPLE)


def _by_label(text: str, read: Callable[[Any], Stated], example: str) -> dict[str, Stated]:
    try:
        stated = _json(text) if text.lstrip().startswith("{") else _pairs(text)
        return {label: read(value) for label, value in stated.items()}
    except (ValueError, TypeError):
        raise ValueError(f"write for each model its label and what holds for it, e.g. {example}") from None


def _json(text: str) -> Mapping[str, Any]:
    return dict(json.loads(text))


def _pairs(text: str) -> Mapping[str, str]:
    pairs = [part.rpartition("=") for part in text.split(",") if part.strip()]
    if not all(label.strip() for label, _, _ in pairs):
        raise ValueError
    return {label.strip(): value.strip() for label, _, value in pairs}


def _price(value: Any) -> ModelPrice:
    if isinstance(value, str):
        value = dict(zip(("input", "output", "cached_input"), map(float, value.split("/")), strict=False))
    try:
        return ModelPrice.model_validate(value)
    except ValidationError:
        raise ValueError from None


def _cutoff(value: str) -> date:
    return date.fromisoformat(value)
