"""Options that several commands share, and a way to keep the options of one command in a record."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import wraps
from json import dumps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from backend.domain.errors import InvalidInput
from backend.domain.suggestions import did_you_mean
from backend.domain.symbols import is_symbol

if TYPE_CHECKING:
    from backend.domain.timeframes import Timeframe

Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document on standard output.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="How many to list, newest first.")]

TimeframeName = Annotated[str, typer.Option("--timeframe", metavar="T", help="Length of a bar.")]


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take dataclasses of options: Typer is shown one option for each of their fields."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type] = {}
    shown: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        kind = hints[parameter.name]
        if is_dataclass(kind) and isinstance(kind, type):
            groups[parameter.name] = kind
            shown += _parameters(kind)
        else:
            shown.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=kind))

    @wraps(command)
    def run(**values: Any) -> None:
        for name, kind in groups.items():
            values[name] = kind(**{field.name: values.pop(field.name) for field in fields(kind)})
        command(**values)

    run.__signature__ = inspect.Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return run


def listed(text: str) -> tuple[str, ...]:
    """``"AAPL, msft"`` as ``("AAPL", "MSFT")``; empty parts are left out, repeated ones kept once."""
    return tuple(dict.fromkeys(as_named(text)))


def as_named(text: str) -> tuple[str, ...]:
    """Like ``listed``, with what is repeated as often as it is named.

    Raises:
        InvalidInput: a part can be no symbol.
    """
    named = tuple(part.strip().upper() for part in text.split(",") if part.strip())
    for symbol in named:
        if not is_symbol(symbol):
            shown = dumps(symbol[:40])  # in plain letters, whatever it holds
            raise InvalidInput(f"{shown} is not a symbol.", "write tickers with commas between: AAPL,BRK.B")
    return named


def as_timeframe(name: str) -> "Timeframe":
    """The timeframe of that name. Raises InvalidInput naming those that there are."""
    from backend.domain.timeframes import Timeframe

    known = [timeframe.value for timeframe in Timeframe]
    if name not in known:
        hint = did_you_mean(name, known) or f"timeframes are {', '.join(known)}"
        raise InvalidInput(f"--timeframe {name} is not a timeframe.", hint)
    return Timeframe(name)


def as_date(text: str | None, option: str) -> date | None:
    """A date in ISO form. Raises InvalidInput naming the option."""
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise InvalidInput(f"{option} {text} is not a date.", f"write it as in {option} 2012-12-31") from None


def _parameters(kind: type) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    empty = inspect.Parameter.empty
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(kind)
    ]
