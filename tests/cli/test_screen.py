"""Nothing but the program itself moves the cursor."""

import io

from rich.text import Text

from backend.cli.screen import Screen

MARK = "\N{REPLACEMENT CHARACTER}"


def test_what_others_wrote_steers_no_terminal() -> None:
    shown = io.StringIO()
    Screen(file=shown, width=80).print(Text("a\x1b[2Jb\x9b1mc\x00d"))
    assert shown.getvalue() == f"a{MARK}[2Jb{MARK}1mc{MARK}d\n"


def test_colours_of_the_program_stay() -> None:
    shown = io.StringIO()
    Screen(file=shown, width=80, force_terminal=True, color_system="standard").print(Text("red", style="red"))
    assert shown.getvalue() == "\x1b[31mred\x1b[0m\n"
