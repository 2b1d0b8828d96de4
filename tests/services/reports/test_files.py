"""Runs are written whole, never over another file, and as data that a program reads back."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.domain.errors import Conflict, InvalidInput, Unavailable
from backend.domain.periods import Period, Periods
from backend.domain.results import BacktestRun, OpenPosition
from backend.domain.spec import StrategySpec
from backend.services.reports.csv_tables import CSV_TABLES, cell
from backend.services.reports.files import Wanted, known_format, write_run
from tests.services.reports.runs import close_of, trade, written_run

HELD = OpenPosition(
    symbol="AAPL",
    side="short",
    entry_time=close_of("2012-01-31"),
    entry_price=11.0,
    units=2.0,
    marked_price=12.0,
    pnl=-2.0,
    bars_held=1,
)


def run_named(name: str = "Cross") -> BacktestRun:
    spec = StrategySpec(name=name, long_entry="close > sma(close, 20)")
    run = written_run(
        ("2011-12-30", "2012-01-03", "2012-02-01"),
        [110.0, 99.0, 121.0],
        benchmark=[100.0, 0.1 + 0.2, 105.0],
        exposure=[0.0, 0.5, -0.2],
        trades=[trade("2012-02-01", -5.0)],
        spec=spec,
    )
    return run.model_copy(update={"open_positions": (HELD,)})


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_tables_go_to_files_named_after_the_run() -> None:
    written = write_run(run_named(), Wanted("csv"))
    assert [file.file for file in written] == ["run_1-trades.csv", "run_1-equity.csv", "run_1-months.csv"]
    assert [file.bytes for file in written] == [Path(file.file).stat().st_size for file in written]


def test_equity_reads_back_as_the_same_numbers() -> None:
    write_run(run_named(), Wanted("csv", Path("out.csv"), table="equity"))
    rows = rows_of(Path("out.csv"))
    assert rows[1] == {
        "time": "2012-01-03T21:00:00+00:00",
        "equity": "99.0",
        "benchmark": "0.30000000000000004",
        "exposure": "0.5",
        "drawdown": rows[1]["drawdown"],
    }
    assert float(rows[1]["drawdown"]) == pytest.approx(0.1)  # 110 -> 99


def test_trades_end_with_what_is_still_held() -> None:
    write_run(run_named(), Wanted("csv", Path("out.csv"), table="trades"))
    closed, held = rows_of(Path("out.csv"))
    assert (closed["pnl"], closed["return"], closed["exit_reason"]) == ("-5.0", "-0.05", "signal")
    assert (held["side"], held["exit_time"], held["exit_price"], held["exit_reason"]) == ("short", "", "12.0", "open")


@pytest.mark.parametrize("table", CSV_TABLES)
def test_each_table_has_rows_under_its_headings(table: str) -> None:
    write_run(run_named(), Wanted("csv", Path("out.csv"), table=table))
    rows = rows_of(Path("out.csv"))
    assert rows
    assert list(rows[0]) == list(CSV_TABLES[table][0])


@pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "-2", "@cmd", "\t=1", "\n=1"])
def test_a_name_is_no_formula(name: str) -> None:
    write_run(run_named(name), Wanted("csv", Path("out.csv"), table="trades"))
    assert rows_of(Path("out.csv"))[0]["strategy"] == f"'{name}"


def test_numbers_below_zero_stay_numbers() -> None:
    assert (cell(-5.0), cell("AAPL"), cell(None)) == (-5.0, "AAPL", None)


def test_a_document_holds_everything() -> None:
    run = run_named()
    write_run(run, Wanted("json"))
    found = json.loads(Path("run_1.json").read_text(), parse_constant=pytest.fail)
    assert found["run_id"] == "run_1"
    assert [row["pnl"] for row in found["trades"]] == [-5.0]
    assert [row["marked_price"] for row in found["open_positions"]] == [12.0]
    assert found["equity"]["value"] == [110.0, 99.0, 121.0]
    assert found["equity"]["benchmark"] == [100.0, 0.1 + 0.2, 105.0]
    assert found["equity"]["exposure"] == [0.0, 0.5, -0.2]
    assert {len(line) for line in found["equity"].values()} == {3}
    assert [row["label"] for row in found["years"]] == ["2011", "2012"]
    assert found["years"][0]["return"] == pytest.approx(0.1)
    assert found["drawdowns"][0]["recovery"] == "2012-02-01"


def test_lines_that_a_run_lacks_are_null() -> None:
    run = written_run(("2012-01-03",), [100.0])
    write_run(run, Wanted("json"))
    found: dict[str, Any] = json.loads(Path("run_1.json").read_text())
    assert (found["equity"]["benchmark"], found["equity"]["exposure"], found["benchmark"]) == (None, None, None)


def test_a_page_is_written() -> None:
    write_run(run_named(), Wanted("html"))
    assert Path("run_1.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_periods_of_a_session_are_shaded_in_its_page() -> None:
    days = [date(2011, 12, 30), date(2012, 1, 3), date(2012, 2, 1)]
    train, validation, holdout = (Period(start=day, end=day) for day in days)
    cut = Periods(train=train, validation=validation, holdout=holdout)
    write_run(run_named(), Wanted("html"), cut)
    page = Path("run_1.html").read_text(encoding="utf-8")
    assert all(name in page for name in ("train", "validation", "hold-out"))
    write_run(run_named(), Wanted("html", overwrite=True))
    assert "hold-out" not in Path("run_1.html").read_text(encoding="utf-8")


def test_nothing_is_overwritten_unless_that_is_said() -> None:
    Path("run_1-months.csv").write_text("mine")
    with pytest.raises(Conflict, match=r"run_1-months\.csv is there already"):
        write_run(run_named(), Wanted("csv"))
    assert [path.name for path in Path().iterdir()] == ["run_1-months.csv"]
    write_run(run_named(), Wanted("csv", overwrite=True))
    assert Path("run_1-months.csv").read_text().startswith("label,")


@pytest.mark.parametrize("place", [".", "gone/report.html"])
def test_no_place_for_a_file(place: str) -> None:
    with pytest.raises(InvalidInput, match="is no place for a file"):
        write_run(run_named(), Wanted("html", Path(place)))


@pytest.mark.parametrize("letters", [250, 300])
def test_a_name_too_long_for_the_disk_is_said(letters: int) -> None:
    with pytest.raises(Unavailable, match="could not be written: File name too long"):
        write_run(run_named(), Wanted("json", Path("x" * letters)))


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        (Wanted("csv", table="trade"), 'no table "trade"', "trades"),
        (Wanted("html", table="trades"), "html is written whole", "--format csv"),
    ],
)
def test_what_cannot_be_written_is_said(wanted: Wanted, message: str, hint: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refused:
        write_run(run_named(), wanted)
    assert hint in refused.value.hint


def test_a_packed_file_is_not_promised() -> None:
    with pytest.raises(InvalidInput, match=r"x\.html\.gz would be a compressed file") as refused:
        write_run(run_named(), Wanted("html", Path("x.html.gz")))
    assert "name it x.html" in refused.value.hint
    assert list(Path().iterdir()) == []


def test_tables_do_not_go_beside_a_folder() -> None:
    Path("tables").mkdir()
    with pytest.raises(InvalidInput, match="tables is no place for a file") as refused:
        write_run(run_named(), Wanted("csv", Path("tables")))
    assert "tables/run.csv" in refused.value.hint
    assert list(Path().iterdir()) == [Path("tables")]


def test_a_format_that_there_is_not_is_named() -> None:
    with pytest.raises(InvalidInput, match="pdf is not a format"):
        known_format("pdf")
