"""Documents are pure JSON, errors keep their columns, colours are for terminals only."""

import json

import pytest

from backend.cli.output import Output, error_document, error_text, write_document
from backend.domain.errors import Cancelled, InvalidInput

CARET = "long_entry, column 9: there is no column clos.\n    close > clos * 2\n            ^^^^"


def test_a_document_is_all_that_is_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=True)
    output.say("working")
    output.show({"b": 1, "a": [0.5]}, "for people")
    streams = capsys.readouterr()
    assert streams.out == '{\n  "b": 1,\n  "a": [\n    0.5\n  ]\n}\n'
    assert streams.err == "working\n"


def test_people_see_the_view_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False)
    output.show({"a": 1}, "for [bold] people :smile:")
    streams = capsys.readouterr()
    assert streams.out == "for [bold] people :smile:\n"
    assert streams.err == ""


def test_a_missing_number_never_becomes_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_document({"sharpe": float("nan")})


def test_an_error_keeps_its_caret_in_place(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")  # narrower than the picture: it must not be wrapped
    Output(as_json=False).complain(InvalidInput(CARET, 'did you mean "close"?'))
    assert capsys.readouterr().err == f'Error: {CARET}\nHint: did you mean "close"?\n'


def test_being_stopped_is_one_line_and_not_an_error() -> None:
    stopped = Cancelled("Cancelled; everything finished is kept", "resume with `backproof sessions resume ses_1`")
    assert error_text(stopped).plain == (
        "Cancelled; everything finished is kept; resume with `backproof sessions resume ses_1`"
    )


def test_an_error_is_a_document_for_programs() -> None:
    document = error_document(InvalidInput("No.", "yes"))
    assert json.dumps(document) == '{"error": {"type": "InvalidInput", "message": "No.", "hint": "yes"}}'


def test_a_stream_that_is_no_terminal_has_no_colours_and_a_fixed_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    output = Output(as_json=False)
    output.people.print("word", style="bold red")
    assert output.people.width == 120
    assert capsys.readouterr().out == "word\n"


def test_a_document_names_a_class_that_is_documented() -> None:
    class Narrower(InvalidInput):
        pass

    assert error_document(Narrower("No."))["error"]["type"] == "InvalidInput"
