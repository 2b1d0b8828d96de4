"""Bots are shown with everything needed to reproduce them."""

import pytest

from backend.cli.render.bots import bot_report, bots_table
from backend.cli.render.format import MISSING
from backend.domain.bots import BotChange
from tests.cli import samples
from tests.cli.render.drawing import drawn


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_fits_the_terminal(width: int) -> None:
    assert max(map(len, drawn(bot_report(samples.bot()), width).splitlines())) <= width


@pytest.mark.parametrize("expected", ["bot_77aa88bb99cc", "ses_1f0c9a2b7d43", "5f3e" * 8, "c0de" * 8, "synthetic"])
def test_a_bot_names_its_hashes_session_and_notices(expected: str) -> None:
    assert expected in drawn(bot_report(samples.bot()), 100)


def test_a_bot_whose_holdout_was_never_opened_has_no_numbers_of_it() -> None:
    row = drawn(bots_table((samples.bot(),), {})).splitlines()[2]
    assert row.split() == ["bot_77aa88bb99cc", "first", "AAPL", "unproven", MISSING, MISSING, "2026-11-03"]


def test_an_empty_list_says_how_to_begin() -> None:
    assert "backproof bots save" in drawn(bots_table((), {}))


def test_what_has_changed_since_is_told() -> None:
    change = BotChange(kind="engine", what="3", note="It was tested with engine 2, and this is engine 3.")
    bot = samples.bot()
    assert "changed since" not in drawn(bots_table((bot,), {bot.bot_id: ()}))
    assert "engine" in drawn(bots_table((bot,), {bot.bot_id: (change,)}), 140).splitlines()[2]
    assert "Changed since it was saved" in drawn(bot_report(bot, (change,)), 100)
    assert change.note in drawn(bot_report(bot, (change,)), 100)
