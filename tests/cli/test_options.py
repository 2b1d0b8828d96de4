"""Options are spread over a command's signature, and read as people write them."""

import inspect
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from backend.cli.options import as_date, listed, spread
from backend.domain.errors import InvalidInput


@dataclass(frozen=True)
class Options:
    size: Annotated[int, typer.Option(help="How large.")]
    colour: Annotated[str, typer.Option(help="Which colour.")] = "red"


seen: list[tuple[str, Options, bool]] = []


@spread
def paint(thing: str, options: Options, twice: bool = False) -> None:
    seen.append((thing, options, twice))


def test_a_command_is_shown_one_option_for_each_field() -> None:
    assert list(inspect.signature(paint).parameters) == ["thing", "size", "colour", "twice"]


def test_the_command_receives_its_options_as_a_record() -> None:
    app = typer.Typer()
    app.command()(paint)
    seen.clear()
    result = CliRunner().invoke(app, ["door", "--size", "3", "--twice"])
    assert result.exit_code == 0, result.output
    assert seen == [("door", Options(size=3, colour="red"), True)]


def test_an_option_without_a_default_is_required() -> None:
    app = typer.Typer()
    app.command()(paint)
    assert CliRunner().invoke(app, ["door"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("AAPL", ("AAPL",)),
        (" aapl, MSFT,,aapl ", ("AAPL", "MSFT")),
        ("", ()),
        (" , ", ()),
        ("^gspc,BRK.B", ("^GSPC", "BRK.B")),
    ],
)
def test_symbols_are_separated_by_commas(text: str, names: tuple[str, ...]) -> None:
    assert listed(text) == names


@pytest.mark.parametrize(
    "text", ["A B", "AAPL'; drop table", "../etc", "Ä", "AAPL\udcff", "\u202eAAPL", "A\x01", "[bold]", "A" * 21]
)
def test_what_can_be_no_symbol_is_refused_in_plain_letters(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a symbol") as refused:
        listed(f"MSFT,{text}")
    assert refused.value.message.isascii()
    assert refused.value.message.isprintable()


def test_a_date_is_written_in_iso_form() -> None:
    assert as_date("2012-02-29", "--start") == date(2012, 2, 29)
    assert as_date(None, "--start") is None
    with pytest.raises(InvalidInput, match="--end 2013-02-29 is not a date"):
        as_date("2013-02-29", "--end")
