"""Reads a strategy from a JSON file."""

import json
from pathlib import Path

from backend.cli.validation import checked
from backend.domain.errors import InvalidInput, NotFound
from backend.domain.spec import StrategySpec


def read_spec(path: Path) -> StrategySpec:
    """The strategy in ``path``; its expressions are not looked at.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it is not JSON (saying where), or not a strategy (naming the field).
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse_constant)
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", "name a JSON file that holds a strategy") from None
    except (IsADirectoryError, PermissionError) as error:
        raise InvalidInput(
            f"{path} cannot be read: {(error.strerror or '').lower()}.", "name a JSON file that holds a strategy"
        ) from None
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text (byte {error.start}).", "save it as UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path} is not JSON: {_place(error)}.", "compare with `backproof language`") from None
    except RecursionError:
        raise InvalidInput(f"{path} nests too deeply.", "compare with `backproof language`") from None
    except ValueError:  # of thousands of digits, which Python does not read
        raise InvalidInput(f"{path} holds a number that is too long to read.", "write it with fewer digits") from None
    if not isinstance(content, dict):
        raise InvalidInput(f"{path} holds no strategy.", 'begin it with { "name": ..., "long_entry": ... }')
    return checked(StrategySpec, content, str(path), "compare with `backproof language`")


def _place(error: json.JSONDecodeError) -> str:
    return f"line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}"


def _refuse_constant(name: str) -> float:
    raise InvalidInput(f"A strategy holds no {name}.", "write a number or null")
