"""The effective settings with their origin, and never a secret."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.table import Table
from rich.text import Text

from backend.cli.render.format import MISSING
from backend.cli.render.tables import table
from backend.domain.models import ModelPrice
from backend.observability import MASK, SECRET_NAMES, mask
from backend.settings import Settings, variable


def setting_lines(settings: Settings) -> list[dict[str, Any]]:
    """Name, value and origin of each setting, in the order of the class."""
    return [
        {
            "name": variable(name),
            "value": _value(name, getattr(settings, name)),
            "origin": _origin(settings, name),
        }
        for name in Settings.model_fields
    ]


def settings_table(lines: Sequence[dict[str, Any]]) -> Table:
    """One row a setting; those that were changed stand out."""
    grid = table("setting", "value", "from", wrapped=("value",))
    for line in lines:
        value = line["value"]
        shown = ", ".join(map(str, value)) if isinstance(value, list) else _plain(value)
        changed = line["origin"] != "default"
        grid.add_row(
            Text(line["name"], style="bold" if changed else ""), shown or MISSING, Text(line["origin"], style="dim")
        )
    return grid


def _value(name: str, value: Any) -> Any:
    if isinstance(value, SecretStr):
        return MASK if value.get_secret_value() else ""
    if SECRET_NAMES.search(name) and value and isinstance(value, str):
        return MASK
    if isinstance(value, tuple):
        return [_value(name, part) for part in value]
    if isinstance(value, dict):
        return [f"{label}={_stated(part)}" for label, part in value.items()]
    return mask(str(value)) if isinstance(value, str | Path) else value


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _stated(value: Any) -> str:
    """A price or a day, as it is written in a setting."""
    if isinstance(value, ModelPrice):
        parts = (value.input, value.output, value.cached_input)
        return "/".join(f"{part:g}" for part in parts if part is not None)
    return str(value)


def _origin(settings: Settings, name: str) -> str:
    if name not in settings.model_fields_set:
        return "default"
    stated = {variable.upper() for variable in os.environ}
    return "environment" if variable(name) in stated else ".env"
